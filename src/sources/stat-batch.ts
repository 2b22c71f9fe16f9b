/** `lstat` of many paths at once, as columns: the seam through which a pool of threads takes over the walk's most frequent call. */
import { lstat } from 'node:fs';
import type { StatBatch } from '../hashing/ports.js';
import { heldNanoseconds } from '../model/file-item.js';

/** Answers for all paths, in order; a path that cannot be looked at has its errno name in `errors`. */
export type StatMany = (
  paths: readonly string[],
  options: { readonly signal: AbortSignal },
) => Promise<StatBatch>;

/** Numbers per path in {@link StatBatch}: mode, size, mtimeNs, ctimeNs, dev, ino. */
export const STAT_STRIDE = 6;

/** Through the event loop's own threads; used where no pool is at hand. */
export const statMany: StatMany = (paths) =>
  new Promise((resolve) => {
    const rows = new BigInt64Array(paths.length * STAT_STRIDE);
    const errors = new Map<number, string>();
    let pending = paths.length;
    if (pending === 0) resolve({ rows, errors });
    paths.forEach((path, index) => {
      lstat(path, { bigint: true }, (error, stat) => {
        if (error) errors.set(index, error.code ?? 'EIO');
        else
          rows.set(
            [stat.mode, stat.size, heldNanoseconds(stat.mtimeNs), stat.ctimeNs, stat.dev, stat.ino],
            index * STAT_STRIDE,
          );
        pending -= 1;
        if (pending === 0) resolve({ rows, errors });
      });
    });
  });
