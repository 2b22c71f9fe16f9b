/** Documents that a flag names: JSON, or YAML by the name of the file. */
import { extname } from 'node:path';
import {
  type DocumentValue,
  localIoReason,
  parseJsonDocument,
  readWholeFile,
  yamlParser,
} from '../../index.js';
import { isCancelled, UsageError } from '../errors.js';

/**
 * The document in `file`, or what comes through a pipe of that name until `signal` aborts. Rejects with
 * {@link UsageError}, which names the flag, when it cannot be read or parsed.
 */
export async function readDocumentFile(
  flag: string,
  file: string,
  signal: AbortSignal,
): Promise<DocumentValue> {
  try {
    const text = (await readWholeFile(file, signal)).toString();
    return isYaml(file) ? (await yamlParser())(text) : parseJsonDocument(text);
  } catch (cause) {
    if (isCancelled(cause)) throw cause;
    const reason = localIoReason(cause);
    throw new UsageError(`${flag} ${file} cannot be read: ${reason.replace(/\s*\n\s*/g, ' ')}`, { cause });
  }
}

function isYaml(file: string): boolean {
  return ['.yaml', '.yml'].includes(extname(file).toLowerCase());
}
