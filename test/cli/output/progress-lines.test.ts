import { expect, it } from 'vitest';
import { PROGRESS_LINE_DEFAULTS, ProgressLines } from '../../../src/cli/output/progress-lines.js';
import type { TransferProgress } from '../../../src/index.js';

const REPORT: TransferProgress = {
  status: 'UPLOAD_IN_PROGRESS',
  operation: 'Uploading',
  currentKey: '',
  currentBytes: 0,
  currentTotal: 0,
  overallCompleted: 0,
  overallTotal: 100,
  overallBytes: 0,
  overallTotalBytes: 1_000_000,
  skippedFiles: 0,
  skippedBytes: 0,
  transferRate: 0,
  elapsed: 1,
};

function lines(): { show: (more: Partial<TransferProgress>, atMs?: number) => void; written: string[] } {
  const written: string[] = [];
  let now = 0;
  const view = new ProgressLines(
    (text) => written.push(text),
    () => now,
  );
  const show = (more: Partial<TransferProgress>, atMs = now): void => {
    now = atMs;
    view.update({ ...REPORT, ...more });
  };
  return { show, written };
}

it('writes one line per ten percent, however many reports come', () => {
  const { show, written } = lines();
  for (let percent = 0; percent <= 100; percent += 1) {
    show({ overallBytes: percent * 10_000, overallCompleted: percent });
    show({ overallBytes: percent * 10_000, overallCompleted: percent });
  }
  expect(written).toHaveLength(10);
});

it('names share, files, bytes, rate, remaining time and skipped files', () => {
  const { show, written } = lines();
  show({
    overallBytes: 250_000,
    overallCompleted: 20,
    skippedFiles: 3,
    transferRate: 125_000.9,
    elapsed: 30,
  });
  expect(written).toEqual([
    'Uploading: 25%, 20 of 100 files, 250.0 KB of 1.0 MB, 125.0 KB/s, ETA 1m30s, 3 skipped\n',
  ]);
});

it('writes a line when nothing moved for thirty seconds', () => {
  const { show, written } = lines();
  show({}, PROGRESS_LINE_DEFAULTS.intervalMs - 1);
  expect(written).toEqual([]);
  show({}, PROGRESS_LINE_DEFAULTS.intervalMs);
  show({}, PROGRESS_LINE_DEFAULTS.intervalMs + 1);
  expect(written).toHaveLength(1);
});

it('counts without a share while the total is unknown', () => {
  const { show, written } = lines();
  show({ overallTotal: 0, overallTotalBytes: 0, overallCompleted: 5, overallBytes: 10 }, 30_000);
  expect(written).toEqual(['Uploading: 5 files, 10 B, 0 B/s, 0 skipped\n']);
});

it('goes on when the total has grown', () => {
  const { show, written } = lines();
  show({ overallBytes: 900_000 });
  show({ overallBytes: 900_000, overallTotalBytes: 9_000_000 });
  show({ overallBytes: 1_900_000, overallTotalBytes: 9_000_000 });
  expect(written.map((line) => line.split(',')[0])).toEqual(['Uploading: 90%', 'Uploading: 21%']);
});

it('takes the share of the files where there are no bytes', () => {
  const { show, written } = lines();
  show({ overallTotalBytes: 0, overallCompleted: 50 });
  expect(written).toEqual([expect.stringContaining('Uploading: 50%, 50 of 100 files, 0 B of 0 B')]);
});

it('is not complete before the last file is, which may be empty', () => {
  const { show, written } = lines();
  show({ overallBytes: 1_000_000, overallCompleted: 99 });
  show({ overallBytes: 1_000_000, overallCompleted: 100, status: 'COMPLETE' });
  expect(written.map((line) => line.split(', ').slice(0, 2).join(', '))).toEqual([
    'Uploading: 99%, 99 of 100 files',
    'Uploading: 100%, 100 of 100 files',
  ]);
});

it('shows what the operation at hand has done', () => {
  const { show, written } = lines();
  show({ operation: 'Hashing', operationDone: { files: 100, bytes: 1_000_000 } });
  show({ overallBytes: 0 });
  show({ overallBytes: 200_000 });
  expect(written).toEqual([
    expect.stringContaining('Hashing: 100%, 100 of 100 files, 1.0 MB of 1.0 MB'),
    expect.stringContaining('Uploading: 20%, 0 of 100 files, 200.0 KB of 1.0 MB'),
  ]);
});
