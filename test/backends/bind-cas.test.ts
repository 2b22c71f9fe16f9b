import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bindCas } from '../../src/backends/bind-cas.js';
import { withMetering } from '../../src/backends/metering.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { memoryStore } from '../support/memory-store.js';

const location = { bucket: 'bucket', rootPrefix: 'Root' };
const BODY = Uint8Array.from([1, 2, 3, 4]);
const HASH = hasher.oneShot(BODY);
const bytes = { hash: HASH, size: 4, source: { kind: 'bytes', bytes: BODY } } as const;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bind-cas-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('stores and finds objects under the key of their hash', async () => {
  const store = memoryStore();
  const cas = bindCas(store, location);
  expect(cas.key(HASH)).toBe(`Root/Data/${HASH}.xxh128`);
  expect(await cas.head(HASH)).toBeUndefined();
  expect((await cas.put(bytes, { ifAbsent: true })).created).toBe(true);
  expect((await cas.put(bytes, { ifAbsent: true })).created).toBe(false);
  expect(await cas.head(HASH)).toMatchObject({ size: 4, key: `Root/Data/${HASH}.xxh128` });
  expect((await cas.get(HASH)).data).toEqual(BODY);
  expect([...(await cas.getRange(HASH, 1, 2))]).toEqual([2, 3]);
  await cas.getToFile(HASH, join(dir, 'to'));
  await cas.getToFileOffset(HASH, join(dir, 'to'), 4);
  expect([...(await readFile(join(dir, 'to')))]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
});

it('stores files and ranges of files, and checks them against the hash', async () => {
  const cas = bindCas(memoryStore(), location);
  const path = join(dir, 'f');
  await writeFile(path, Uint8Array.from([0, ...BODY, 0]));
  const file = { kind: 'file', path, offset: 1, length: 4, whole: false } as const;
  expect((await cas.put({ hash: HASH, size: 4, source: file })).created).toBe(true);
  const whole = { ...file, offset: 0, length: 6, whole: true };
  await expect(cas.put({ hash: HASH, size: 6, source: whole })).rejects.toMatchObject({
    kind: 'FileChanged',
    path,
  });
  await expect(cas.put({ ...bytes, hash: 'a'.repeat(32) })).rejects.toMatchObject({
    kind: 'ChecksumMismatch',
  });
  await expect(cas.put({ ...bytes, size: 5 })).rejects.toMatchObject({ kind: 'SizeMismatch' });
});

it('reads an absent object under its old key, once, and never writes or heads it there', async () => {
  const store = withMetering(memoryStore());
  await store.putObject('bucket', `Root/Data/${HASH}`, BODY);
  const cas = bindCas(store, location);
  expect((await cas.get(HASH)).info.key).toBe(`Root/Data/${HASH}`);
  const told: unknown[] = [];
  const onObject = (object: unknown): void => void told.push(object);
  expect([...(await cas.getRange(HASH, 0, 0, { onObject }))]).toEqual([1]);
  expect(told).toMatchObject([{ size: 4 }]);
  await cas.getToFile(HASH, join(dir, 'to'));
  expect(await cas.head(HASH)).toBeUndefined();
  expect(store.counts('getObject').calls).toBe(2);
  const strict = bindCas(store, location, { legacyKeyFallback: false });
  await expect(strict.get(HASH)).rejects.toMatchObject({ kind: 'NotFound' });
  expect(store.counts('getObject').calls).toBe(3);
});

it('names the key of today when neither is there', async () => {
  const cas = bindCas(memoryStore(), location);
  await expect(cas.get(HASH)).rejects.toMatchObject({ kind: 'NotFound', key: `Root/Data/${HASH}.xxh128` });
});

it('refuses a location or a hash that is none', async () => {
  expect(() => bindCas(memoryStore(), { bucket: '', rootPrefix: 'x' })).toThrow(
    expect.objectContaining({ kind: 'InvalidConfig' }),
  );
  await expect(bindCas(memoryStore(), location).head('../x')).rejects.toMatchObject({
    kind: 'InvalidConfig',
  });
});
