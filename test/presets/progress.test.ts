/** What a caller is told of runs that are over soon (spec/storage.md 3.6, spec/files-and-submission.md 1.5). */
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/pipeline/errors.js';
import { downloadManifestContents, uploadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { manifestOf, testStore, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('progress');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const filesOf = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`d/${index}`, `content ${index}`]));

type OnProgress = (progress: TransferProgress) => unknown;
type Story = (count: number, onProgress: OnProgress) => Promise<unknown>;

const submit: Story = (count, onProgress) =>
  submitTree({ root: writeTree(fresh(), filesOf(count)), store: testStore(), onProgress });
const snapshot: Story = (count, onProgress) =>
  createManifest({ root: writeTree(fresh(), filesOf(count)), onProgress });
const upload: Story = async (count, onProgress) => {
  const manifest = await manifestOf(testStore(), filesOf(count));
  return uploadManifestContents({
    ...{ manifest, root: writeTree(fresh(), filesOf(count)), store: testStore(), onProgress },
  });
};
const download: Story = async (count, onProgress) => {
  const store = testStore();
  const manifest = await manifestOf(store, filesOf(count));
  return downloadManifestContents({ manifest, root: fresh(), store, onProgress });
};

describe.each<[string, Story]>([
  ['submitTree', submit],
  ['createManifest', snapshot],
  ['uploadManifestContents', upload],
  ['downloadManifestContents', download],
])('%s', (_name, run) => {
  it.each([1, 5, 49])('tells every one of %d files, and the end', async (count) => {
    const reports: TransferProgress[] = [];
    await run(count, (progress) => void reports.push(progress));
    const told = reports.map(({ overallCompleted }) => overallCompleted);
    expect([...new Set(told)].filter((files) => files > 0)).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
    expect(reports.filter(({ status }) => status === 'COMPLETE')).toEqual([reports.at(-1)]);
    expect(reports.at(-1)).toMatchObject({ overallCompleted: count, overallTotal: count });
  });

  it('tells the first thing, then every fifty files', async () => {
    const told: number[] = [];
    await run(400, ({ overallCompleted }) => void told.push(overallCompleted));
    expect(told[0]).toBeLessThanOrEqual(1);
    expect(told.at(-1)).toBe(400);
    expect(told.length).toBeGreaterThanOrEqual(9);
    expect(told.length).toBeLessThan(70);
  });

  it('ends with one report where there is nothing', async () => {
    const reports: TransferProgress[] = [];
    await run(0, (progress) => void reports.push(progress)).catch(() => undefined);
    expect(reports.filter(({ status }) => status === 'COMPLETE').length).toBeLessThanOrEqual(1);
    expect(reports.every(({ overallCompleted }) => overallCompleted === 0)).toBe(true);
  });

  it('is cancelled by false from its last report, with all it did in the statistics', async () => {
    const reports: TransferProgress[] = [];
    const failed = await run(7, (progress) => {
      reports.push(progress);
      return progress.status !== 'COMPLETE';
    }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CancelledError);
    expect(failed).toMatchObject({ partialStats: { status: 'CANCELLED', totalFiles: 7 } });
    expect(reports.filter(({ status }) => status === 'COMPLETE')).toEqual([reports.at(-1)]);
  });

  it('is cancelled by false from its first report, and tells no more', async () => {
    const reports: TransferProgress[] = [];
    const failed = await run(7, (progress) => {
      reports.push(progress);
      return false;
    }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CancelledError);
    expect(reports).toHaveLength(1);
  });
});

it('keeps the files of a download that is cancelled from its last report', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, filesOf(3));
  const root = fresh();
  const onProgress: OnProgress = ({ status }) => status !== 'COMPLETE';
  await expect(downloadManifestContents({ manifest, root, store, onProgress })).rejects.toBeInstanceOf(
    CancelledError,
  );
  expect(readdirSync(join(root, 'd')).sort()).toEqual(['0', '1', '2']);
});
