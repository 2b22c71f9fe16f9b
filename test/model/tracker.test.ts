import { expect, it } from 'vitest';
import { ProgressTracker, type TrackerOptions } from '../../src/model/tracker.js';

const tracker = (options: Partial<TrackerOptions> = {}) =>
  new ProgressTracker({ status: 'DOWNLOAD_IN_PROGRESS', totalFiles: 100, totalBytes: 1000, ...options });

it('starts its clock with the first byte, which is no report', () => {
  const subject = tracker();
  expect(subject.track(7, 10)).toBeUndefined();
  expect(subject.track(7.99, 10)).toBeUndefined();
  expect(subject.track(8, 30)).toMatchObject({
    transferRate: 50,
    progress: 5,
    progressText: '5.0',
    processedFiles: 0,
  });
});

it('reports a first skip at once, and the next ones by the clock', () => {
  const subject = tracker();
  subject.skipped(1, 10);
  expect(subject.report(3)).toMatchObject({ transferRate: 0, progress: 1 });
  subject.skipped(1, 10);
  expect(subject.report(3.5)).toBeUndefined();
  expect(subject.report(4)).toMatchObject({ transferRate: 0, progress: 2 });
});

it.each([
  [49, 1],
  [50, 50],
  [1000, 50],
])('of %i files, reports after %i have finished', (totalFiles, due) => {
  const subject = tracker({ totalFiles });
  const reported = Array.from({ length: totalFiles - 1 }, () => subject.track(0, 1, true) !== undefined);
  expect(reported.findIndex(Boolean)).toBe(due > reported.length ? -1 : due - 1);
  expect(reported.filter(Boolean)).toHaveLength(Math.floor(reported.length / due));
});

it('reports when all files are finished or skipped', () => {
  const subject = tracker({ totalFiles: 60 });
  subject.skipped(59, 590);
  expect(subject.track(0, 1)).toBeUndefined();
  expect(subject.track(0, 1, true)).toMatchObject({ processedFiles: 1, transferRate: 0 });
});

it('reports each second when nothing moves', () => {
  const subject = tracker();
  subject.track(0, 10);
  expect([0.5, 1, 1.5, 2].map((at) => subject.report(at)?.transferRate)).toEqual([
    undefined,
    10,
    undefined,
    0,
  ]);
});

it('never shows less than before, nor more than the total, and no negative rate', () => {
  const subject = tracker();
  subject.track(0, 0);
  expect(subject.track(1, 500)).toMatchObject({ progress: 50, transferRate: 500 });
  expect(subject.track(2, -400)).toMatchObject({ progress: 50, transferRate: 0 });
  expect(subject.track(3, 300)).toMatchObject({ progress: 50, transferRate: 300 });
  expect(subject.track(4, 700)?.progressMessage).toBe(
    'Downloaded 1.0 KB / 1.0 KB of 100 files (Transfer rate: 700 B/s)',
  );
  expect(subject.counts()).toMatchObject({ processedBytes: 1100, totalBytes: 1000 });
});

it('asks for a log line every 10 percent or 300 seconds', () => {
  const subject = tracker();
  subject.track(0, 0);
  const due = [
    [1, 99],
    [2, 1],
    [3, 99],
    [299, 0],
    [302, 0],
    [303, 1],
    [304, 99],
  ].map(([at = 0, bytes = 0]) => subject.track(at, bytes)?.logDue);
  expect(due).toEqual([false, true, false, false, true, false, true]);
});
