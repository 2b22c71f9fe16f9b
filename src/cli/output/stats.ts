/** Statistics for machines, under the names that the client library prints (spec/worker-and-cli.md 1.11). */
import type { DownloadSummaryStatistics, SummaryStatistics } from '../../index.js';

type Statistics = SummaryStatistics & Partial<DownloadSummaryStatistics>;

/** Whether `value` is {@link SummaryStatistics}, as far as they are shown. */
export function isStatistics(value: unknown): value is SummaryStatistics {
  const members = [
    'totalFiles',
    'totalBytes',
    'processedFiles',
    'processedBytes',
    'skippedFiles',
    'skippedBytes',
  ];
  return (
    typeof value === 'object' &&
    value !== null &&
    members.every((name) => typeof (value as Record<string, unknown>)[name] === 'number')
  );
}

/** The members in snake case; those of a download only where they are known. */
export function statsDocument(stats: Statistics): Record<string, unknown> {
  const { fileCountsByRoot, downloadedFiles } = stats;
  return {
    total_time: stats.totalTime,
    total_files: stats.totalFiles,
    total_bytes: stats.totalBytes,
    processed_files: stats.processedFiles,
    processed_bytes: stats.processedBytes,
    skipped_files: stats.skippedFiles,
    skipped_bytes: stats.skippedBytes,
    transfer_rate: stats.transferRate,
    ...(fileCountsByRoot ? { file_counts_by_root_directory: plainObject(fileCountsByRoot) } : {}),
    ...(downloadedFiles ? { downloaded_files: downloadedFiles } : {}),
  };
}

/** `stats` of a submission; of one that did not end well only the upload's are known. */
export function submissionStats(upload: SummaryStatistics, hashing?: SummaryStatistics): unknown {
  return { hashing: hashing ? statsDocument(hashing) : null, upload: statsDocument(upload) };
}

function plainObject(counts: object): unknown {
  return counts instanceof Map ? Object.fromEntries(counts) : counts;
}
