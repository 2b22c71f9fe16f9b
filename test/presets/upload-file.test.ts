import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import { checkCacheKey } from '../../src/model/s3-location.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import { type UploadSource, uploadFile } from '../../src/presets/upload-file.js';
import { LOCATION, noise, storeObject, testStore } from '../support/contents.js';
import { STORES } from '../support/outputs.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('upload-file');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const content = noise(100_000, 1);
const file = join(base, 'file.bin');
writeFileSync(file, content);
const link = join(base, 'link.bin');
symlinkSync(file, link);

const SOURCES: readonly (readonly [string, UploadSource, Buffer])[] = [
  ['a file', { path: file }, content],
  ['a file through a link', { path: link }, content],
  ['a range', { path: file, offset: 10, length: 50_000 }, content.subarray(10, 50_010)],
  ['an empty range at the end', { path: file, offset: 100_000, length: 0 }, Buffer.alloc(0)],
  ['bytes', { bytes: content }, content],
  ['no bytes', { bytes: new Uint8Array(0) }, Buffer.alloc(0)],
];

describe.each(STORES)('over %s', (_kind, open) => {
  it.each(SOURCES)('stores %s, once', async (_what, source, expected) => {
    const store = testStore(undefined, await open(fresh()));
    const hash = xxh128(expected);
    const shape = { hash, size: expected.length, key: store.cas.key(hash) };
    expect(await uploadFile({ store, source })).toEqual({ ...shape, outcome: 'sent' });
    const { data } = await store.inner.getObject(LOCATION.bucket, shape.key);
    expect(Buffer.from(data).equals(expected)).toBe(true);
    store.meter.reset();
    expect(await uploadFile({ store, source, hash })).toEqual({ ...shape, outcome: 'skipped' });
    expect(store.meter.totals().bytes).toBe(0);
  });
});

describe('does not store under a hash what does not have it', () => {
  const hash = xxh128(Buffer.from('other'));
  it.each([
    ['a file', { path: file }, 'FileChanged'],
    ['a range', { path: file, offset: 0, length: 5 }, 'FileChanged'],
    ['bytes', { bytes: content }, 'ChecksumMismatch'],
  ])('%s', async (_what, source, kind) => {
    const store = testStore();
    await expect(uploadFile({ store, source, hash })).rejects.toMatchObject({ kind });
    expect(await store.inner.headObject(LOCATION.bucket, store.cas.key(hash))).toBeNull();
  });
});

it('replaces an object of another size, with a warning', async () => {
  const store = testStore();
  const hash = xxh128(content);
  await store.inner.putObject(LOCATION.bucket, store.cas.key(hash), Buffer.from('damaged'));
  const warnings: string[] = [];
  const log = (_level: string, message: string): void => void warnings.push(message);
  expect(await uploadFile({ store, source: { path: file }, log })).toMatchObject({ outcome: 'sent' });
  expect(warnings).toEqual([expect.stringContaining('7 bytes in the store instead of 100000')]);
  expect((await store.inner.headObject(LOCATION.bucket, store.cas.key(hash)))?.size).toBe(100_000);
});

describe('the check cache', () => {
  it('learns of what was sent, and of what was there', async () => {
    for (const there of [false, true]) {
      const store = testStore();
      if (there) await storeObject(store, content);
      const checkCache = memoryCheckCache();
      const { key } = await uploadFile({ store, source: { path: file }, checkCache });
      expect(await checkCache.lookup([checkCacheKey(LOCATION, key)])).toEqual([true]);
    }
  });

  it('is not believed without a look, and heals itself', async () => {
    const store = testStore();
    const checkCache = memoryCheckCache();
    checkCache.store([checkCacheKey(LOCATION, store.cas.key(xxh128(content)))]);
    expect(await uploadFile({ store, source: { path: file }, checkCache })).toMatchObject({
      outcome: 'sent',
    });
    expect(store.meter.counts('headObject').calls).toBeGreaterThan(0);
  });

  it('does not learn of what failed', async () => {
    const denied = new StorageError('AccessDenied', 'no', { httpStatus: 403 });
    const store = testStore(({ method }) =>
      method === 'headObject' ? { kind: 'before', error: denied } : undefined,
    );
    const checkCache = memoryCheckCache();
    await expect(uploadFile({ store, source: { path: file }, checkCache })).rejects.toBe(denied);
    expect(store.meter.counts('putObjectFromFile').calls).toBe(0);
    const key = checkCacheKey(LOCATION, store.cas.key(xxh128(content)));
    expect(await checkCache.lookup([key])).toEqual([false]);
  });
});

describe('refuses', () => {
  const fifo = join(base, 'fifo');
  const directory = join(base, 'directory');
  execFileSync('mkfifo', [fifo]);
  mkdirSync(directory);
  it.each<[string, UploadSource, string]>([
    ['what is not there', { path: join(base, 'none') }, 'FileVanished'],
    ['what lies below a file', { path: join(file, 'x') }, 'FileVanished'],
    ['a directory', { path: directory }, 'NotAFile'],
    ['a FIFO, without waiting for it', { path: fifo }, 'NotAFile'],
    ['a range that the file does not have', { path: file, offset: 99_999, length: 2 }, 'FileChanged'],
    ['a range that is none', { path: file, offset: -1, length: 2 }, 'InvalidConfig'],
  ])('%s', async (_what, source, kind) => {
    const store = testStore();
    await expect(uploadFile({ store, source })).rejects.toMatchObject({ kind });
    expect(store.meter.totals().calls).toBe(0);
  });
});

it('reports progress, and ends with statistics when it is cancelled', async () => {
  const reports: TransferProgress[] = [];
  await uploadFile({ store: testStore(), source: { path: file }, onProgress: (p) => void reports.push(p) });
  expect(reports.at(-1)).toMatchObject({
    status: 'COMPLETE',
    overallCompleted: 1,
    overallTotalBytes: 100_000,
  });

  const controller = new AbortController();
  const store = testStore(({ method }) => {
    if (method !== 'putObjectFromFile') return undefined;
    controller.abort();
    return { kind: 'hang' };
  });
  const { signal } = controller;
  const failed: unknown = await uploadFile({ store, source: { path: file }, signal }).catch(
    (e: unknown) => e,
  );
  expect(failed).toBeInstanceOf(CancelledError);
  expect(failed).toMatchObject({ partialStats: { totalFiles: 1, processedFiles: 0, status: 'CANCELLED' } });
  await expect(uploadFile({ store, source: { bytes: content }, signal })).rejects.toBeInstanceOf(
    CancelledError,
  );
});
