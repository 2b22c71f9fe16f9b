import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../src/backends/faults.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { legacyCasKey } from '../../src/model/s3-location.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { type DownloadFileRequest, downloadFile } from '../../src/presets/download-file.js';
import { LOCATION, MTIME, noise, storeObject, type TestStore, testStore } from '../support/contents.js';
import { STORES } from '../support/outputs.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-file');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const MIB = 1024 * 1024;
const small = noise(100_000, 1);
/** Fetched in ranges. */
const large = noise(33 * MIB + 5, 2);

type Place = 'file' | 'offset' | 'memory';
const PLACES: readonly Place[] = ['file', 'offset', 'memory'];

/** Downloads `content` to a place and gives the bytes that are there then. */
async function fetchTo(
  place: Place,
  store: TestStore,
  content: Buffer,
  more: Partial<DownloadFileRequest> = {},
): Promise<Buffer> {
  const request = { ...more, store, hash: xxh128(content), size: more.size ?? content.length };
  if (place === 'memory') return Buffer.from((await downloadFile({ ...request, target: 'memory' })).bytes);
  const path = join(fresh(), 'target.bin');
  if (place === 'file') {
    expect(await downloadFile({ ...request, target: { path } })).toEqual({ outcome: 'written', path });
    return readFileSync(path);
  }
  writeFileSync(path, Buffer.alloc(content.length + 20, 7));
  expect(await downloadFile({ ...request, target: { path, offset: 10 } })).toEqual({
    outcome: 'written',
    path,
  });
  const whole = readFileSync(path);
  expect([...whole.subarray(0, 10), ...whole.subarray(-10)]).toEqual(Array(20).fill(7));
  return whole.subarray(10, -10);
}

describe.each(STORES)('over %s', (_kind, open) => {
  describe.each(PLACES)('to %s', (place) => {
    it.each([
      ['nothing', Buffer.alloc(0)],
      ['one object', small],
      ['an object in ranges', large],
    ])('%s', async (_what, content) => {
      const store = testStore(undefined, await open(fresh()));
      await storeObject(store, content);
      expect((await fetchTo(place, store, content)).equals(content)).toBe(true);
    });
  });
});

describe.each(PLACES)('to %s', (place) => {
  it('finds an object under the key of old releases', async () => {
    const store = testStore();
    await store.inner.putObject(LOCATION.bucket, legacyCasKey(LOCATION, xxh128(small)), small);
    expect((await fetchTo(place, store, small)).equals(small)).toBe(true);
  });

  it('says which object is absent', async () => {
    const key = testStore().cas.key(xxh128(small));
    await expect(fetchTo(place, testStore(), small)).rejects.toMatchObject({ kind: 'NotFound', key });
  });

  it.each([
    ['small', small],
    ['large', large],
  ])('a %s one with wrong content is fetched once more', async (_what, content) => {
    const damaged: FaultPlan = ({ method, number }) =>
      method.startsWith('getObject') && number === 1 ? { kind: 'alter', at: 3 } : undefined;
    const store = testStore(damaged);
    await storeObject(store, content);
    expect((await fetchTo(place, store, content)).equals(content)).toBe(true);
  });

  it.each([
    ['small', small],
    ['large', large],
  ])('a %s one whose content stays wrong is HashMismatch', async (_what, content) => {
    const store = testStore();
    const wrong = Buffer.from(content);
    wrong[5] = (wrong[5] ?? 0) ^ 1;
    await store.inner.putObject(LOCATION.bucket, store.cas.key(xxh128(content)), wrong);
    await expect(fetchTo(place, store, content)).rejects.toMatchObject({
      ...{ kind: 'HashMismatch', bucket: LOCATION.bucket, key: store.cas.key(xxh128(content)) },
    });
    const unverified = await fetchTo(place, store, content, { verify: 'size' });
    expect(unverified.equals(wrong)).toBe(true);
  });

  it.each([
    ['longer', Buffer.concat([small, Buffer.of(1)])],
    ['shorter', small.subarray(1)],
    ['much shorter than its ranges', small],
  ])('one that is %s is SizeMismatch', async (what, stored) => {
    const content = what.startsWith('much') ? large : small;
    const store = testStore();
    await store.inner.putObject(LOCATION.bucket, store.cas.key(xxh128(content)), stored);
    await expect(fetchTo(place, store, content)).rejects.toMatchObject({
      ...{ kind: 'SizeMismatch', bucket: LOCATION.bucket, key: store.cas.key(xxh128(content)) },
    });
  });

  it('refuses a size that is none', async () => {
    await expect(fetchTo(place, testStore(), small, { size: -1 })).rejects.toMatchObject({
      kind: 'InvalidConfig',
    });
  });

  it('ends with statistics when it is cancelled', async () => {
    const controller = new AbortController();
    const store = testStore(({ method }) => {
      if (method !== 'getObject') return undefined;
      controller.abort();
      return { kind: 'hang' };
    });
    await storeObject(store, small);
    const failed: unknown = await fetchTo(place, store, small, { signal: controller.signal }).catch(
      (e: unknown) => e,
    );
    expect(failed).toBeInstanceOf(CancelledError);
    expect(failed).toMatchObject({ partialStats: { totalFiles: 1, processedFiles: 0, status: 'CANCELLED' } });
  });
});

