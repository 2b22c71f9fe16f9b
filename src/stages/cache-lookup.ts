/**
 * Stage: gives files the digests that a cache knows. Sits between the source and
 * hash-files, which passes on what this stage has answered. Knows no file system: the
 * state that the source saw decides whether an answer is fresh.
 */
import type { HashCache, HashQuery } from '../caches/ports.js';
import type { HashedEntry, TreeEntry } from '../model/file-item.js';
import { hashRanges, isChunked } from '../model/hash-ranges.js';
import { WHOLE_FILE } from '../model/manifest.js';
import { batchLeased } from '../pipeline/batch-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Stage } from '../pipeline/types.js';

export interface CacheLookupOptions {
  /** Bytes per chunk; a larger file has one digest per chunk. Must equal that of hash-files. */
  readonly chunkSizeBytes?: number;
  /** Files asked about in one call. */
  readonly batchFiles?: number;
}
export const CACHE_LOOKUP_DEFAULTS: Required<CacheLookupOptions> = {
  chunkSizeBytes: WHOLE_FILE,
  batchFiles: 500,
};

/**
 * Adds `hashes` to the files whose every digest is known and fresh.
 *
 * - Shape: one in, one out; order is not kept. Directories and links pass.
 * - Errors: none; a cache that fails knows nothing.
 * - Counters: `cacheHits`.
 * - Source: spec/storage.md 5.3.
 */
export function cacheLookup(
  cache: Pick<HashCache, 'lookup'>,
  options: CacheLookupOptions = {},
): Stage<TreeEntry, HashedEntry> {
  const { chunkSizeBytes, batchFiles } = { ...CACHE_LOOKUP_DEFAULTS, ...options };
  const maxItems = positiveInteger('batchFiles', batchFiles);
  return (ctx) =>
    batchLeased<TreeEntry, HashedEntry>(
      ctx,
      { maxItems, concurrency: 2 },
      async (entries) => {
        const queries: HashQuery[] = [];
        for (const entry of entries) addQueries(entry, chunkSizeBytes, queries);
        const answers = await cache.lookup(queries).catch((error: unknown) => {
          ctx.log('warning', 'the hash cache could not be asked: the files are read', { error });
          return [];
        });
        const known = withHashes(entries, answers, chunkSizeBytes);
        let hits = 0;
        for (const { hashes } of known) if (hashes) hits += 1;
        ctx.progress.add('cacheHits', hits);
        return known.map((value) => ({ value }));
      },
      (entry) => (entry.kind === 'file' ? undefined : entry),
    );
}

/** Member by member: a spread of this many takes ten times as long. */
function withHash({ path, sourcePath, size, mtimeNs, ctimeNs, mode }: TreeEntry, hash: string): HashedEntry {
  return { path, kind: 'file', sourcePath, size, mtimeNs, ctimeNs, mode, hashes: [hash], hashedBy: 'cache' };
}

function addQueries(entry: TreeEntry, chunkSizeBytes: number, into: HashQuery[]): void {
  const { sourcePath: path, size, mtimeNs, ctimeNs } = entry;
  for (const { rangeStart, rangeEnd } of hashRanges(size, chunkSizeBytes)) {
    into.push({ path, rangeStart, rangeEnd, size, mtimeNs, ctimeNs });
  }
}

function withHashes(
  entries: readonly TreeEntry[],
  answers: readonly (string | undefined)[],
  chunkSizeBytes: number,
): HashedEntry[] {
  let next = 0;
  return entries.map((entry) => {
    if (!isChunked(entry.size, chunkSizeBytes)) {
      const hash = answers[next];
      next += 1;
      return hash === undefined ? entry : withHash(entry, hash);
    }
    const count = hashRanges(entry.size, chunkSizeBytes).length;
    const hashes = answers.slice(next, next + count).filter((hash) => hash !== undefined);
    next += count;
    return hashes.length === count ? { ...entry, hashes, hashedBy: 'cache' } : entry;
  });
}
