/**
 * Stage: reads and hashes the files whose digests are not known. Sits between cache-lookup
 * and split-objects. Many small files travel as one task, a large one alone; a known
 * digest never enters the pool. Knows no thread: only the one call it is handed.
 */
import type { HashCache, HashRecord } from '../caches/ports.js';
import type { HashedFile, HashOutcome, HashPool, HashRequest } from '../hashing/ports.js';
import type { HashedEntry } from '../model/file-item.js';
import { hashRanges } from '../model/hash-ranges.js';
import { WHOLE_FILE } from '../model/manifest.js';
import { batchLeased, type Outcome } from '../pipeline/batch-leased.js';
import { hold } from '../pipeline/held.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Lease, RunContext, Stage } from '../pipeline/types.js';

export interface HashFilesOptions {
  /** Bytes per chunk; a larger file gets one digest per chunk. -1: never. */
  readonly chunkSizeBytes?: number;
  /** Files in one task at most. */
  readonly taskFiles?: number;
  /** Bytes in one task at most; a larger file is a task of its own. */
  readonly taskBytes?: number;
  /** Tasks at work at once. */
  readonly concurrency?: number;
  /** Files up to this size keep their content for the stages behind, as far as the prefetch budget allows; 0: none do. */
  readonly keepBodyBytes?: number;
  /** Remembers the new digests. */
  readonly cache?: Pick<HashCache, 'store'>;
}
export const HASH_FILES_DEFAULTS: Required<Omit<HashFilesOptions, 'cache'>> = {
  chunkSizeBytes: WHOLE_FILE,
  taskFiles: 128,
  taskBytes: 8 * 1024 * 1024,
  concurrency: 3,
  keepBodyBytes: 4 * 1024 * 1024,
};

/**
 * Gives every file its digests, and the size and times that it had while it was read.
 *
 * - Shape: one in, one out; order is not kept. Known digests, directories and links pass.
 * - Errors: `FileChanged`, `FileVanished`, `FileUnreadable`, `NotAFile` fail their file.
 * - Cancel: unsubscribing ends the tasks at the piece being read.
 * - Budget: content that is kept holds the prefetch budget until its item ends.
 * - Counters: `hashed` files, `hashedBytes`; `hashesBegun` and `hashesEnded`, which differ while it reads.
 */
export function hashFiles(
  pool: Pick<HashPool, 'hashFiles'>,
  options: HashFilesOptions = {},
): Stage<HashedEntry, HashedEntry> {
  const settings = { ...HASH_FILES_DEFAULTS, ...options };
  const batch = {
    maxItems: positiveInteger('taskFiles', settings.taskFiles),
    maxWeight: positiveInteger('taskBytes', settings.taskBytes),
    concurrency: positiveInteger('concurrency', settings.concurrency),
    weigh: ({ size }: HashedEntry) => size,
  };
  return (ctx) =>
    batchLeased<HashedEntry, HashedEntry>(
      ctx,
      batch,
      (entries, signal) => hashBatch(ctx, pool, settings, entries, signal),
      (entry) => (entry.kind !== 'file' || entry.hashes ? entry : undefined),
    );
}

type Settings = Required<Omit<HashFilesOptions, 'cache'>> & Pick<HashFilesOptions, 'cache'>;

async function hashBatch(
  ctx: RunContext,
  pool: Pick<HashPool, 'hashFiles'>,
  settings: Settings,
  entries: readonly HashedEntry[],
  signal: AbortSignal,
): Promise<readonly Outcome<HashedEntry>[]> {
  const { chunkSizeBytes, keepBodyBytes, cache } = settings;
  const kept = entries.map(({ size }) =>
    size <= keepBodyBytes ? ctx.budgets.prefetch.tryAcquire(size) : undefined,
  );
  const requests = entries.map(
    ({ sourcePath: path }, index): HashRequest => ({
      path,
      chunkSizeBytes,
      keepBody: kept[index] !== undefined,
    }),
  );
  const onBytes = (delta: number): void => ctx.progress.add('hashedBytes', delta);
  let outcomes: readonly HashOutcome[];
  ctx.progress.add('hashesBegun', entries.length);
  try {
    outcomes = await pool.hashFiles(requests, { signal, onBytes });
  } catch (error) {
    for (const lease of kept) lease?.release();
    throw error;
  } finally {
    ctx.progress.add('hashesEnded', entries.length);
  }
  if (cache) remember(ctx, cache, entries, outcomes, chunkSizeBytes);
  return entries.map((entry, index) => settle(ctx, entry, outcomes[index], kept[index]));
}

/** A cache that fails costs the next run time, and this one nothing. */
function remember(
  ctx: RunContext,
  cache: Pick<HashCache, 'store'>,
  entries: readonly HashedEntry[],
  outcomes: readonly HashOutcome[],
  chunkSizeBytes: number,
): void {
  const records: HashRecord[] = [];
  entries.forEach((entry, index) => {
    const outcome = outcomes[index];
    if (outcome && 'file' in outcome) addRecords(entry, outcome.file, chunkSizeBytes, records);
  });
  if (records.length === 0) return;
  try {
    cache.store(records);
  } catch (error) {
    ctx.log('warning', 'the hash cache refused new hashes', { error });
  }
}

function settle(
  ctx: RunContext,
  entry: HashedEntry,
  outcome: HashOutcome | undefined,
  kept: Lease | undefined,
): Outcome<HashedEntry> {
  if (!outcome || 'error' in outcome) {
    kept?.release();
    return outcome ?? { error: new Error(`no answer for ${JSON.stringify(entry.sourcePath)}`) };
  }
  ctx.progress.add('hashed', 1);
  const { body } = outcome.file;
  if (kept && body) return { value: hold(readEntry(entry, outcome.file, body), kept) };
  kept?.release();
  return { value: readEntry(entry, outcome.file) };
}

/** Member by member: a spread of this many takes ten times as long. */
function readEntry({ path, sourcePath }: HashedEntry, file: HashedFile, body?: Uint8Array): HashedEntry {
  const { hashes, size, mtimeNs, ctimeNs, mode } = file;
  const [kind, hashedBy] = ['file', 'reading'] as const;
  return body
    ? { path, kind, sourcePath, size, mtimeNs, ctimeNs, mode, hashes, hashedBy, body }
    : { path, kind, sourcePath, size, mtimeNs, ctimeNs, mode, hashes, hashedBy };
}

function addRecords(
  { sourcePath: path }: HashedEntry,
  { hashes, size, mtimeNs, ctimeNs, startedNs }: HashedFile,
  chunkSizeBytes: number,
  into: HashRecord[],
): void {
  hashRanges(size, chunkSizeBytes).forEach(({ rangeStart, rangeEnd }, index) => {
    const hash = hashes[index] as string;
    into.push({ path, size, mtimeNs, ctimeNs, startedNs, rangeStart, rangeEnd, hash });
  });
}
