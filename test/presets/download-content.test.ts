/** What arrives on the disk: bytes, times, modes; and what happens when the store is damaged. */
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/backends/faults.js';
import type { StoreMethod } from '../../src/backends/forwarding.js';
import { StorageError } from '../../src/model/errors.js';
import { floorMicroseconds } from '../../src/model/file-item.js';
import type { Manifest } from '../../src/model/manifest.js';
import { CollectedError } from '../../src/pipeline/errors.js';
import { type DownloadContentsOptions, downloadManifestContents } from '../../src/presets/contents.js';
import {
  DAY_US,
  LOCATION,
  MTIME,
  manifestOf,
  noise,
  partFiles,
  read,
  storeObject,
  type TestStore,
  testStore,
  v2023,
  v2025,
  writeTree,
} from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-content');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const MIB = 1024 * 1024;
const BIG = 40 * MIB;

describe('times and modes', () => {
  it('are those of the manifest, on copies too', async () => {
    const store = testStore();
    const times = Array.from({ length: 300 }, () => Math.floor(Math.random() * 50_000 * DAY_US));
    const hash = await storeObject(store, 'same');
    const paths = times.map((mtime, index) => ({ path: `${index % 7}/${index}`, hash, size: 4, mtime }));
    const root = fresh();
    await downloadManifestContents({ manifest: v2023(paths), root, store });
    for (const { path, mtime } of paths) {
      const { mtimeNs } = statSync(join(root, path), { bigint: true });
      expect(floorMicroseconds(mtimeNs)).toBe(mtime);
    }
    expect(store.meter.totals().calls).toBe(1);
  });

  it.each([
    [0o022, 0o755, 0o644],
    [0o077, 0o700, 0o600],
    [0o027, 0o750, 0o640],
  ])('make runnable whom the umask %o lets read', async (umask, runnable, plain) => {
    const store = testStore();
    const hash = await storeObject(store, 'x');
    const manifest = v2025([
      { path: 'run', hash, size: 1, mtime: MTIME, runnable: true },
      { path: 'run too', hash, size: 1, mtime: MTIME, runnable: true },
      { path: 'plain', hash, size: 1, mtime: MTIME },
    ]);
    const root = fresh();
    const before = process.umask(umask);
    try {
      await downloadManifestContents({ manifest, root, store });
    } finally {
      process.umask(before);
    }
    const mode = (name: string): number => statSync(join(root, name)).mode & 0o777;
    expect([mode('run'), mode('run too'), mode('plain')]).toEqual([runnable, runnable, plain]);
  });
});

it('asks for nothing when files are empty', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { a: '', 'd/b': '' });
  const root = fresh();
  const stats = await downloadManifestContents({ manifest, root, store });
  expect(stats).toMatchObject({ totalFiles: 2, processedFiles: 2, totalBytes: 0, status: 'COMPLETE' });
  expect(store.meter.totals().calls).toBe(0);
  expect(statSync(join(root, 'd/b')).size).toBe(0);
});

it('fetches equal content once and copies it', async () => {
  const store = testStore();
  const names = Array.from({ length: 1000 }, (_, index) => `${index % 10}/${index}`);
  const manifest = await manifestOf(store, Object.fromEntries(names.map((name) => [name, 'same'])));
  const root = fresh();
  const stats = await downloadManifestContents({ manifest, root, store });
  expect(stats).toMatchObject({ processedFiles: 1000, fileCountsByRoot: { [root]: 1000 } });
  expect(store.meter.counts('getObject').calls).toBe(1);
  for (const name of names) expect(read(root, name)).toBe('same');
  const inodes = names.map((name) => statSync(join(root, name)).ino);
  expect(new Set(inodes).size).toBe(1000);
});

it('places the other copies when one cannot be', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { 'file/a': 'same', b: 'same', 'file/c': 'same', 'd/e': 'same' });
  const root = writeTree(fresh(), { file: 'x' });
  const failed = await downloadManifestContents({ manifest, root, store, onFileError: 'collect' }).catch(
    (error: unknown) => error,
  );
  expect(failed).toBeInstanceOf(CollectedError);
  expect((failed as CollectedError).errors).toMatchObject([{ kind: 'NotADirectory' }]);
  expect([read(root, 'b'), read(root, 'd/e')]).toEqual(['same', 'same']);
  expect(partFiles(root)).toEqual([]);
});

