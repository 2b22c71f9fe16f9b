/** Names that are not valid UTF-8: Node decodes them with U+FFFD, and two of them could become one. */
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';
import { joinPath } from './glob-stream.js';

const REPLACEMENT = '\ufffd';

/** True when the last component of a decoded path holds U+FFFD: {@link NameCheck} has to judge it. */
export function isDoubtful(path: string): boolean {
  return path.includes(REPLACEMENT) && path.slice(path.lastIndexOf('/') + 1).includes(REPLACEMENT);
}

type InvalidNames = ReadonlyMap<string, Buffer>;

/** Judges doubtful names of one walk. A directory is listed once for all names of it that come in a row. */
export class NameCheck {
  #last: { readonly directory: string; readonly invalid: Promise<InvalidNames> } | undefined;

  /**
   * The entry at `path` below `directory` may truly hold U+FFFD in its name, or bytes that are
   * not UTF-8. Rejects with `InvalidPath` for the latter, with the bytes as `\xNN`; `shown`
   * makes the full path of it for the message.
   */
  async check(directory: string, path: string, shown: (path: string) => string): Promise<void> {
    const cut = path.lastIndexOf('/') + 1;
    const bytes = (await this.#invalidIn(joinPath(directory, path.slice(0, Math.max(0, cut - 1))))).get(
      path.slice(cut),
    );
    if (!bytes) return;
    const text = shown(path.slice(0, cut) + escapeBytes(bytes));
    throw new StorageError(
      'InvalidPath',
      `the name of "${text}" is not valid UTF-8: rename the file, or exclude it`,
      { path: text },
    );
  }

  #invalidIn(directory: string): Promise<InvalidNames> {
    if (this.#last?.directory !== directory) {
      const invalid = invalidNames(directory).catch((): InvalidNames => new Map()); // it vanished
      this.#last = { directory, invalid };
    }
    return this.#last.invalid;
  }
}

/** The names of a directory that are not valid UTF-8, keyed by the text in which U+FFFD stands for each bad byte. */
async function invalidNames(path: string): Promise<InvalidNames> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const invalid = new Map<string, Buffer>();
  for await (const { name } of await fs.opendir(path, { encoding: 'buffer' as BufferEncoding })) {
    const bytes = name as unknown as Buffer;
    try {
      decoder.decode(bytes);
    } catch {
      invalid.set(bytes.toString('utf8'), bytes);
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
