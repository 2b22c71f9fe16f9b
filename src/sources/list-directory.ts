/**
 * Lists one directory in batches, so that a directory of a million names is never held.
 * Below the walk; knows no filter and no stat.
 */
import { type Dir, type Dirent, opendir } from 'node:fs';

/** Names asked of the system at once. */
const BATCH_NAMES = 1024;

export interface Listing {
  readonly entries: readonly Dirent[];
  /** The rest of a directory that has more names than `limit`: still open, to be read or closed. */
  readonly rest?: Dir;
}

/** Up to `limit` entries of a directory, and the open handle when there are more. Rejects with the system's error. */
export function listDirectory(
  path: string,
  limit: number,
  done: (error: Error | null, listing?: Listing) => void,
): void {
  opendir(path, { bufferSize: BATCH_NAMES }, (failed, dir) => {
    if (failed) return done(failed);
    const entries: Dirent[] = [];
    const next = (): void => {
      // The callback form: a promise per name costs three times as much.
      dir.read((error, entry) => {
        if (error) return void dir.close(() => done(error));
        if (entry === null) return void dir.close(() => done(null, { entries }));
        entries.push(entry);
        if (entries.length < limit) next();
        else done(null, { entries, rest: dir });
      });
    };
    next();
  });
}

/** The remaining entries of an open directory, in batches; closes it at the end, early or not. */
export async function* restOfDirectory(dir: Dir): AsyncGenerator<readonly Dirent[]> {
  let batch: Dirent[] = [];
  for await (const entry of dir) {
    batch.push(entry);
    if (batch.length < BATCH_NAMES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
