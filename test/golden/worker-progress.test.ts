/** Progress reports, their lines and the summary of a run against the golden data. */
import { expect } from 'vitest';
import { type ProgressStatus, summaryStatistics } from '../../src/model/statistics.js';
import { summaryText } from '../../src/model/summary-text.js';
import { ProgressTracker } from '../../src/model/tracker.js';
import { golden } from '../support/golden.js';

type Event =
  | { readonly op: 'track'; readonly at: number; readonly bytes: number; readonly fileDone: boolean }
  | {
      readonly op: 'processed' | 'skipped';
      readonly at: number;
      readonly files: number;
      readonly bytes: number;
    }
  | { readonly op: 'report'; readonly at: number };

interface Case {
  readonly status: ProgressStatus;
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly events: readonly Event[];
  readonly reports: readonly object[];
  readonly summary: Record<string, number>;
  readonly summaryText: string;
}

/** Any start will do that is not zero. */
const CLOCK_START = 1024;

function play(tracker: ProgressTracker, event: Event) {
  const at = CLOCK_START + event.at;
  if (event.op === 'track') return tracker.track(at, event.bytes, event.fileDone);
  if (event.op === 'report') return tracker.report(at);
  if (event.op === 'processed') tracker.processed(at, event.files, event.bytes);
  else tracker.skipped(event.files, event.bytes);
  return undefined;
}

golden<Case>('worker/progress-lines.json', (c) => {
  const { status, totalFiles, totalBytes, events } = c;
  const tracker = new ProgressTracker({ status, totalFiles, totalBytes });
  const reports = events.flatMap((event) => {
    const report = play(tracker, event);
    if (report === undefined) return [];
    const { progress, transferRate, progressMessage, processedFiles } = report;
    const lines = [`openjd_progress: ${report.progressText}`, `openjd_status: ${progressMessage}`];
    expect(report.status).toBe(status);
    const at = Number(event.at.toFixed(6)); // the file holds rounded times here, exact ones in the events
    return [{ at, progress, transferRate, progressMessage, processedFiles, lines }];
  });
  expect(reports).toEqual(c.reports);

  const totalTime = events.at(-1)?.at ?? 0;
  const statistics = summaryStatistics({
    ...tracker.counts(),
    operation: 'download',
    totalTime,
    status: 'COMPLETE',
  });
  expect({
    total_time: statistics.totalTime,
    total_files: statistics.totalFiles,
    total_bytes: statistics.totalBytes,
    processed_files: statistics.processedFiles,
    processed_bytes: statistics.processedBytes,
    skipped_files: statistics.skippedFiles,
    skipped_bytes: statistics.skippedBytes,
    transfer_rate: statistics.transferRate,
  }).toEqual(c.summary);
  expect(summaryText(statistics)).toBe(c.summaryText);
});
