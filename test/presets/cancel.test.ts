/** A run that is cancelled at any point ends soon, leaves nothing unfinished, and the next one completes it. */
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/pipeline/errors.js';
import { downloadManifestContents, uploadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { openStore } from '../../src/presets/open-store.js';
import { type SubmitOptions, submitTree } from '../../src/presets/submit-tree.js';
import { verifyManifest } from '../../src/presets/verify-manifest.js';
import { filesBelow } from '../support/cli.js';
import { manifestOf, noise, partFiles, testStore, writeTree } from '../support/contents.js';
import { seeded } from '../support/seeded.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('cancel');
const seed = Date.now() % 1_000_000;
const random = seeded(seed);
const MIB = 1024 * 1024;
const files = {
  ...Object.fromEntries(
    Array.from({ length: 600 }, (_, index) => [`d${index % 9}/${index}`, noise(index * 20, index)]),
  ),
  big: noise(40 * MIB, 1),
  bigger: noise(9 * MIB, 2),
  again: noise(9 * MIB, 2),
};
const source = writeTree(join(base, 'source'), files);
const runs = Array.from({ length: 8 }, (_, run) => run);

/** Cancels a run somewhere on its way; gives its outcome, and how long it took to end. */
async function cancelled<T>(wholeMs: number, start: (signal: AbortSignal) => Promise<T>) {
  const controller = new AbortController();
  let abortedMs = 0;
  const timer = setTimeout(() => {
    abortedMs = performance.now();
    controller.abort();
  }, wholeMs * random());
  const outcome: unknown = await start(controller.signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  clearTimeout(timer);
  return { outcome, tookMs: abortedMs === 0 ? 0 : performance.now() - abortedMs };
}

describe(`seed ${seed}`, () => {
  it.each(runs)('upload %d', async () => {
    const directory = mkdtempSync(join(base, 'store-'));
    const store = await openStore(directory);
    const request: SubmitOptions & { root: string } = { root: source, store };
    const { outcome, tookMs } = await cancelled(700, (signal) => submitTree({ ...request, signal }));
    expect(tookMs).toBeLessThan(2000);
    expect(partFiles(directory)).toEqual([]);
    if (outcome !== undefined) {
      expect(outcome).toBeInstanceOf(CancelledError);
      expect((outcome as CancelledError).partialStats).toMatchObject({ status: 'CANCELLED', failedFiles: 0 });
      expect(Object.keys(filesBelow(directory)).filter((name) => name.startsWith('Manifests'))).toEqual([]);
    }
    const { uploadStats } = await submitTree(request);
    expect(uploadStats).toMatchObject({ totalFiles: 603, status: 'COMPLETE' });
    const manifest = await createManifest({ root: source });
    if (!manifest) throw new Error('the tree has files');
    expect(await verifyManifest({ manifest, store })).toMatchObject({ missing: [], wrongSize: [] });
  });

  it.each(runs)('download %d', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, files);
    const root = mkdtempSync(join(base, 'target-'));
    const { outcome, tookMs } = await cancelled(700, (signal) =>
      downloadManifestContents({ manifest, root, store, signal }),
    );
    expect(tookMs).toBeLessThan(2000);
    expect(partFiles(root)).toEqual([]);
    if (outcome !== undefined) {
      expect(outcome).toBeInstanceOf(CancelledError);
      expect((outcome as CancelledError).partialStats).toMatchObject({
        status: 'CANCELLED',
        totalFiles: 603,
      });
    }
    const there = Object.keys(filesBelow(root)).length;
    const stats = await downloadManifestContents({ manifest, root, store, conflictResolution: 'SKIP' });
    expect(stats).toMatchObject({ skippedFiles: there, processedFiles: 603 - there });
    expect(filesBelow(root)).toEqual(filesBelow(source));
  });
});

it.each(['headObject', 'putObjectFromFile', 'getObject', 'getObjectRange'] as const)(
  'ends while %s does not answer',
  async (hanging) => {
    const controller = new AbortController();
    const store = testStore(({ method, number }) => {
      if (method !== hanging || number < 2) return undefined;
      setImmediate(() => controller.abort());
      return { kind: 'hang' };
    });
    const manifest = await manifestOf(store, files);
    const root = mkdtempSync(join(base, 'hanging-'));
    const { signal } = controller;
    const uploads = hanging === 'headObject' || hanging === 'putObjectFromFile';
    const run = uploads
      ? uploadManifestContents({
          manifest,
          root: source,
          store: hanging === 'putObjectFromFile' ? emptyBehind(store) : store,
          signal,
        })
      : downloadManifestContents({ manifest, root, store, signal });
    const startedMs = performance.now();
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(partFiles(root)).toEqual([]);
  },
);

/** The same store, which says that it holds nothing. */
function emptyBehind(store: ReturnType<typeof testStore>): ReturnType<typeof testStore> {
  return { ...store, cas: { ...store.cas, head: async () => undefined } };
}

it('does nothing for a signal that was aborted before', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { a: 'a' });
  const root = join(base, 'never');
  const signal = AbortSignal.abort();
  await expect(downloadManifestContents({ manifest, root, store, signal })).rejects.toMatchObject({
    code: 'Cancelled',
    partialStats: { status: 'CANCELLED', totalFiles: 1, processedFiles: 0 },
  });
  expect(existsSync(root)).toBe(false);
  await expect(submitTree({ root: source, store, signal })).rejects.toBeInstanceOf(CancelledError);
  expect(store.meter.totals().calls).toBe(0);
});