/** One file of the manifest is damaged; another one, which is whole, stands beside it. */
interface Shape {
  readonly what: string;
  readonly size: number;
  readonly chunk: number;
  readonly method: StoreMethod;
}
const SHAPES: readonly Shape[] = [
  { what: 'a small file', size: 100, chunk: -1, method: 'getObject' },
  { what: 'a file fetched in ranges', size: BIG, chunk: -1, method: 'getObjectRange' },
  { what: 'a chunked file', size: 2500, chunk: 1000, method: 'getObject' },
  { what: 'a file of chunks fetched in ranges', size: BIG + 5, chunk: BIG - 5, method: 'getObjectRange' },
];

async function manifestOfShape(store: TestStore, { size, chunk }: Shape) {
  const content = noise(size, size);
  if (chunk < 0) return { content, manifest: (await manifestOf(store, { big: content })) as Manifest };
  const chunkhashes = [];
  for (let at = 0; at < size; at += chunk)
    chunkhashes.push(await storeObject(store, content.subarray(at, at + chunk)));
  const manifest = v2025([{ path: 'big', chunkhashes, size, mtime: MTIME }], { fileChunkSizeBytes: chunk });
  return { content, manifest: manifest as Manifest };
}

const firstHash = (manifest: Manifest): string =>
  manifest.version === 'v2023-03-03'
    ? (manifest.paths[0]?.hash ?? '')
    : (manifest.files[0]?.chunkhashes?.at(-2) ?? '');

async function damaged(store: TestStore, hash: string, damage: (bytes: Buffer) => Uint8Array): Promise<void> {
  const key = store.cas.key(hash);
  const { data } = await store.inner.getObject(LOCATION.bucket, key);
  await store.inner.putObject(LOCATION.bucket, key, damage(Buffer.from(data)));
}

describe.each(SHAPES)('$what', (shape) => {
  const download = async (
    damage: ((bytes: Buffer) => Uint8Array) | undefined,
    plan: (number: number) => Fault | undefined = () => undefined,
    more: Partial<DownloadContentsOptions> = {},
  ) => {
    const store = testStore(({ method, number }) => (method === shape.method ? plan(number) : undefined));
    const { content, manifest } = await manifestOfShape(store, shape);
    if (damage) await damaged(store, firstHash(manifest), damage);
    const root = writeTree(fresh(), { big: 'old' });
    const error = await downloadManifestContents({
      ...{ manifest, root, store, conflictResolution: 'OVERWRITE' },
      ...more,
    }).then(
      () => undefined,
      (failure: unknown) => failure as StorageError,
    );
    return { error, content, root, store };
  };

  it('arrives whole', async () => {
    const { error, content, root } = await download(undefined);
    expect(error).toBeUndefined();
    expect(readFileSync(join(root, 'big')).equals(content)).toBe(true);
    expect(readdirSync(root)).toEqual(['big']);
  });

  it.each<[string, string, (bytes: Buffer) => Uint8Array]>([
    ['one byte short', 'SizeMismatch', (bytes) => bytes.subarray(0, -1)],
    ['empty', 'SizeMismatch', () => new Uint8Array(0)],
    ['a byte longer', 'SizeMismatch', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    [
      'altered',
      'HashMismatch',
      (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]),
    ],
  ])('whose object is %s: %s, and the target stays', async (_what, kind, damage) => {
    const { error, root } = await download(damage);
    expect(error).toBeInstanceOf(StorageError);
    const key = expect.stringMatching(/^root\/Data\/[0-9a-f]{32}\.xxh128$/);
    expect(error).toMatchObject({ kind, bucket: LOCATION.bucket, key });
    expect(read(root, 'big')).toBe('old');
    expect(readdirSync(root)).toEqual(['big']);
  });

  it('whose object ends where a range begins: both sizes are told', async () => {
    const object = shape.chunk > 0 ? shape.chunk : shape.size;
    const cut = Math.min(16 * MIB, object >> 1);
    const { error } = await download((bytes) => bytes.subarray(0, cut));
    expect(error?.message).toMatch(new RegExp(`\\b${cut} bytes .*instead of ${object}\\b`));
  });

  it.each(['hash', 'size', 'none'] as const)(
    'whose object is longer is found without a request more, with verify: %s',
    async (verify) => {
      const longer = await download((bytes) => Buffer.concat([bytes, bytes]), undefined, { verify });
      expect(longer.error).toMatchObject({ kind: 'SizeMismatch' });
      const whole = await download(undefined, undefined, { verify });
      expect(longer.store.meter.totals().calls).toBeLessThanOrEqual(whole.store.meter.totals().calls);
    },
  );

  it('that arrives altered once is fetched anew', async () => {
    const alter = (number: number): Fault | undefined =>
      number === 1 ? { kind: 'alter', at: 7 } : undefined;
    const { error, content, root } = await download(undefined, alter);
    expect(error).toBeUndefined();
    expect(readFileSync(join(root, 'big')).equals(content)).toBe(true);
  });

  it('whose object is gone: NotFound, and the target stays', async () => {
    const gone = (): Fault => ({
      kind: 'before',
      error: new StorageError('NotFound', 'gone', { key: 'k', httpStatus: 404 }),
    });
    const { error, root } = await download(undefined, gone);
    expect(error).toMatchObject({ kind: 'NotFound' });
    expect(read(root, 'big')).toBe('old');
    expect(readdirSync(root)).toEqual(['big']);
  });

  it('is not read by verify: none', async () => {
    const alter = (bytes: Buffer): Uint8Array => Buffer.concat([bytes.subarray(0, -1), Buffer.of(0)]);
    const { error, root } = await download(alter, undefined, { verify: 'none' });
    expect(error).toBeUndefined();
    expect(statSync(join(root, 'big')).size).toBe(shape.size);
  });
});

