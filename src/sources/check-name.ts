/** Names that are not valid UTF-8: Node decodes them with U+FFFD, and two of them could become one. */
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';
import { joinPath } from './glob-stream.js';

/**
 * Judges an entry whose decoded path holds U+FFFD: the name may truly hold this character,
 * or bytes that are not UTF-8. Throws `InvalidPath` for the latter, with the bytes as `\xNN`;
 * `shown` makes the full path of it for the message.
 */
export async function checkName(
  directory: string,
  path: string,
  shown: (path: string) => string,
): Promise<void> {
  const cut = path.lastIndexOf('/');
  const parent = cut < 0 ? directory : joinPath(directory, path.slice(0, cut));
  const invalid = await invalidNames(parent).catch(() => new Map<string, Buffer>()); // it vanished
  const bytes = invalid.get(path.slice(cut + 1));
  if (!bytes) return;
  const text = shown(path.slice(0, cut + 1) + escapeBytes(bytes));
  throw new StorageError(
    'InvalidPath',
    `the name of "${text}" is not valid UTF-8: rename the file, or exclude it`,
    { path: text },
  );
}

/**
 * The names of a directory that are not valid UTF-8, keyed by the text in which U+FFFD stands
 * for each bad byte. Only asked about a directory in which such a text was seen.
 */
async function invalidNames(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const invalid = new Map<string, Buffer>();
  for (const name of await fs.readdir(path, { encoding: 'buffer' })) {
    try {
      decoder.decode(name);
    } catch {
      invalid.set(name.toString('utf8'), name);
    }
  }
  return invalid;
}

/** Text for people: the bytes that are not printable ASCII as `\xNN`. */
function escapeBytes(name: Uint8Array): string {
  return [...name]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}
