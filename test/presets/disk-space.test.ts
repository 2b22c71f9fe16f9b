import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { planDownload } from '../../src/model/download-plan.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { checkDiskSpace } from '../../src/presets/disk-space.js';
import { manifestOf, testStore, v2023, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('disk-space');
const planOf = (sizes: Readonly<Record<string, number>>) =>
  planDownload(
    v2023(
      Object.entries(sizes).map(([path, size]) => ({ path, hash: path.replace('/', 'x'), size, mtime: 1 })),
    ),
  );
const free = (bytes: number) => async (): Promise<bigint> => BigInt(bytes);

it.each([
  [99, false],
  [100, true],
  [101, true],
])('of 100 bytes, %d free: fits %s', async (bytes, fits) => {
  const checked = checkDiskSpace(join(base, 'not/there'), planOf({ a: 60, 'd/b': 40 }), {
    free: free(bytes),
  });
  if (fits) return expect(checked).resolves.toBeUndefined();
  return expect(checked).rejects.toMatchObject({
    kind: 'InsufficientDisk',
    path: base,
    message: expect.stringMatching(/100 bytes\) are needed.*99 bytes\) are free/),
    hint: expect.stringMatching(/free space/),
  });
});

it('sums per volume', async () => {
  // The directory of devices is a volume of its own.
  const asked: string[] = [];
  const plan = planOf({ 'dev/a': 60, 'tmp/b': 40 });
  await checkDiskSpace('/', plan, {
    free: async (path) => {
      asked.push(path);
      return path.startsWith('/dev') ? 60n : 40n;
    },
  });
  expect(asked.sort()).toEqual(['/dev', '/tmp']);
});

it('counts every target of a content', async () => {
  const paths = ['a', 'b', 'c'].map((path) => ({ path, hash: 'same', size: 10, mtime: 1 }));
  const plan = planDownload(v2023(paths));
  await expect(checkDiskSpace(base, plan, { free: free(29) })).rejects.toMatchObject({
    kind: 'InsufficientDisk',
  });
  await checkDiskSpace(base, plan, { free: free(30) });
});

it('asks what stays only where there is too little for all', async () => {
  const plan = planOf({ a: 60, b: 40 });
  let asked = 0;
  const stays = async ({ path }: { path: string }): Promise<boolean> => {
    asked += 1;
    return path === 'a';
  };
  await checkDiskSpace(base, plan, { free: free(100), stays });
  expect(asked).toBe(0);
  await checkDiskSpace(base, plan, { free: free(40), stays });
  expect(asked).toBe(2);
  await expect(checkDiskSpace(base, plan, { free: free(39), stays })).rejects.toMatchObject({
    message: expect.stringMatching(/40 bytes\) are needed/),
  });
});

it('ends when it is cancelled', async () => {
  const checked = checkDiskSpace(base, planOf({ a: 1 }), { signal: AbortSignal.abort() });
  await expect(checked).rejects.toBeInstanceOf(CancelledError);
});

describe('a download', () => {
  it('that does not fit makes nothing, not even its root', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { 'd/a': 'content' });
    const root = join(base, 'too/small');
    const done = downloadManifestContents({ manifest, root, store, freeBytes: free(6) });
    await expect(done).rejects.toMatchObject({ kind: 'InsufficientDisk' });
    expect(existsSync(join(base, 'too'))).toBe(false);
    expect(store.meter.totals().calls).toBe(0);
  });

  it('with SKIP needs no room for what is there', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { a: '12345', b: '123456' });
    const root = writeTree(mkdtempSync(join(base, 'skip-')), { a: 'old' });
    const request = { manifest, root, store, conflictResolution: 'SKIP' as const };
    await expect(downloadManifestContents({ ...request, freeBytes: free(5) })).rejects.toMatchObject({
      kind: 'InsufficientDisk',
    });
    expect(await downloadManifestContents({ ...request, freeBytes: free(6) })).toMatchObject({
      processedFiles: 1,
    });
  });

  it('with OVERWRITE needs room beside what is there', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { a: '12345' });
    const root = mkdtempSync(join(base, 'overwrite-'));
    mkdirSync(join(root, 'other'));
    const request = {
      manifest,
      root,
      store,
      conflictResolution: 'OVERWRITE' as const,
      hashCache: memoryHashCache(),
    };
    await downloadManifestContents({ ...request, freeBytes: free(5) });
    await expect(downloadManifestContents({ ...request, freeBytes: free(4) })).rejects.toMatchObject({
      kind: 'InsufficientDisk',
    });
  });
});
