/** `--path-mapping-rules FILE`: a list of rules, or an OpenJD document that holds one (spec/worker-and-cli.md 4.1). */
import { type PathMappingRule, readPathMappingRules } from '../../index.js';
import { readDocumentFile } from './document-file.js';

/** Reads the file. Throws `UsageError` when it cannot be read or cannot be parsed, `NonValidInputError` when it holds no rules. */
export async function readPathMappingFile(
  file: string,
  signal: AbortSignal,
): Promise<readonly PathMappingRule[]> {
  return readPathMappingRules(
    await readDocumentFile('--path-mapping-rules', file, signal),
    `Path mapping file ${file}`,
  );
}
