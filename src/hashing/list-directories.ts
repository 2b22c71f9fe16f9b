/**
 * The thread's side of listing: the entries of directories and, for regular files, what
 * `lstat` says of them, in columns. One message for many directories costs less than the
 * main thread would spend on one name after the other.
 */
import { lstatSync, opendirSync } from 'node:fs';
import { heldNanoseconds } from '../model/file-item.js';
import { errnoOf } from '../model/local-io.js';
import { fsPath } from './fs-path.js';
import type { ListAnswer } from './messages.js';
import { ENTRY_KIND, STAT_STRIDE } from './ports.js';

/** Names asked of the system at once. */
const BATCH_NAMES = 1024;

/** Lists `directories`; one with more than `limit` entries is left to the caller, who streams it. */
export function listDirectories(
  directories: readonly string[],
  limit: number,
  check: () => void,
): ListAnswer {
  const names: string[] = [];
  const kinds: number[] = [];
  const counts = new Int32Array(directories.length);
  const errors = new Map<number, string>();
  directories.forEach((directory, index) => {
    check();
    const first = names.length;
    try {
      counts[index] = listInto(directory, limit, names, kinds);
    } catch (error) {
      errors.set(index, errnoOf(error) ?? 'EIO');
      counts[index] = 0;
    }
    if ((counts[index] ?? 0) > 0) return;
    names.length = first; // nothing of a directory that failed, or is too large
    kinds.length = first;
  });
  return {
    names: names.join('\0'),
    kinds: Uint8Array.from(kinds),
    counts,
    errors,
    ...statFiles(directories, names, kinds, counts, check),
  };
}

/** The number of entries; -1 when there are more than `limit`. */
function listInto(directory: string, limit: number, names: string[], kinds: number[]): number {
  const dir = opendirSync(fsPath(directory) as string, { bufferSize: BATCH_NAMES });
  try {
    let count = 0;
    for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) {
      if (count === limit) return -1;
      names.push(entry.name);
      kinds.push(kindOf(entry));
      count += 1;
    }
    return count;
  } finally {
    dir.closeSync();
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): number {
  if (entry.isFile()) return ENTRY_KIND.file;
  if (entry.isDirectory()) return ENTRY_KIND.directory;
  return entry.isSymbolicLink() ? ENTRY_KIND.link : ENTRY_KIND.other;
}

/** One row per entry; rows of what is no regular file stay zero. */
function statFiles(
  directories: readonly string[],
  names: readonly string[],
  kinds: readonly number[],
  counts: Int32Array,
  check: () => void,
): Pick<ListAnswer, 'rows' | 'unseen'> {
  const rows = new BigInt64Array(names.length * STAT_STRIDE);
  const unseen = new Map<number, string>();
  let at = 0;
  directories.forEach((directory, index) => {
    check();
    const prefix = directory === '/' ? '/' : `${directory}/`;
    const end = at + Math.max(0, counts[index] ?? 0);
    for (; at < end; at += 1) {
      if (kinds[at] !== ENTRY_KIND.file) continue;
      const errno = statInto(rows, at * STAT_STRIDE, prefix + names[at]);
      if (errno !== undefined) unseen.set(at, errno);
    }
  });
  return { rows, unseen };
}

/** The errno name of a failure. */
export function statInto(rows: BigInt64Array, at: number, path: string): string | undefined {
  try {
    // An exception for every file that vanished would cost more than the call.
    const found = lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return 'ENOENT';
    rows[at] = found.mode;
    rows[at + 1] = found.size;
    rows[at + 2] = heldNanoseconds(found.mtimeNs);
    rows[at + 3] = found.ctimeNs; // a clock set it, and nobody else can
    rows[at + 4] = found.dev;
    rows[at + 5] = found.ino;
    return undefined;
  } catch (error) {
    return errnoOf(error) ?? 'EIO';
  }
}
