import { expect, it } from 'vitest';
import { percentText, progressMessage, progressPercent } from '../../src/model/progress-text.js';
import type { ProgressStatus } from '../../src/model/statistics.js';

it.each<[ProgressStatus, number, string]>([
  ['PREPARING_IN_PROGRESS', 1, 'Processed 1.5 KB / 2.0 KB of 1 file (Hashing speed: 999 B/s)'],
  ['SNAPSHOT_IN_PROGRESS', 2, 'Processed 1.5 KB / 2.0 KB of 2 files (Hashing speed: 999 B/s)'],
  ['UPLOAD_IN_PROGRESS', 0, 'Uploaded 1.5 KB / 2.0 KB of 0 files (Transfer rate: 999 B/s)'],
  ['DOWNLOAD_IN_PROGRESS', 3, 'Downloaded 1.5 KB / 2.0 KB of 3 files (Transfer rate: 999 B/s)'],
])('%s of %i files', (status, totalFiles, text) => {
  expect(
    progressMessage({ status, totalFiles, doneBytes: 1500, totalBytes: 2000, transferRate: 999.999 }),
  ).toBe(text);
});

it.each([
  [98, 800, 12.2, '12.2'],
  [198, 800, 24.8, '24.8'],
  [99, 800, 12.4, '12.4'],
  [1, 3, 33.3, '33.3'],
  [0, 7, 0, '0.0'],
  [7, 7, 100, '100.0'],
  [0, 0, 0, '0'],
  [1, 100_000, 0, '0.0'],
])('%i of %i bytes are %d percent, written %s', (done, total, percent, text) => {
  expect(progressPercent(done, total)).toBe(percent);
  expect(percentText(done, total)).toBe(text);
});
