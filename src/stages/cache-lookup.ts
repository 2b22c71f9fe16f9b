/**
 * Stage: gives files the digests that a cache knows. Sits between the source and
 * hash-files, which passes on what this stage has answered. Knows no file system: the
 * state that the source saw decides whether an answer is fresh.
 */
import type { HashCache, HashQuery } from '../caches/ports.js';
import type { HashedEntry, TreeEntry } from '../model/file-item.js';
import { hashRanges } from '../model/hash-ranges.js';
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
        const queries = entries.flatMap((entry) => queriesOf(entry, chunkSizeBytes));
        const known = withHashes(entries, await cache.lookup(queries), chunkSizeBytes);
        ctx.progress.add('cacheHits', known.filter(({ hashes }) => hashes).length);
        return known.map((value) => ({ value }));
      },
      (entry) => (entry.kind === 'file' ? undefined : entry),
    );
}

function queriesOf(
  { sourcePath: path, size, mtimeNs, ctimeNs }: TreeEntry,
  chunkSizeBytes: number,
): HashQuery[] {
  return hashRanges(size, chunkSizeBytes).map((range) => ({ path, ...range, size, mtimeNs, ctimeNs }));
}

function withHashes(
  entries: readonly TreeEntry[],
  answers: readonly (string | undefined)[],
  chunkSizeBytes: number,
): HashedEntry[] {
  let next = 0;
  return entries.map((entry) => {
    const count = hashRanges(entry.size, chunkSizeBytes).length;
    const hashes = answers.slice(next, next + count).filter((hash) => hash !== undefined);
    next += count;
    return hashes.length === count ? { ...entry, hashes, hashedBy: 'cache' } : entry;
  });
}