describe('a new file', () => {
  const ready = async (mode?: DownloadFileRequest['conflictResolution']) => {
    const store = testStore();
    await storeObject(store, small);
    const directory = fresh();
    const request = {
      store,
      hash: xxh128(small),
      size: small.length,
      ...(mode && { conflictResolution: mode }),
    };
    return { request, directory, path: join(directory, 'f.txt') };
  };

  it('gets its time and its execute bits', async () => {
    const { request, path } = await ready();
    await downloadFile({ ...request, target: { path, mtime: MTIME, runnable: true } });
    const { mtimeNs, mode } = statSync(path, { bigint: true });
    expect(Number(mtimeNs / 1000n)).toBe(MTIME);
    expect(Number(mode & 0o111n)).toBeGreaterThan(0);
  });

  it.each([
    [undefined, { outcome: 'written', path: 'f (1).txt' }, 'old'],
    ['SKIP', { outcome: 'skipped' }, 'old'],
    ['OVERWRITE', { outcome: 'written', path: 'f.txt' }, 'new'],
  ] as const)('meets one that is there as %s says', async (mode, expected, stays) => {
    const { request, directory, path } = await ready(mode);
    writeFileSync(path, 'old');
    const { outcome, path: written } = await downloadFile({ ...request, target: { path } });
    expect({ outcome, ...(written !== undefined && { path: written.slice(directory.length + 1) }) }).toEqual(
      expected,
    );
    expect(readFileSync(path, 'latin1') === 'old').toBe(stays === 'old');
  });

  it('is not there after a failure, nor is a temporary one', async () => {
    const { request, directory, path } = await ready();
    const store = testStore(() => ({ kind: 'alter', at: 0 }));
    await storeObject(store, small);
    await expect(downloadFile({ ...request, store, target: { path } })).rejects.toMatchObject({
      kind: 'HashMismatch',
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('needs room on the disk', async () => {
    const { request, path } = await ready();
    const full = downloadFile({ ...request, target: { path }, freeBytes: async () => 10n });
    await expect(full).rejects.toMatchObject({ kind: 'InsufficientDisk' });
  });
});

it.each([
  ['is absent', (path: string) => path, 'LocalIo'],
  ['is a directory', (path: string) => void mkdirSync(path), 'NotAFile'],
  ['is a link', (path: string) => symlinkSync('/etc/hostname', path), 'SymlinkEscape'],
])('a file for a place in it that %s is refused', async (_what, make, kind) => {
  const store = testStore();
  await storeObject(store, small);
  const path = join(fresh(), 'x');
  make(path);
  const request = { store, hash: xxh128(small), size: small.length, target: { path, offset: 0 } };
  await expect(downloadFile(request)).rejects.toMatchObject({ kind });
});

it('refuses an offset that is none', async () => {
  const target = { path: join(base, 'x'), offset: -1 };
  const request = { store: testStore(), hash: xxh128(small), size: 1, target };
  await expect(downloadFile(request)).rejects.toMatchObject({ kind: 'InvalidConfig' });
});
