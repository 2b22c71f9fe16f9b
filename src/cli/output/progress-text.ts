/** One progress report as words and numbers, shared by the bar and by the lines. Knows no terminal. */
import { sizeText, type TransferProgress } from '../../index.js';

const VERBS: Readonly<Record<TransferProgress['operation'], string>> = {
  Hashing: 'Hashing',
  CheckingExistence: 'Checking',
  Uploading: 'Uploading',
  Downloading: 'Downloading',
};

/** Finished share in percent, 0 to 100: of the bytes, or of the files where there are no bytes; 0 while the total is unknown. */
export function percentOf(progress: TransferProgress): number {
  const share =
    progress.overallTotalBytes > 0
      ? progress.overallBytes / progress.overallTotalBytes
      : progress.overallCompleted / Math.max(1, progress.overallTotal);
  return progress.overallTotal === 0 ? 0 : Math.min(100, Math.floor(share * 100));
}

export function verbOf(progress: TransferProgress): string {
  return VERBS[progress.operation];
}

/** Files, bytes, rate, remaining time and skipped files, separated by commas; `of` stands between a part and its whole. */
export function detailsOf(progress: TransferProgress, of = ' of '): string {
  const remaining = remainingSeconds(progress);
  const known = progress.overallTotal > 0;
  const parts = [
    known
      ? `${progress.overallCompleted}${of}${progress.overallTotal} files`
      : `${progress.overallCompleted} files`,
    known
      ? `${sizeText(progress.overallBytes)}${of}${sizeText(progress.overallTotalBytes)}`
      : sizeText(progress.overallBytes),
    `${sizeText(Math.trunc(progress.transferRate))}/s`,
  ];
  if (remaining) parts.push(`ETA ${durationText(remaining)}`);
  parts.push(`${progress.skippedFiles} skipped`);
  return parts.join(', ');
}

/** Seconds left at the average rate of the run, once there is one. */
function remainingSeconds(progress: TransferProgress): number | undefined {
  if (progress.overallTotal === 0 || progress.overallBytes === 0 || progress.elapsed <= 0) return undefined;
  const left = Math.max(0, progress.overallTotalBytes - progress.overallBytes);
  return Math.ceil((left * progress.elapsed) / progress.overallBytes);
}

function durationText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${String(minutes).padStart(2, '0')}m`;
  return minutes > 0 ? `${minutes}m${String(rest).padStart(2, '0')}s` : `${rest}s`;
}
