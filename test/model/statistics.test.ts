import { describe, expect, it } from 'vitest';
import {
  downloadStatistics,
  type StatisticsInput,
  sumDownloadStatistics,
  summaryStatistics,
  sumStatistics,
  type TransferStatus,
} from '../../src/model/statistics.js';

const INPUT: StatisticsInput = {
  operation: 'upload',
  totalFiles: 5,
  totalBytes: 500,
  processedFiles: 2,
  processedBytes: 200,
  skippedFiles: 3,
  skippedBytes: 300,
  totalTime: 4,
  status: 'COMPLETE',
};

describe('summaryStatistics', () => {
  it.each([
    ['upload', 2, 200],
    ['download', 2, 200],
    ['hashing', 0, 0],
  ] as const)('gives both families of names for %s', (operation, filesTransferred, bytesTransferred) => {
    const { operation: _, ...counts } = INPUT;
    expect(summaryStatistics({ ...INPUT, operation })).toEqual({
      ...counts,
      failedFiles: 0,
      errors: [],
      transferRate: 50,
      filesTransferred,
      bytesTransferred,
      filesSkipped: 3,
      bytesSkipped: 300,
    });
  });

  it('has no rate without time', () => {
    expect(summaryStatistics({ ...INPUT, totalTime: 0 }).transferRate).toBe(0);
  });

  it('counts the failed, whose list it copies', () => {
    const errors = [{ subject: 'a', error: new Error('x') }];
    const statistics = summaryStatistics({ ...INPUT, errors });
    errors.pop();
    expect(statistics.failedFiles).toBe(1);
    expect(statistics.errors).toEqual([{ subject: 'a', error: expect.any(Error) }]);
    expect(summaryStatistics({ ...INPUT, errors: statistics.errors, failedFiles: 0 }).failedFiles).toBe(0);
  });
});

const download = (written: Record<string, string[]>, more: Partial<StatisticsInput> = {}) =>
  downloadStatistics({ ...INPUT, ...more }, new Map(Object.entries(written)));

describe('downloadStatistics', () => {
  it('counts by root and sorts all paths by code point', () => {
    const written = { '/r2': ['/r2/\ufb01', '/r2/😀'], '/r1': ['/r1/b', '/r1/a'], '/r3': [] };
    expect(download(written)).toMatchObject({
      fileCountsByRoot: { '/r2': 2, '/r1': 2, '/r3': 0 },
      downloadedFiles: ['/r1/a', '/r1/b', '/r2/\ufb01', '/r2/😀'],
      filesTransferred: 2,
    });
  });

  it('adds up roots', () => {
    const sum = sumDownloadStatistics(
      [download({ '/r': ['/r/b'], '/s': ['/s/x'] }), download({ '/r': ['/r/a'] })],
      8,
    );
    expect(sum.fileCountsByRoot).toEqual({ '/r': 2, '/s': 1 });
    expect(sum.downloadedFiles).toEqual(['/r/a', '/r/b', '/s/x']);
    expect(sum).toMatchObject({ processedFiles: 4, totalTime: 8, transferRate: 50 });
  });
});

describe('sumStatistics', () => {
  it('adds counts and lists, and takes the time as measured', () => {
    const error = { subject: 'k', error: new Error('x') };
    const parts = [
      summaryStatistics(INPUT),
      summaryStatistics({ ...INPUT, operation: 'hashing', errors: [error] }),
    ];
    expect(sumStatistics(parts, 10)).toEqual({
      totalFiles: 10,
      totalBytes: 1000,
      processedFiles: 4,
      processedBytes: 400,
      skippedFiles: 6,
      skippedBytes: 600,
      failedFiles: 1,
      errors: [error],
      totalTime: 10,
      transferRate: 40,
      status: 'COMPLETE',
      filesTransferred: 2,
      bytesTransferred: 200,
      filesSkipped: 6,
      bytesSkipped: 600,
    });
  });

  it('of nothing is complete and zero', () => {
    expect(sumStatistics([], 0)).toMatchObject({
      status: 'COMPLETE',
      totalFiles: 0,
      transferRate: 0,
      errors: [],
    });
  });

  it.each<[TransferStatus[], TransferStatus]>([
    [['COMPLETE', 'CANCELLED'], 'CANCELLED'],
    [['CANCELLED', 'FAILED', 'COMPLETE'], 'FAILED'],
    [['COMPLETE', 'UPLOAD_IN_PROGRESS'], 'UPLOAD_IN_PROGRESS'],
  ])('of %j is %s', (statuses, status) => {
    const parts = statuses.map((each) => summaryStatistics({ ...INPUT, status: each }));
    expect(sumStatistics(parts, 1).status).toBe(status);
  });
});
