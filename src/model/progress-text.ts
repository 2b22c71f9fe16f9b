/**
 * Progress for people (spec/worker-and-cli.md 1.11): the message and the percentage. Knows no
 * protocol lines and no clock.
 */
import { floatText, roundHalfEven } from './python-float.js';
import { sizeText } from './size-text.js';
import type { ProgressStatus } from './statistics.js';

/** How far a run has got. */
export interface ProgressAmounts {
  readonly status: ProgressStatus;
  /** Bytes processed and skipped. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly totalFiles: number;
  /** Bytes per second. */
  readonly transferRate: number;
}

const WORDS: Readonly<Record<ProgressStatus, readonly [done: string, rate: string]>> = {
  PREPARING_IN_PROGRESS: ['Processed', 'Hashing speed'],
  SNAPSHOT_IN_PROGRESS: ['Processed', 'Hashing speed'],
  UPLOAD_IN_PROGRESS: ['Uploaded', 'Transfer rate'],
  DOWNLOAD_IN_PROGRESS: ['Downloaded', 'Transfer rate'],
};

/** `Downloaded 1.0 MB / 3.0 MB of 3 files (Transfer rate: 1.67 MB/s)`. */
export function progressMessage(amounts: ProgressAmounts): string {
  const { status, doneBytes, totalBytes, totalFiles } = amounts;
  const [done, rate] = WORDS[status];
  const files = totalFiles === 1 ? 'file' : 'files';
  const speed = sizeText(Math.trunc(amounts.transferRate));
  return `${done} ${sizeText(doneBytes)} / ${sizeText(totalBytes)} of ${totalFiles} ${files} (${rate}: ${speed}/s)`;
}

/** Percent with one decimal, ties to even on the exact binary value; 0 when there are no bytes. */
export function progressPercent(doneBytes: number, totalBytes: number): number {
  return totalBytes > 0 ? roundHalfEven((doneBytes / totalBytes) * 100, 1) : 0;
}

/** Text of {@link progressPercent}: `33.3`, `100.0`, `0.0`, and `0` when there are no bytes. */
export function percentText(doneBytes: number, totalBytes: number): string {
  return totalBytes > 0 ? floatText(progressPercent(doneBytes, totalBytes)) : '0';
}
