/** Tells whether a file on the disk is already what a manifest says (`skipIdentical`, spec/storage.md 4.3). */
import { promises as fs } from 'node:fs';
import type { HashCache } from '../caches/ports.js';
import type { DownloadContent, DownloadTarget } from '../model/download-plan.js';
import { floorMicroseconds, isRunnable } from '../model/file-item.js';
import { hashRanges } from '../model/hash-ranges.js';
import type { TargetTree } from '../sinks/target-tree.js';

export type IsIdentical = (target: DownloadTarget, content: DownloadContent) => Promise<boolean>;

/** Size and time to the microsecond are equal and the cache knows the same hashes; without a cache nothing is. */
export function identicalFiles(
  tree: Pick<TargetTree, 'filePath'>,
  cache: HashCache | undefined,
): IsIdentical | undefined {
  if (!cache) return undefined;
  return async ({ path, mtime, runnable }, { size, hashes, chunkSizeBytes }) => {
    const local = tree.filePath(path);
    const stat = await fs.lstat(local, { bigint: true }).catch(() => undefined);
    if (!stat?.isFile() || Number(stat.size) !== size || floorMicroseconds(stat.mtimeNs) !== mtime)
      return false;
    if (runnable && !isRunnable(Number(stat.mode)) && process.platform !== 'win32') return false;
    const realPath = await fs.realpath(local).catch(() => undefined);
    if (realPath === undefined) return false;
    const ranges = hashRanges(size, hashes.length > 1 ? chunkSizeBytes : -1);
    const { mtimeNs, ctimeNs } = stat;
    const known = await cache.lookup(
      ranges.map((range) => ({ path: realPath, ...range, size, mtimeNs, ctimeNs })),
    );
    return known.every((hash, index) => hash === hashes[index]);
  };
}
