import { expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { legacyCasKey } from '../../src/model/s3-location.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import { verifyManifest } from '../../src/presets/verify-manifest.js';
import { LOCATION, MTIME, manifestOf, storeObject, testStore, v2023, v2025 } from '../support/contents.js';

it('asks once for every object, and reads none', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { a: 'same', b: 'same', c: 'other', empty: '' });
  expect(await verifyManifest({ manifest, store })).toEqual({ checked: 3, missing: [], wrongSize: [] });
  expect(store.meter.totals().calls).toBe(3);
  expect(store.meter.counts('headObject').calls).toBe(3);
});

it('names what is missing or has another size, with the files that need it', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { a: 'torn object', b: 'torn object' });
  const [first] = manifest.paths;
  const key = store.cas.key(first?.hash ?? '');
  await store.inner.putObject(LOCATION.bucket, key, Buffer.from('torn'));
  const gone = { path: 'gone', hash: 'f'.repeat(32), size: 5, mtime: 1 };
  expect(await verifyManifest({ manifest: v2023([...manifest.paths, gone]), store })).toEqual({
    checked: 2,
    missing: [{ key: store.cas.key(gone.hash), size: 5, paths: ['gone'] }],
    wrongSize: [{ key, size: 11, storedSize: 4, paths: ['a', 'b'] }],
  });
});

it('finds what a download finds under the key of old releases', async () => {
  const store = testStore();
  const entry = async (path: string, content: string, stored: string) => {
    const hash = xxh128(Buffer.from(content));
    await store.inner.putObject(LOCATION.bucket, legacyCasKey(LOCATION, hash), Buffer.from(stored));
    return { path, hash, size: content.length, mtime: MTIME };
  };
  const torn = await entry('b', 'torn', 'to');
  const manifest = v2023([await entry('a', 'whole', 'whole'), torn]);
  expect(await verifyManifest({ manifest, store })).toEqual({
    checked: 2,
    missing: [],
    wrongSize: [{ key: legacyCasKey(LOCATION, torn.hash), size: 4, storedSize: 2, paths: ['b'] }],
  });
});

it('asks for every chunk', async () => {
  const store = testStore();
  const chunkhashes = [await storeObject(store, 'aaaa'), 'e'.repeat(32), await storeObject(store, 'b')];
  const manifest = v2025([{ path: 'f', chunkhashes, size: 9, mtime: MTIME }], { fileChunkSizeBytes: 4 });
  expect(await verifyManifest({ manifest, store })).toMatchObject({
    checked: 3,
    missing: [{ size: 4, paths: ['f'] }],
    wrongSize: [],
  });
});

it('counts all files and bytes of the manifest', async () => {
  const store = testStore();
  const { paths } = await manifestOf(store, { a: 'same', b: 'same', empty: '' });
  const chunkhashes = [await storeObject(store, 'aaaa'), await storeObject(store, 'b')];
  const files = [...paths, { path: 'f', chunkhashes, size: 5, mtime: MTIME }];
  const manifest = v2025(files, { fileChunkSizeBytes: 4 });
  const seen: TransferProgress[] = [];
  await verifyManifest({ manifest, store, onProgress: (progress) => void seen.push(progress) });
  expect(seen.at(-1)).toMatchObject({
    ...{ status: 'COMPLETE', overallCompleted: 4, overallTotal: 4, overallBytes: 13, overallTotalBytes: 13 },
  });
});

it('refuses a manifest whose paths leave the root', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { '../a': 'x' });
  await expect(verifyManifest({ manifest, store })).rejects.toMatchObject({ kind: 'PathOutsideRoot' });
});
