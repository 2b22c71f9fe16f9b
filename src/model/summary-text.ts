/** The summary that a run prints (spec/files-and-submission.md 7.7). */
import { floatText, roundHalfEven } from './python-float.js';
import { sizeText } from './size-text.js';

/** The members of a run's statistics that its summary shows. */
export interface SummaryCounts {
  readonly processedFiles: number;
  readonly processedBytes: number;
  readonly skippedFiles: number;
  readonly skippedBytes: number;
  /** Seconds. */
  readonly totalTime: number;
  /** Bytes per second; cut to whole bytes. */
  readonly transferRate: number;
}

/** Three lines, each with its newline: what was processed, what was skipped, how fast. */
export function summaryText(counts: SummaryCounts): string {
  const { processedFiles, processedBytes, skippedFiles, skippedBytes, totalTime, transferRate } = counts;
  const files = processedFiles === 1 ? 'file' : 'files';
  const seconds = floatText(roundHalfEven(totalTime, 5));
  return [
    `Processed ${processedFiles} ${files} totaling ${sizeText(processedBytes)}.\n`,
    `Skipped re-processing ${skippedFiles} files totaling ${sizeText(skippedBytes)}.\n`,
    `Total processing time of ${seconds} seconds at ${sizeText(Math.trunc(transferRate))}/s.\n`,
  ].join('');
}
