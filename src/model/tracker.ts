/**
 * When a progress report is due and what it says (spec/worker-and-cli.md 1.11). Pure: the
 * time is passed in, and the caller delivers the reports.
 */
import { percentText, progressMessage, progressPercent } from './progress-text.js';
import { roundHalfEven } from './python-float.js';
import type { ProgressStatus, TransferCounts } from './statistics.js';

export interface ProgressReport {
  readonly status: ProgressStatus;
  /** Percent of the bytes that are processed or skipped, with one decimal. */
  readonly progress: number;
  /** `progress` as written in lines for other programs: `50.0`; `0` when there are no bytes. */
  readonly progressText: string;
  /** Bytes per second since the report before. */
  readonly transferRate: number;
  readonly progressMessage: string;
  readonly processedFiles: number;
  /** A log line is due too. */
  readonly logDue: boolean;
}

export interface TrackerOptions {
  readonly status: ProgressStatus;
  readonly totalFiles: number;
  readonly totalBytes: number;
  /** A report is due when so much time passed since the last. */
  readonly intervalSeconds?: number;
  /** A report is due when so many files finished since the last; for fewer files in all, each. */
  readonly filesPerReport?: number;
  readonly logIntervalSeconds?: number;
  readonly logPercent?: number;
}
export const TRACKER_DEFAULTS = {
  intervalSeconds: 1,
  filesPerReport: 50,
  logIntervalSeconds: 300,
  logPercent: 10,
} as const satisfies Partial<TrackerOptions>;

/** Counts of one operation. Every `at` is in seconds of a clock that never goes back. */
export class ProgressTracker {
  readonly #options: Required<TrackerOptions>;
  #processedFiles = 0;
  #processedBytes = 0;
  #skippedFiles = 0;
  #skippedBytes = 0;
  /** Time of the last report, or of the start; not set before either. */
  #lastAt: number | undefined;
  #lastBytes = 0;
  #filesSince = 0;
  #shownBytes = 0;
  #logAt = 0;
  #logPercent = 0;

  constructor(options: TrackerOptions) {
    this.#options = { ...TRACKER_DEFAULTS, ...options };
  }

  /** Counts bytes that arrived, of a failed try again negative, and gives the report if one is due. */
  track(at: number, bytes: number, fileDone = false): ProgressReport | undefined {
    this.processed(at, fileDone ? 1 : 0, bytes);
    return this.report(at);
  }

  processed(at: number, files: number, bytes: number): void {
    if (this.#lastAt === undefined) this.#start(at);
    this.#processedFiles += files;
    this.#processedBytes += bytes;
    this.#filesSince += files;
  }

  skipped(files: number, bytes: number): void {
    this.#skippedFiles += files;
    this.#skippedBytes += bytes;
  }

  /** The report if one is due. Called after counting, and once a second by whoever has to notice a stall. */
  report(at: number): ProgressReport | undefined {
    return this.#isDue(at) ? this.#take(at) : undefined;
  }

  /** Counts so far; after a run, what its statistics are made from. */
  counts(): TransferCounts {
    const { totalFiles, totalBytes } = this.#options;
    return {
      totalFiles,
      totalBytes,
      processedFiles: this.#processedFiles,
      processedBytes: this.#processedBytes,
      skippedFiles: this.#skippedFiles,
      skippedBytes: this.#skippedBytes,
    };
  }

  #isDue(at: number): boolean {
    const { totalFiles, intervalSeconds, filesPerReport } = this.#options;
    return (
      this.#lastAt === undefined ||
      at - this.#lastAt >= intervalSeconds ||
      this.#filesSince >= (totalFiles < filesPerReport ? 1 : filesPerReport) ||
      this.#processedFiles + this.#skippedFiles === totalFiles
    );
  }

  #take(at: number): ProgressReport {
    const { status, totalFiles, totalBytes } = this.#options;
    if (this.#lastAt === undefined) this.#start(at);
    const transferRate = this.#rateSinceLast(at);
    this.#lastAt = at;
    this.#lastBytes = this.#processedBytes;
    this.#filesSince = 0;
    const doneBytes = this.#advanceShown();
    const progress = progressPercent(doneBytes, totalBytes);
    return {
      status,
      progress,
      progressText: percentText(doneBytes, totalBytes),
      transferRate,
      progressMessage: progressMessage({ status, doneBytes, totalBytes, totalFiles, transferRate }),
      processedFiles: this.#processedFiles,
      logDue: this.#logDue(at, progress),
    };
  }

  #start(at: number): void {
    this.#lastAt = at;
    this.#logAt = at;
  }

  #rateSinceLast(at: number): number {
    const seconds = roundHalfEven(at - (this.#lastAt ?? at), 2);
    const bytes = this.#processedBytes - this.#lastBytes;
    return seconds > 0 && bytes > 0 ? bytes / seconds : 0;
  }

  /** Bytes of a failed try are taken back, but what was shown never falls and never exceeds the total. */
  #advanceShown(): number {
    const done = this.#processedBytes + this.#skippedBytes;
    this.#shownBytes = Math.min(this.#options.totalBytes, Math.max(this.#shownBytes, done));
    return this.#shownBytes;
  }

  #logDue(at: number, progress: number): boolean {
    const { logIntervalSeconds, logPercent } = this.#options;
    if (at - this.#logAt < logIntervalSeconds && progress - this.#logPercent < logPercent) return false;
    this.#logAt = at;
    this.#logPercent = progress;
    return true;
  }
}
