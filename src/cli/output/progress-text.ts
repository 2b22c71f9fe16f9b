/** One progress report as words and numbers, shared by the bar and by the lines. Knows no terminal. */
import { sizeText, type TransferProgress } from '../../index.js';

const VERBS: Readonly<Record<TransferProgress['operation'], string>> = {
  Hashing: 'Hashing',
  CheckingExistence: 'Checking',
  Uploading: 'Uploading',
  Downloading: 'Downloading',
};

/** What the operation at hand has done. */
export function doneOf(progress: TransferProgress): { readonly files: number; readonly bytes: number } {
  return progress.operationDone ?? { files: progress.overallCompleted, bytes: progress.overallBytes };
}

/**
 * Finished share in percent, 0 to 100: of the bytes, or of the files where there are no bytes; 0 while the total is
 * unknown, and 100 not before the last file is done, which may be empty.
 */
export function percentOf(progress: TransferProgress): number {
  const { overallTotal, overallTotalBytes } = progress;
  if (overallTotal === 0) return 0;
  const { files, bytes } = doneOf(progress);
  const share = overallTotalBytes > 0 ? bytes / overallTotalBytes : files / overallTotal;
  return Math.min(files < overallTotal ? 99 : 100, Math.floor(share * 100));
}

export function verbOf(progress: TransferProgress): string {
  return VERBS[progress.operation];
}

/** Files, bytes, rate, `remaining` seconds and skipped files, separated by commas; `of` stands between a part and its whole. */
export function detailsOf(progress: TransferProgress, remaining: number | undefined, of = ' of '): string {
  const { overallTotal, overallTotalBytes, transferRate, skippedFiles } = progress;
  const { files, bytes } = doneOf(progress);
  const known = overallTotal > 0;
  const parts = [
    known ? `${files}${of}${overallTotal} files` : `${files} files`,
    known ? `${sizeText(bytes)}${of}${sizeText(overallTotalBytes)}` : sizeText(bytes),
    `${sizeText(Math.trunc(transferRate))}/s`,
  ];
  if (remaining) parts.push(`ETA ${durationText(remaining)}`);
  parts.push(`${skippedFiles} skipped`);
  return parts.join(', ');
}

function durationText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`;
  return minutes > 0 ? `${minutes}m${String(rest).padStart(2, '0')}s` : `${rest}s`;
}
