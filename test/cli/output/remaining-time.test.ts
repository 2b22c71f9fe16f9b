import { expect, it } from 'vitest';
import { REMAINING_TIME, RemainingTime } from '../../../src/cli/output/remaining-time.js';
import type { TransferProgress } from '../../../src/index.js';

const TOTAL = 1_000_000;
const { leastSeconds, stallSeconds } = REMAINING_TIME;

function report(
  elapsed: number,
  overallBytes: number,
  more: Partial<TransferProgress> = {},
): TransferProgress {
  return {
    ...{
      status: 'UPLOAD_IN_PROGRESS',
      operation: 'Uploading',
      currentKey: '',
      currentBytes: 0,
      currentTotal: 0,
    },
    ...{ overallCompleted: 0, overallTotal: 10, overallBytes, overallTotalBytes: TOTAL },
    ...{ skippedFiles: 0, skippedBytes: 0, transferRate: 0, elapsed, ...more },
  };
}

function after(...reports: readonly TransferProgress[]): number | undefined {
  const remaining = new RemainingTime();
  return reports.map((each) => remaining.after(each)).at(-1);
}

it('is told at the average rate', () => {
  expect(after(report(10, TOTAL / 4))).toBe(30);
  expect(after(report(10, TOTAL))).toBe(0);
});

it('is not told before there is a rate', () => {
  expect(after(report(leastSeconds - 0.1, TOTAL / 2))).toBeUndefined();
  expect(after(report(leastSeconds, TOTAL / 2))).toBe(leastSeconds);
  expect(after(report(60, 0))).toBeUndefined();
  expect(after(report(60, 10, { overallTotal: 0, overallTotalBytes: 0 }))).toBeUndefined();
});

it('is not told while nothing moves, and told again when something does', () => {
  const begun = report(10, TOTAL / 2);
  expect(after(begun, report(10 + stallSeconds, TOTAL / 2))).toBe(10 + stallSeconds);
  const stalled = report(11 + stallSeconds, TOTAL / 2);
  expect(after(begun, stalled)).toBeUndefined();
  expect(after(begun, stalled, report(30, 0.75 * TOTAL))).toBe(10);
});

it('is not told where it would be more than days', () => {
  expect(after(report(10, 1))).toBeUndefined();
});

it('is that of the operation at hand, also where it begins again', () => {
  const hashing = { operation: 'Hashing' as const, operationDone: { files: 0, bytes: TOTAL } };
  const begun = report(100, 0);
  expect(after(report(99, 0, hashing), begun)).toBeUndefined();
  expect(after(report(99, 0, hashing), begun, report(110, TOTAL / 2))).toBe(10);
  const again = (elapsed: number, bytes: number) =>
    report(elapsed, TOTAL, { operationDone: { files: 0, bytes } });
  expect(after(report(100, TOTAL), again(1, 0), again(11, TOTAL / 2))).toBe(10);
});
