/**
 * What a run did, in numbers (spec/storage.md 3.6, spec/files-and-submission.md 7.7). Plain
 * immutable data; time is measured elsewhere.
 */
import { compareCodePoints } from './order.js';

/** What a run is doing. */
export type ProgressStatus =
  | 'PREPARING_IN_PROGRESS'
  | 'UPLOAD_IN_PROGRESS'
  | 'DOWNLOAD_IN_PROGRESS'
  | 'SNAPSHOT_IN_PROGRESS';
/** What a run is doing, or how it ended. */
export type TransferStatus = ProgressStatus | 'COMPLETE' | 'CANCELLED' | 'FAILED';

/** Files and bytes of a run. After success processed and skipped add up to the total. */
export interface TransferCounts {
  /** What the manifest asks for; a chunked file is one file. */
  readonly totalFiles: number;
  readonly totalBytes: number;
  /** Transferred completely; for hashing: hashed in this run. */
  readonly processedFiles: number;
  readonly processedBytes: number;
  /** Already there, a duplicate or left alone; for hashing: known to the hash cache. */
  readonly skippedFiles: number;
  readonly skippedBytes: number;
}

export interface FailedItem {
  /** Key or path. */
  readonly subject: string;
  readonly error: unknown;
}

export interface SummaryStatistics extends TransferCounts {
  readonly failedFiles: number;
  readonly errors: readonly FailedItem[];
  /** Seconds. */
  readonly totalTime: number;
  /** Processed bytes per second, 0 if no time passed. */
  readonly transferRate: number;
  readonly status: TransferStatus;
  /** Same as `processedFiles`; 0 for hashing, which transfers nothing. */
  readonly filesTransferred: number;
  /** Same as `processedBytes`; 0 for hashing. */
  readonly bytesTransferred: number;
  /** Same as `skippedFiles`. */
  readonly filesSkipped: number;
  /** Same as `skippedBytes`. */
  readonly bytesSkipped: number;
}

export interface DownloadSummaryStatistics extends SummaryStatistics {
  /** Number of files written, by local root. */
  readonly fileCountsByRoot: Readonly<Record<string, number>>;
  /** Local paths of all roots, sorted by code point. */
  readonly downloadedFiles: readonly string[];
}

/** What statistics are made from. */
export interface StatisticsInput extends TransferCounts {
  readonly operation: 'hashing' | 'upload' | 'download';
  /** Seconds. */
  readonly totalTime: number;
  readonly status: TransferStatus;
  /** Default: none. */
  readonly errors?: readonly FailedItem[];
  /** Default: the number of `errors`. */
  readonly failedFiles?: number;
}

/** Makes the statistics of one run. */
export function summaryStatistics(input: StatisticsInput): SummaryStatistics {
  const { operation, errors = [], failedFiles = errors.length, ...rest } = input;
  const moves = operation === 'hashing' ? 0 : 1;
  return {
    ...rest,
    failedFiles,
    errors: [...errors],
    transferRate: rateOf(rest.processedBytes, rest.totalTime),
    filesTransferred: rest.processedFiles * moves,
    bytesTransferred: rest.processedBytes * moves,
    filesSkipped: rest.skippedFiles,
    bytesSkipped: rest.skippedBytes,
  };
}

/** Makes the statistics of one download. `writtenByRoot` holds the local paths written below each local root. */
export function downloadStatistics(
  input: Omit<StatisticsInput, 'operation'>,
  writtenByRoot: ReadonlyMap<string, readonly string[]>,
): DownloadSummaryStatistics {
  return {
    ...summaryStatistics({ ...input, operation: 'download' }),
    fileCountsByRoot: Object.fromEntries([...writtenByRoot].map(([root, paths]) => [root, paths.length])),
    downloadedFiles: [...writtenByRoot.values()].flat().sort(compareCodePoints),
  };
}

/** Adds up the statistics of several groups. `totalTime`, in seconds, was measured once, over all of them. */
export function sumStatistics(parts: readonly SummaryStatistics[], totalTime: number): SummaryStatistics {
  const sum = (field: NumberField): number => parts.reduce((total, part) => total + part[field], 0);
  const added = Object.fromEntries(ADDED_FIELDS.map((field) => [field, sum(field)])) as Record<
    NumberField,
    number
  >;
  return {
    ...added,
    errors: parts.flatMap(({ errors }) => errors),
    totalTime,
    transferRate: rateOf(added.processedBytes, totalTime),
    status: worstStatus(parts),
  };
}

/** {@link sumStatistics} of downloads; files of one root are counted together. */
export function sumDownloadStatistics(
  parts: readonly DownloadSummaryStatistics[],
  totalTime: number,
): DownloadSummaryStatistics {
  const counts = new Map<string, number>();
  for (const [root, count] of parts.flatMap(({ fileCountsByRoot }) => Object.entries(fileCountsByRoot))) {
    counts.set(root, (counts.get(root) ?? 0) + count);
  }
  return {
    ...sumStatistics(parts, totalTime),
    fileCountsByRoot: Object.fromEntries(counts),
    downloadedFiles: parts.flatMap(({ downloadedFiles }) => downloadedFiles).sort(compareCodePoints),
  };
}

const ADDED_FIELDS = [
  'totalFiles',
  'totalBytes',
  'processedFiles',
  'processedBytes',
  'skippedFiles',
  'skippedBytes',
  'failedFiles',
  'filesTransferred',
  'bytesTransferred',
  'filesSkipped',
  'bytesSkipped',
] as const;
type NumberField = (typeof ADDED_FIELDS)[number];

/** From the one that must be told first to the one that says least. */
const STATUS_ORDER: readonly TransferStatus[] = [
  'FAILED',
  'CANCELLED',
  'PREPARING_IN_PROGRESS',
  'SNAPSHOT_IN_PROGRESS',
  'UPLOAD_IN_PROGRESS',
  'DOWNLOAD_IN_PROGRESS',
];

function worstStatus(parts: readonly SummaryStatistics[]): TransferStatus {
  return STATUS_ORDER.find((status) => parts.some((part) => part.status === status)) ?? 'COMPLETE';
}

function rateOf(bytes: number, seconds: number): number {
  return seconds > 0 ? bytes / seconds : 0;
}
