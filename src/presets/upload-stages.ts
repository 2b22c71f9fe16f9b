/** The second half of every upload: from digests to confirmed objects. */
import type { HashPool } from '../hashing/ports.js';
import type { HashedEntry } from '../model/file-item.js';
import type { CheckedUnit, SettledUnit, UploadUnit } from '../model/upload-unit.js';
import { mapLeased } from '../pipeline/map-leased.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { existenceCheck, StaleCacheError, UnverifiedCacheError } from '../stages/existence-check.js';
import { RecentChecks } from '../stages/recent-checks.js';
import { splitObjects } from '../stages/split-objects.js';
import { transfer } from '../stages/transfer.js';
import { Attempt, attemptOf, runAttempt } from './presence-attempt.js';
import { isFatal, type PresetOptions } from './preset-options.js';
import type { Store } from './store.js';
import { casOf, forgetStore, headManyOf, listerOf, presenceCache, rememberIn } from './store-calls.js';

/** Chunk, existence check, transfer. */
export function uploadObjects(
  files: Pipeline<HashedEntry>,
  store: Store,
  options: PresetOptions,
  more: { readonly chunkSizeBytes: number | undefined; readonly pool?: SizePool },
): Pipeline<SettledUnit> {
  return checkAndTransfer(objectsOf(files, options, more.chunkSizeBytes), store, options, more.pool);
}

/** Threads that look at the files of a directory store. */
type SizePool = Pick<HashPool, 'sizes'>;

/** Files as the objects that hold their content. */
export function objectsOf(
  files: Pipeline<HashedEntry>,
  options: PresetOptions,
  chunkSizeBytes: number | undefined,
): Pipeline<UploadUnit> {
  const { before } = attemptOf(options);
  const chunks = chunkSizeBytes !== undefined && chunkSizeBytes > 0 ? { chunkSizeBytes } : {};
  return (before ? withHistory(files, before) : files).through(splitObjects(chunks));
}

/** Existence check, transfer. */
export function checkAndTransfer(
  units: Pipeline<UploadUnit>,
  store: Store,
  options: PresetOptions,
  pool?: SizePool,
): Pipeline<SettledUnit> {
  const { before } = attemptOf(options);
  const { concurrency = store.concurrency, smallFileThresholdBytes } = options;
  const cas = casOf(store, options);
  const checks = new RecentChecks();
  return checkExistence(units, store, options, { checks, ...(pool && { pool }) }).through(
    transfer(cas.put, {
      ...(concurrency !== undefined && { concurrency }),
      // Parts of a large object travel side by side at S3; in a directory only whole objects do.
      ...(store.directory === undefined && { largeAtOnce: 1 }),
      ...(smallFileThresholdBytes !== undefined && { smallFileThresholdBytes }),
      ...(store.bytesPerUpload !== undefined && { maxBytesPerObject: store.bytesPerUpload }),
      head: cas.head,
      remember: rememberIn(store, options),
      onUnchecked: (answer) => checks.addPut(answer),
      isBlind: () => !checks.putsTell,
      ...(before && { sentBefore: (hash) => before.hasSent(hash) }),
    }),
  );
}

export interface CheckExistenceOptions {
  readonly checks?: RecentChecks;
  /** Told of every request to the store. */
  readonly onRequest?: (kind: 'head' | 'list') => void;
  /** Asks a directory store about many objects at once. */
  readonly pool?: SizePool;
}

