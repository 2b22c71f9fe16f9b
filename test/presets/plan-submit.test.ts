import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { Manifest } from '../../src/model/manifest.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { openStore } from '../../src/presets/open-store.js';
import { planSubmit, planUpload } from '../../src/presets/plan-submit.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { testStore, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('plan-submit');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const MIB = 1024 * 1024;
const none = { head: 0, list: 0, put: 0, createMultipart: 0, uploadPart: 0, completeMultipart: 0 };

it('says what a submission would send, ask and cost, and does none of it', async () => {
  const root = writeTree(fresh(), { a: 'one', b: 'two', 'd/copy': 'two', big: Buffer.alloc(33 * MIB) });
  const store = testStore();
  const plan = await planSubmit({ root, store });
  expect(plan).toEqual({
    files: 4,
    bytes: 9 + 33 * MIB,
    filesToSend: 3,
    bytesToSend: 6 + 33 * MIB,
    requests: { ...none, head: 3, put: 3, createMultipart: 1, uploadPart: 3, completeMultipart: 1 },
    estimatedCostUsd: 0.0000412,
  });
  const { meter } = store;
  expect(meter.totals().calls).toBe(meter.counts('headObject').calls + meter.counts('listObjects').calls);
  expect(meter.counts('listObjects').calls).toBe(1); // for the bucket
});

it('agrees with the submission that follows', async () => {
  const files = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`${n}`, `content ${n}`]));
  const root = writeTree(fresh(), files);
  const store = testStore();
  const hashCache = memoryHashCache();
  const plan = await planSubmit({ root, store, hashCache });
  expect(plan).toMatchObject({ filesToSend: 1500, requests: { put: 1501 } });
  const { uploadStats } = await submitTree({ root, store, hashCache });
  expect(uploadStats).toMatchObject({ processedFiles: plan.filesToSend, processedBytes: plan.bytesToSend });
  const { meter } = store;
  const puts = meter.counts('putObject').calls + meter.counts('putObjectFromFile').calls;
  expect(puts).toBe(plan.requests.put);
  const again = await planSubmit({ root, store, hashCache });
  expect(again).toMatchObject({ filesToSend: 0, bytesToSend: 0, requests: { put: 1 } });
});

it('believes the check cache as a submission does, and finds out when it is wrong', async () => {
  const root = writeTree(fresh(), { a: 'one', b: 'two' });
  const checkCache = memoryCheckCache();
  await submitTree({ root, store: testStore(), checkCache });
  const plan = await planSubmit({ root, store: testStore(), checkCache });
  expect(plan).toMatchObject({ filesToSend: 2, requests: { put: 3 } });
});

it('plans an upload by manifest, which stores none', async () => {
  const root = writeTree(fresh(), { a: 'one', b: 'two' });
  const manifest = (await createManifest({ root })) as Manifest;
  const store = testStore();
  expect(await planUpload({ manifest, root, store })).toMatchObject({ filesToSend: 2, requests: { put: 2 } });
});

it('counts chunks', async () => {
  const root = writeTree(fresh(), { f: Buffer.alloc(2500, 1), g: '' });
  const request = { root, manifestVersion: 'v2025-12', chunkSizeBytes: 1000 } as const;
  const plan = await planSubmit({ ...request, store: testStore() });
  // Two of the three chunks are the same.
  expect(plan).toMatchObject({ files: 2, filesToSend: 2, bytesToSend: 1500, requests: { put: 4 } });
});

it('plans paths, and nothing at all', async () => {
  const root = writeTree(fresh(), { 'd/a': 'a', 'e/b': 'b', 'e/c': 'c' });
  const store = testStore();
  expect(await planSubmit({ paths: [join(root, 'd'), join(root, 'e/b')], store })).toMatchObject({
    files: 2,
  });
  expect(await planSubmit({ root: fresh(), store })).toEqual({
    ...{ files: 0, bytes: 0, filesToSend: 0, bytesToSend: 0, requests: none, estimatedCostUsd: 0 },
  });
  await expect(planSubmit({ paths: [], store })).rejects.toMatchObject({ code: 'InvalidConfig' });
});

it('costs nothing in a directory', async () => {
  const root = writeTree(fresh(), { a: 'one' });
  const directory = fresh();
  const plan = await planSubmit({ root, store: await openStore(directory) });
  expect(plan).toMatchObject({ filesToSend: 1, requests: { head: 1, put: 2 }, estimatedCostUsd: 0 });
  expect(readdirSync(directory)).toEqual([]);
});
