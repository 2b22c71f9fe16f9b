/** An error that ends a run carries what the run had done until then (spec/storage.md 3.6 and section 6). */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../src/backends/faults.js';
import { StorageError } from '../../src/model/errors.js';
import type { SummaryStatistics } from '../../src/model/statistics.js';
import { CollectedError } from '../../src/pipeline/errors.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { manifestOf, testStore, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('failed-statistics');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const FILES = { a: 'one', b: 'two!', c: 'three' };
const broken = (): StorageError => new StorageError('ServiceError', 'broken', { httpStatus: 500, key: 'k' });

/** Lets calls pass until the nth of a method. */
const failingAt =
  (method: string, nth: number, error: Error): FaultPlan =>
  (call) =>
    call.method === method && call.number >= nth ? { kind: 'before', error } : undefined;

describe('an upload that fails', () => {
  it('ends with the error itself, which has the statistics', async () => {
    const error = broken();
    const store = testStore(failingAt('putObject', 3, error));
    const root = writeTree(fresh(), FILES);
    await expect(submitTree({ store, root, concurrency: 1, existence: 'head' })).rejects.toBe(error);
    const stats = error.partialStats as SummaryStatistics;
    expect(stats).toMatchObject({ totalFiles: 3, totalBytes: 12, skippedFiles: 0, status: 'FAILED' });
    expect(stats.processedFiles).toBeLessThanOrEqual(2);
    expect(stats).toMatchObject({ failedFiles: 1, errors: [{ subject: 'k', error }] });
  });

  it('shows them to nobody who lists the members of the error', async () => {
    const error = broken();
    const store = testStore(failingAt('putObject', 1, error));
    const run = submitTree({ store, root: writeTree(fresh(), FILES) });
    await expect(run).rejects.toBe(error);
    expect(Object.keys(error)).not.toContain('partialStats');
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ kind: 'ServiceError', key: 'k' });
    expect(() => JSON.stringify(error.partialStats)).not.toThrow();
  });

  it('names all failures that were collected', async () => {
    const error = broken();
    const store = testStore(failingAt('putObject', 2, error));
    const root = writeTree(fresh(), FILES);
    const failed: unknown = await submitTree({
      ...{ store, root, concurrency: 1, existence: 'head', onFileError: 'collect' },
    }).catch((reason: unknown) => reason);
    expect(failed).toBeInstanceOf(CollectedError);
    expect((failed as CollectedError).partialStats).toMatchObject({
      ...{ totalFiles: 3, processedFiles: 1, status: 'FAILED' },
      ...{ failedFiles: 1, errors: [{ subject: 'k', error }] },
    });
  });
});

it('a download that fails ends with the error itself, which has the statistics', async () => {
  const error = broken();
  const store = testStore(failingAt('getObject', 3, error));
  const manifest = await manifestOf(store, FILES);
  await expect(downloadManifestContents({ store, manifest, root: fresh(), concurrency: 1 })).rejects.toBe(
    error,
  );
  expect(error.partialStats).toMatchObject({
    totalFiles: 3,
    totalBytes: 12,
    status: 'FAILED',
    failedFiles: 1,
  });
});
