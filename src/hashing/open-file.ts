/**
 * Opens source files for a thread of the pool: never through a link, never blocking, regular
 * files only (spec/files-and-submission.md 1.3, spec/storage.md 3.4). Synchronous. Knows no hash.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../model/local-io.js';
import { fileError, notAFile } from './file-errors.js';
import { fsPath } from './fs-path.js';
import { Stopped } from './messages.js';

/** Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Other threads close files all the time, so that a full descriptor table is worth a short wait. */
const TABLE_FULL_WAITS_MS = [20, 80, 320];

/** Runs `work` on the open file; whatever goes wrong becomes a `StorageError`, but for {@link Stopped}. */
export function withFile<T>(path: string, work: (fd: number, before: BigIntStats) => T): T {
  let fd: number | undefined;
  try {
    fd = openPatiently(fsPath(path));
    const before = fstatSync(fd, { bigint: true });
    if (!before.isFile()) throw notAFile(path);
    return work(fd, before);
  } catch (error) {
    throw error instanceof Stopped ? error : fileError(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Whether the open file is in the state it was in. */
export function unchanged(fd: number, before: BigIntStats): boolean {
  const now = fstatSync(fd, { bigint: true });
  return now.size === before.size && now.mtimeNs === before.mtimeNs && now.ctimeNs === before.ctimeNs;
}

/** Fills `target` from `position`; `false` when the file ends before. */
export function readExactly(fd: number, target: Uint8Array, position: number): boolean {
  for (let done = 0; done < target.length; ) {
    const count = readSync(fd, target, done, target.length - done, position + done);
    if (count === 0) return false;
    done += count;
  }
  return true;
}

function openPatiently(path: string | Buffer): number {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return openSync(path, FLAGS);
    } catch (error) {
      const wait = TABLE_FULL_WAITS_MS[attempt];
      const errno = errnoOf(error);
      if (wait === undefined || (errno !== 'EMFILE' && errno !== 'ENFILE')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
}
