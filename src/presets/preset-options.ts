/** What every preset takes, and how its progress and statistics come from the counters of a run. */
import type { CheckCache, HashCache } from '../caches/ports.js';
import type { HashPool } from '../hashing/ports.js';
import { StorageError } from '../model/errors.js';
import {
  type FailedItem,
  type SummaryStatistics,
  summaryStatistics,
  type TransferStatus,
} from '../model/statistics.js';
import type { TransferTally } from '../model/upload-unit.js';
import type { Limits, RunOptions } from '../pipeline/context.js';
import { CancelledError, CollectedError } from '../pipeline/errors.js';
import type { Runnable } from '../pipeline/pipeline.js';
import type { ProgressSnapshot } from '../pipeline/progress.js';
import type { Logger } from '../pipeline/types.js';
import { type Existence, StaleCacheError, UnverifiedCacheError } from '../stages/existence-check.js';

export type TransferOperation = 'Hashing' | 'CheckingExistence' | 'Uploading' | 'Downloading';

/** How far a run is (spec/storage.md 3.6). Totals are 0 until they are known, which is when the walk has ended. */
export interface TransferProgress {
  readonly status: TransferStatus;
  readonly operation: TransferOperation;
  /** Path of the file that was done last. */
  readonly currentKey: string;
  readonly currentBytes: number;
  readonly currentTotal: number;
  /** Files done, those skipped included. */
  readonly overallCompleted: number;
  readonly overallTotal: number;
  /** Those of large files count while they are hashed or travel. */
  readonly overallBytes: number;
  readonly overallTotalBytes: number;
  readonly skippedFiles: number;
  readonly skippedBytes: number;
  /**
   * How far the operation at hand is, where that is not how far the run is: files are hashed before they are uploaded,
   * and an upload begins again where its check cache was wrong. Unlike the overall counts it may go back.
   */
  readonly operationDone?: { readonly files: number; readonly bytes: number };
  /** Bytes per second since the run began: hashed ones while it hashes, else those that travelled. */
  readonly transferRate: number;
  /** Seconds. */
  readonly elapsed: number;
}

export interface PresetOptions {
  /** Cancels the run, which then rejects with `CancelledError` and its statistics. */
  readonly signal?: AbortSignal;
  readonly limits?: Limits;
  /** Transfers at once. Default: what each stage says. */
  readonly concurrency?: number;
  /**
   * Called with the run's progress: at first, once a second or per 50 files (per file in a run of fewer), and at
   * the end. Answering `false` cancels, from the last report too: the run then rejects although all is done.
   */
  readonly onProgress?: (progress: TransferProgress) => unknown;
  /** `stop` (default) ends at the first file that fails; `collect` goes on and rejects at the end. Neither writes a manifest. */
  readonly onFileError?: 'stop' | 'collect';
  readonly log?: Logger;
  /** Threads for this run and others; stays open. Default: the run starts and ends its own. */
  readonly hashPool?: HashPool;
  readonly hashCache?: HashCache;
  readonly checkCache?: CheckCache;
  /**
   * `sample` (default) trusts the check cache and checks thirty of its answers at the end; `inline` checks a hundred and
   * one in a hundred of the others at once; `force` asks the store about everything; `off` does and remembers nothing.
   */
  readonly cacheCheck?: 'sample' | 'inline' | 'force' | 'off';
  /** How the store is asked what it holds (spec/storage.md 3.3). Default `auto`, with `force` one by one. */
  readonly existence?: Existence;
  /** Uploads above this size wait until fewer small ones are left than may travel at once, and go one at a time. Default: what `transfer` says. */
  readonly smallFileThresholdBytes?: number;
  /** Bytes per second to the store, and as many from it, all transfers together. A store with `setBandwidth` keeps the rate after the run. */
  readonly maxBandwidth?: number;
}

/** What a preset knows of its run beside the counters. */
export interface RunShape {
  readonly status: TransferStatus;
  readonly operation: 'hashing' | 'upload' | 'download';
  /** Known before the run; otherwise what the walk has found so far. */
  readonly totals?: { readonly files: number; readonly bytes: number };
}

/**
 * Files in flight: each batch that threads and caches answer is on its way while the next gathers. With half as many a
 * resubmit of 200,000 files takes a tenth longer, with twice as many a first submit takes 15 MB more. Uploads over a
 * network have fewer (`upload-stages.ts`).
 */
const IN_FLIGHT_FILES = 2048;

/** Runs a pipeline with the options of a preset. */
export function runPreset<R>(runnable: Runnable<R>, options: PresetOptions, shape: RunShape): Promise<R> {
  const { signal, limits, onProgress, onFileError, log } = options;
  const run: RunOptions = {
    fatal: isFatal,
    summarise: (snapshot, error) => partialStatistics(snapshot, shape, error),
    ...(signal && { signal }),
    limits: { maxInFlightFiles: IN_FLIGHT_FILES, ...limits },
    ...(shape.totals && { progress: { totalItems: shape.totals.files } }),
    ...(onFileError && { onFileError }),
    ...(log && { log }),
    ...(onProgress && { onProgress: (snapshot) => onProgress(transferProgress(snapshot, shape)) }),
  };
  return runnable.run(run);
}

