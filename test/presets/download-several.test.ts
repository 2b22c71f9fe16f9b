import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../src/backends/faults.js';
import { StorageError } from '../../src/model/errors.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { downloadSeveral } from '../../src/presets/download-several.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import { filesBelow } from '../support/cli.js';
import { manifestOf, partFiles, testStore, v2023, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-several');

/** Three roots of 1, 2 and 3 files, 10 bytes each. */
async function three(plan?: FaultPlan) {
  const store = testStore(plan);
  const directory = mkdtempSync(join(base, 'case-'));
  const parts = [];
  for (const count of [1, 2, 3]) {
    const files = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`f${n}`, `content-${count}${n}`] as const),
    );
    parts.push({ root: join(directory, String(count)), manifest: await manifestOf(store, files) });
  }
  return { store, parts, directory };
}

it('sums up, over all roots', async () => {
  const { store, parts } = await three();
  const stats = await downloadSeveral({ store, parts });
  expect(stats).toMatchObject({
    ...{ totalFiles: 6, totalBytes: 60, processedFiles: 6, processedBytes: 60, status: 'COMPLETE' },
    fileCountsByRoot: Object.fromEntries(parts.map(({ root }, index) => [root, index + 1])),
  });
  expect(stats.downloadedFiles).toHaveLength(6);
  expect(await downloadSeveral({ store, parts: [] })).toMatchObject({ totalFiles: 0, status: 'COMPLETE' });
});

it('reports one progress that never goes back', async () => {
  const { store, parts } = await three();
  const reports: TransferProgress[] = [];
  await downloadSeveral({ store, parts, onProgress: (report) => void reports.push(report) });
  expect(new Set(reports.map(({ overallTotal }) => overallTotal))).toEqual(new Set([6]));
  const done = reports.map(({ overallCompleted }) => overallCompleted);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(reports.at(-1)).toMatchObject({ overallCompleted: 6, overallBytes: 60, overallTotalBytes: 60 });
  expect(reports.filter(({ status }) => status === 'COMPLETE').map((r) => r.overallCompleted)).toEqual([6]);
});

it('counts what was skipped in every root', async () => {
  const { store, parts } = await three();
  writeTree(parts[0]?.root ?? '', { f0: 'old' });
  writeTree(parts[2]?.root ?? '', { f1: 'old' });
  const reports: TransferProgress[] = [];
  const stats = await downloadSeveral({
    ...{ store, parts, conflictResolution: 'SKIP' },
    onProgress: (report) => void reports.push(report),
  });
  expect(stats).toMatchObject({ processedFiles: 4, skippedFiles: 2 });
  expect(reports.at(-1)).toMatchObject({ overallCompleted: 6, skippedFiles: 2 });
});

describe('cancelled in the second root', () => {
  it('ends with the statistics of all, and starts nothing more', async () => {
    const controller = new AbortController();
    const { store, parts, directory } = await three(({ method, number }) => {
      if (method !== 'getObject' || number < 2) return undefined;
      controller.abort();
      return { kind: 'hang' };
    });
    const request = { store, parts, concurrency: 1, signal: controller.signal };
    const failed: unknown = await downloadSeveral(request).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CancelledError);
    expect(failed).toMatchObject({
      partialStats: {
        totalFiles: 6,
        totalBytes: 60,
        processedFiles: 1,
        processedBytes: 10,
        status: 'CANCELLED',
      },
    });
    expect(existsSync(parts[2]?.root ?? '')).toBe(false);
    expect(partFiles(directory)).toEqual([]);
  });

  it('by a listener as well', async () => {
    const { store, parts } = await three();
    const onProgress = ({ overallCompleted }: TransferProgress): boolean => overallCompleted < 2;
    const failed: unknown = await downloadSeveral({ store, parts, onProgress }).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(CancelledError);
    expect(failed).toMatchObject({ partialStats: { totalFiles: 6, status: 'CANCELLED' } });
  });
});

describe('a file that fails', () => {
  const gone = new StorageError('NotFound', 'gone', { httpStatus: 404 });
  const plan: FaultPlan = ({ method, number }) =>
    method === 'getObject' && number <= 2 ? { kind: 'before', error: gone } : undefined;

  it('ends the run', async () => {
    const { store, parts } = await three(plan);
    await expect(downloadSeveral({ store, parts })).rejects.toMatchObject({
      ...{ kind: 'NotFound', message: 'gone (wanted for "f0")' },
      partialStats: { totalFiles: 6, processedFiles: 0, status: 'FAILED' },
    });
    expect(existsSync(parts[1]?.root ?? '')).toBe(false);
  });

  it('lets the other roots run when failures are collected', async () => {
    const { store, parts } = await three(plan);
    const request = { store, parts, onFileError: 'collect' } as const;
    const failed: unknown = await downloadSeveral(request).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CollectedError);
    expect(failed).toMatchObject({
      errors: [{ kind: 'NotFound', path: 'f0' }],
      partialStats: { totalFiles: 6, processedFiles: 5 },
    });
    expect(Object.keys(filesBelow(parts[2]?.root ?? ''))).toHaveLength(3);
  });
});

describe('before the first file is written', () => {
  it('judges every path of every root', async () => {
    const { store, parts } = await three();
    const bad = v2023([{ path: '../x', hash: '0'.repeat(32), size: 1, mtime: 1 }]);
    const request = { store, parts: [...parts, { root: join(base, 'bad'), manifest: bad }] };
    await expect(downloadSeveral(request)).rejects.toMatchObject({ kind: 'PathOutsideRoot' });
    expect(store.meter.counts('getObject').calls).toBe(0);
    expect(parts.some(({ root }) => existsSync(root))).toBe(false);
  });

  it('demands room for all roots together', async () => {
    const { store, parts } = await three();
    const full = downloadSeveral({ store, parts, freeBytes: async () => 59n });
    await expect(full).rejects.toMatchObject({
      kind: 'InsufficientDisk',
      message: expect.stringContaining('60 bytes'),
    });
    expect(parts.some(({ root }) => existsSync(root))).toBe(false);
    await expect(downloadSeveral({ store, parts, freeBytes: async () => 60n })).resolves.toMatchObject({
      processedFiles: 6,
    });
  });

  it('leaves files that stay out of the account', async () => {
    const { store, parts } = await three();
    writeTree(parts[2]?.root ?? '', { f0: 'old' });
    const request = { store, parts, conflictResolution: 'SKIP', freeBytes: async () => 50n } as const;
    expect(await downloadSeveral(request)).toMatchObject({ processedFiles: 5, skippedFiles: 1 });
  });

  it('can be cancelled', async () => {
    const { store, parts } = await three();
    const failed: unknown = await downloadSeveral({ store, parts, signal: AbortSignal.abort() }).catch(
      (e: unknown) => e,
    );
    expect(failed).toBeInstanceOf(CancelledError);
    expect(failed).toMatchObject({ partialStats: { totalFiles: 6, processedFiles: 0, status: 'CANCELLED' } });
  });
});
