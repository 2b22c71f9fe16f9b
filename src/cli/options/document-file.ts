/** Documents that a flag names: JSON, or YAML by the name of the file. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type DocumentValue, parseJsonDocument, yamlParser } from '../../index.js';
import { UsageError } from '../errors.js';

/** The document in `file`. Rejects with {@link UsageError}, which names the flag, when it cannot be read or parsed. */
export async function readDocumentFile(flag: string, file: string): Promise<DocumentValue> {
  try {
    const text = await readFile(file, 'utf8');
    return isYaml(file) ? (await yamlParser())(text) : parseJsonDocument(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${flag} ${file} cannot be read: ${reason.replace(/\s*\n\s*/g, ' ')}`, { cause });
  }
}

function isYaml(file: string): boolean {
  return ['.yaml', '.yml'].includes(extname(file).toLowerCase());
}