/** What a preset rejects with when it is cancelled before its run has begun. */
export function cancelledEarly(shape: RunShape, cause: unknown): CancelledError {
  const nothing = { counters: {}, subject: '', elapsedMs: 0, final: true };
  const cancelled = new CancelledError(undefined, { cause });
  return new CancelledError(undefined, { cause, partialStats: partialStatistics(nothing, shape, cancelled) });
}

/** Statistics of a run that ended well. */
export function completeStatistics(
  operation: RunShape['operation'],
  tally: TransferTally,
  seconds: number,
): SummaryStatistics {
  return summaryStatistics({ operation, ...tally, totalTime: seconds, status: 'COMPLETE' });
}

const FATAL: ReadonlySet<string> = new Set([
  'NoSpace',
  'InsufficientDisk',
  'InvalidConfig',
  'AccessDenied',
  'KmsAccess',
  'KmsKeyUnavailable',
  'BucketNotFound',
  'BucketOwnerMismatch',
  'ExpiredCredentials',
  'InvalidCredentials',
  'MissingCredentials',
  'ClockSkew',
  'WrongRegion',
]);

/** Errors that would meet every file, and those after which the run begins again: a run that collects failures ends with them all the same. */
export function isFatal(error: unknown): boolean {
  if (error instanceof StaleCacheError || error instanceof UnverifiedCacheError) return true;
  return error instanceof StorageError && FATAL.has(error.kind);
}

function partialStatistics(
  { counters, elapsedMs }: ProgressSnapshot,
  shape: RunShape,
  error: unknown,
): SummaryStatistics {
  const { files = 0, bytes = 0, skippedFiles = 0, skippedBytes = 0 } = counters;
  const totals = totalsOf(counters, shape);
  return summaryStatistics({
    operation: shape.operation,
    totalFiles: totals.files,
    totalBytes: totals.bytes,
    processedFiles: files - skippedFiles,
    processedBytes: bytes - skippedBytes,
    skippedFiles,
    skippedBytes,
    totalTime: elapsedMs / 1000,
    ...(error instanceof CancelledError
      ? { status: 'CANCELLED' }
      : { status: 'FAILED', errors: failedItems(error) }),
  });
}

/** What failed: one item, or those that were collected. */
function failedItems(error: unknown): FailedItem[] {
  const errors = error instanceof CollectedError ? error.errors : [error];
  return errors.map((each) => {
    const { key, path } = each instanceof StorageError ? each : {};
    return { subject: path ?? key ?? '', error: each };
  });
}

function totalsOf(
  counters: ProgressSnapshot['counters'],
  { totals }: RunShape,
): { files: number; bytes: number } {
  return totals ?? { files: counters['found'] ?? 0, bytes: counters['foundBytes'] ?? 0 };
}

function transferProgress(snapshot: ProgressSnapshot, shape: RunShape): TransferProgress {
  const { counters, subject, elapsedMs, final } = snapshot;
  const { files = 0, bytes = 0, skippedFiles = 0, skippedBytes = 0 } = counters;
  const { hashed = 0, cacheHits = 0, hashedBytes = 0, unhashedBytes = 0, storedBytes = 0 } = counters;
  const { sentBytes = 0, fetchedBytes = 0, unfetchedBytes = 0 } = counters;
  const isKnown = shape.totals !== undefined || (counters['walked'] ?? 0) > 0;
  const found = totalsOf(counters, shape);
  const totals = isKnown ? found : { files: 0, bytes: 0 };
  // A file that grew meanwhile is not more than all of it, until it is done.
  const atLeastSettled = (done: number): number => Math.max(bytes, Math.min(done, found.bytes));
  const hashedDone = atLeastSettled(hashedBytes + unhashedBytes);
  const operation = operationOf(shape, counters);
  const [moved, done] = {
    hashing: [hashedBytes, hashedDone],
    upload: [operation === 'Hashing' ? hashedBytes : sentBytes, atLeastSettled(storedBytes)],
    download: [fetchedBytes, atLeastSettled(fetchedBytes + unfetchedBytes)],
  }[shape.operation] as [number, number];
  return {
    status: final ? 'COMPLETE' : shape.status,
    operation,
    currentKey: subject,
    currentBytes: 0,
    currentTotal: 0,
    overallCompleted: files,
    overallTotal: totals.files,
    overallBytes: done,
    overallTotalBytes: totals.bytes,
    skippedFiles,
    skippedBytes,
    ...(operation === 'Hashing' &&
      shape.operation === 'upload' && {
        operationDone: { files: Math.max(files, hashed + cacheHits), bytes: hashedDone },
      }),
    transferRate: elapsedMs > 0 ? Math.max(0, Math.floor((moved * 1000) / elapsedMs)) : 0,
    elapsed: elapsedMs / 1000,
  };
}

function operationOf({ operation }: RunShape, counters: ProgressSnapshot['counters']): TransferOperation {
  if (operation === 'download') return 'Downloading';
  if (operation === 'hashing') return 'Hashing';
  const { puts = 0, hashesBegun = 0, hashesEnded = 0 } = counters;
  if (puts > 0) return 'Uploading';
  return hashesBegun > hashesEnded ? 'Hashing' : 'CheckingExistence';
}
