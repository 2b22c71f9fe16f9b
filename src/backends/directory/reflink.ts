/**
 * Copies a file by sharing its blocks, where the volume can (`FICLONE`): no bytes move and
 * no space is used. Never falls back to a real copy, which could be neither cancelled nor
 * counted; the caller then moves the bytes himself.
 */
import { constants } from 'node:fs';
import { errnoOf } from '../../model/local-io.js';
import type { FileCalls } from './file-calls.js';

/** Below this a read and a write cost less than asking. */
export const REFLINK_MIN_BYTES = 64 * 1024;
const CANNOT: ReadonlySet<string> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOTTY', 'EINVAL', 'EXDEV']);

export class Reflinks {
  /** Devices of sources that were found unable. */
  readonly #unable = new Set<number>();

  constructor(private readonly calls: FileCalls) {}

  /** Whether `to`, which must not exist, is now a copy of `from`. `false` leaves nothing behind and says nothing of why. */
  async copy(from: { path: string; dev: number; size: number }, to: string): Promise<boolean> {
    if (from.size < REFLINK_MIN_BYTES || this.#unable.has(from.dev)) return false;
    try {
      await this.calls.copyFile(from.path, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    } catch (error) {
      if (CANNOT.has(errnoOf(error) ?? '')) this.#unable.add(from.dev);
      return false;
    }
    await this.calls.chmod(to, 0o666 & ~process.umask()); // the mode of a new file, not the source's
    return true;
  }
}