/** Existence check as the options ask for it. */
export function checkExistence(
  units: Pipeline<UploadUnit>,
  store: Store,
  options: PresetOptions,
  { pool, ...more }: CheckExistenceOptions = {},
): Pipeline<CheckedUnit> {
  const { concurrency = store.concurrency, cacheCheck = 'sample' } = options;
  // Whoever asks for every object to be checked means one by one, unless he says otherwise.
  const existence = options.existence ?? (cacheCheck === 'force' ? 'head' : 'auto');
  const attempt = attemptOf(options);
  const { before } = attempt;
  const cas = casOf(store, options);
  const cache = presenceCache(store, options);
  const headMany = existence === 'list' || existence === 'put' ? undefined : headManyOf(store, cas, pool);
  return units.through(
    existenceCheck(cas.head, {
      ...{ existence, isFatal, list: listerOf(cas) },
      ...(concurrency !== undefined && { concurrency }),
      ...(headMany && { headMany }),
      ...(cache && { cache }),
      ...(cacheCheck !== 'off' && { cacheCheck }),
      ...(before && { confirmed: (hash) => before.hasConfirmed(hash) }),
      ...(attempt.mayFollow && { onUnit: ({ file }: UploadUnit) => attempt.read(file) }),
      ...more,
    }),
  );
}

/** Files that were read before their run began again count as read. */
function withHistory(files: Pipeline<HashedEntry>, before: Attempt): Pipeline<HashedEntry> {
  return files.through((ctx) =>
    mapLeased<HashedEntry, HashedEntry>(ctx, 1, (file) =>
      file.hashedBy === 'cache' && before.hasRead(file) ? { ...file, hashedBy: 'reading' } : file,
    ),
  );
}

/**
 * Runs an upload. Where the check cache turns out to be wrong, it forgets the store, and
 * the upload runs again without its word; where it could not be verified, it is kept
 * (spec/storage.md 3.5). What the first run saw and sent is not asked again, and counts.
 */
export async function healingStaleCache<R>(
  store: Store,
  options: PresetOptions,
  run: (options: PresetOptions) => Promise<R>,
): Promise<R> {
  const steady = withSteadyProgress(withRoom(store, options));
  const { checkCache, cacheCheck = 'sample', log } = options;
  const mayFollow =
    checkCache !== undefined &&
    store.directory === undefined &&
    (cacheCheck === 'sample' || cacheCheck === 'inline');
  const first = new Attempt(undefined, mayFollow);
  try {
    return await runAttempt(first, steady, run);
  } catch (error) {
    if (error instanceof StaleCacheError) {
      log?.('warning', 'the check cache was out of date and is reset: every object is checked again', {
        hash: error.hash,
      });
      if (checkCache) await forgetStore(store, checkCache);
    } else if (error instanceof UnverifiedCacheError) {
      log?.('warning', 'the check cache could not be verified and is not used: every object is checked', {
        error: error.cause,
      });
    } else throw error;
    return runAttempt(new Attempt(first), steady, run);
  }
}

/**
 * Files in flight on their way over a network, where each waits with its content. With twice as many, most of what a
 * file needs outlives the young generation: a first submit of 20,000 takes 10 % more processor time, and 30 MB.
 */
const REMOTE_IN_FLIGHT_FILES = 1024;

function withRoom(store: Store, options: PresetOptions): PresetOptions {
  if (store.directory !== undefined) return options;
  // More requests at once than that have to be asked for, and then there are files for them.
  const maxInFlightFiles = Math.max(REMOTE_IN_FLIGHT_FILES, 2 * (options.concurrency ?? 0));
  return { ...options, limits: { maxInFlightFiles, ...options.limits } };
}

/**
 * Progress that does not go back when the upload begins again (spec/storage.md 3.6); `operationDone` says how far it
 * is then.
 */
function withSteadyProgress(options: PresetOptions): PresetOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  const peaks = { overallCompleted: 0, overallTotal: 0, overallBytes: 0, overallTotalBytes: 0 };
  return {
    ...options,
    onProgress: (progress) => {
      const { overallCompleted: files, overallBytes: bytes } = progress;
      const isBehind = files < peaks.overallCompleted || bytes < peaks.overallBytes;
      for (const name of Object.keys(peaks) as (keyof typeof peaks)[])
        peaks[name] = Math.max(peaks[name], progress[name]);
      return onProgress({ ...(isBehind && { operationDone: { files, bytes } }), ...progress, ...peaks });
    },
  };
}