it.each([
  0,
  1,
  8 * MIB - 1,
  8 * MIB,
  8 * MIB + 1,
  16 * MIB - 1,
  16 * MIB,
  16 * MIB + 1,
  32 * MIB - 1,
  32 * MIB,
  32 * MIB + 1,
])('brings back a file of %d bytes', async (size) => {
  const store = testStore();
  const content = noise(size, size);
  const manifest = await manifestOf(store, { f: content });
  const root = fresh();
  await downloadManifestContents({ manifest, root, store });
  expect(readFileSync(join(root, 'f')).equals(content)).toBe(true);
  const { calls } = store.meter.totals();
  expect(calls).toBe(size === 0 ? 0 : size > 32 * MIB ? 3 : 1);
});

it.each([1, 999, 1000, 1001, 2000, 2001, 25_000])('brings back %d bytes in chunks of 1000', async (size) => {
  const store = testStore();
  const content = noise(size, size);
  const hashes: string[] = [];
  for (let at = 0; at < size; at += 1000)
    hashes.push(await storeObject(store, content.subarray(at, at + 1000)));
  const digests = hashes.length > 1 ? { chunkhashes: hashes } : { hash: hashes[0] ?? '' };
  const manifest = v2025([{ path: 'f', ...digests, size, mtime: MTIME }], { fileChunkSizeBytes: 1000 });
  const root = fresh();
  await downloadManifestContents({ manifest, root, store });
  expect(readFileSync(join(root, 'f')).equals(content)).toBe(true);
});

it('writes names of 255 bytes, and refuses longer ones before anything is written', async () => {
  const store = testStore();
  const names = ['x'.repeat(255), `${'ä'.repeat(127)}x`];
  const manifest = await manifestOf(store, Object.fromEntries(names.map((name) => [name, name])));
  const root = fresh();
  await downloadManifestContents({ manifest, root, store });
  expect(readdirSync(root).sort()).toEqual([...names].sort());
  const longer = await manifestOf(store, { a: 'a', [`${'x'.repeat(256)}`]: 'b' });
  const target = fresh();
  await expect(downloadManifestContents({ manifest: longer, root: target, store })).rejects.toMatchObject({
    kind: 'PathTooLong',
  });
  expect(readdirSync(target)).toEqual([]);
});

it('waits for the disk with durable', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { a: 'same', b: 'same' });
  const root = fresh();
  writeFileSync(join(root, 'a'), 'old');
  await downloadManifestContents({ manifest, root, store, durable: true, conflictResolution: 'OVERWRITE' });
  expect([read(root, 'a'), read(root, 'b')]).toEqual(['same', 'same']);
});
