import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasher, xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest } from '../../src/model/encode.js';
import type { HashedEntry } from '../../src/model/file-item.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import type { SettledUnit } from '../../src/model/upload-unit.js';
import type { RunOptions } from '../../src/pipeline/context.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { manifestSink } from '../../src/sinks/manifest-sink.js';
import {
  type EncodedManifest,
  type StoredManifestOptions,
  storedManifestSink,
} from '../../src/sinks/stored-manifest-sink.js';
import { numbers } from '../support/pipeline.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('stored-manifest');
const ODD = ['a\nb', 'a\u2028b', 'a\u2029b', '"q"', 'back\\slash', '😀', '\uffff', ' ', 'ä'];

const unit = (index: number): SettledUnit => {
  const file: HashedEntry = {
    path: `${(index * 7919) % 1000}/${ODD[index % ODD.length]}${index}`,
    kind: 'file',
    sourcePath: '/x',
    size: index,
    mtimeNs: BigInt(index) * 1_000_500n,
    ctimeNs: 0n,
    mode: 0o644,
    hashes: [index.toString(16).padStart(32, '0')],
    hashedBy: 'reading',
  };
  return { file, objects: 1, outcome: index % 3 === 0 ? 'skipped' : 'sent' };
};
const units = (count: number) =>
  Pipeline.from<SettledUnit>(async function* () {
    for (const index of numbers(count)) yield unit(index);
  });

function bytesOf({ content }: EncodedManifest): Buffer {
  return content.kind === 'bytes' ? Buffer.from(content.bytes) : readFileSync(content.path);
}

async function storeAll(
  count: number,
  options: Partial<StoredManifestOptions<Buffer>>,
  run: RunOptions = {},
) {
  const spoolDirectory = mkdtempSync(join(base, 'spool-'));
  let kind = '';
  const sink = storedManifestSink<Buffer>({
    version: 'v2023-03-03',
    hasher,
    spoolDirectory,
    store: async (encoded) => {
      kind = encoded.content.kind;
      if (encoded.content.kind === 'file') expect(bytesOf(encoded)).toHaveLength(encoded.content.length);
      return bytesOf(encoded);
    },
    ...options,
  });
  const outcome = await units(count)
    .into(sink)
    .run(run)
    .then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    );
  return { ...outcome, kind, left: readdirSync(spoolDirectory) };
}

it('gives the same bytes for 250,000 entries from disk and from memory', async () => {
  const count = 250_000;
  const { manifest } = await units(count).into(manifestSink()).run();
  const expected = Buffer.from(encodeManifest(manifest));
  const { result, kind, left } = await storeAll(count, { spoolEntries: 10_000 });
  expect(kind).toBe('file');
  expect(result?.stored?.equals(expected)).toBe(true);
  expect(result).toMatchObject({
    hash: xxh128(expected),
    totalSize: manifest.totalSize,
    stats: { totalFiles: count, skippedFiles: Math.ceil(count / 3) },
  });
  expect(left).toEqual([]);
});

it.each([1, 9, 10, 11, 35, 20_000, 20_001])('stores %d entries with room for fewer', async (count) => {
  const { manifest } = await units(count).into(manifestSink()).run();
  const { result, kind, left } = await storeAll(count, { spoolEntries: count > 100 ? 1000 : 10 });
  expect(kind).toBe(count <= 20_000 ? 'bytes' : 'file');
  expect(result?.stored?.equals(Buffer.from(encodeManifest(manifest)))).toBe(true);
  expect(left).toEqual([]);
});

it('stores nothing without entries', async () => {
  const { result, kind } = await storeAll(0, {});
  expect(kind).toBe('');
  expect(result).toEqual({
    totalSize: 0,
    stats: expect.objectContaining({ totalFiles: 0 }),
    hashing: expect.objectContaining({ totalFiles: 0 }),
  });
});

describe('temporary files are removed', () => {
  it('when storing fails', async () => {
    const broken = new Error('the store broke');
    const { error, left } = await storeAll(50, {
      spoolEntries: 10,
      store: async () => {
        throw broken;
      },
    });
    expect(error).toBe(broken);
    expect(left).toEqual([]);
  });

  it.each([1, 15, 1000, 4990])('when the run is cancelled after %d entries', async (after) => {
    const { error, left, kind } = await storeAll(
      5000,
      { spoolEntries: 10 },
      { onProgress: ({ counters }) => (counters['files'] ?? 0) < after, progress: { everyItems: 1 } },
    );
    expect(error).toBeInstanceOf(CancelledError);
    expect(kind).toBe('');
    expect(left).toEqual([]);
  });

  it('when a file fails, and nothing is stored', async () => {
    const failing = Pipeline.from<SettledUnit>(async function* (ctx) {
      for (const index of numbers(100)) {
        if (index === 60) ctx.failures.report(new Error('one file'));
        yield unit(index);
      }
    });
    const spoolDirectory = mkdtempSync(join(base, 'spool-'));
    let stored = 0;
    const store = async (): Promise<void> => {
      stored += 1;
    };
    const sink = storedManifestSink({
      version: 'v2023-03-03',
      hasher,
      spoolDirectory,
      spoolEntries: 10,
      store,
    });
    await expect(failing.into(sink).run({ onFileError: 'collect' })).rejects.toBeInstanceOf(CollectedError);
    expect(stored).toBe(0);
    expect(readdirSync(spoolDirectory)).toEqual([]);
  });

  it('when an entry cannot be encoded, and its error is told as it is', async () => {
    const bad = Pipeline.from<SettledUnit>(async function* () {
      for (const index of numbers(50)) yield unit(index);
      yield { ...unit(1), file: { ...unit(1).file, path: 'bad', hashes: ['../x'] } };
    });
    const spoolDirectory = mkdtempSync(join(base, 'spool-'));
    const store = async (): Promise<void> => {};
    const sink = storedManifestSink({
      version: 'v2023-03-03',
      hasher,
      spoolDirectory,
      spoolEntries: 10,
      store,
    });
    await expect(bad.into(sink).run()).rejects.toMatchObject({ code: 'HASH_NOT_ALPHANUMERIC', path: 'bad' });
    expect(readdirSync(spoolDirectory)).toEqual([]);
  });
});

it('gives the manifest of the 2025 formats with directories on the way to entries', async () => {
  const entry = (path: string, kind: HashedEntry['kind'], more: Partial<HashedEntry> = {}): SettledUnit => ({
    file: { ...unit(1).file, path, kind, ...more },
    objects: kind === 'file' ? 1 : 0,
    outcome: 'sent',
  });
  const found = [
    entry('a/b/f', 'file', { mode: 0o755 }),
    entry('empty/deep', 'directory'),
    entry('l', 'symlink', { linkTarget: 'a' }),
    entry('a/c', 'file', { hashes: ['x', 'y'], size: 20 }),
  ];
  const source = Pipeline.from<SettledUnit>(async function* () {
    yield* found.values();
  });
  const { manifest } = await source.into(manifestSink({ version: 'v2025-12', chunkSizeBytes: 10 })).run();
  expect(manifest).toMatchObject({
    totalSize: 21,
    fileChunkSizeBytes: 10,
    dirs: [{ path: 'a' }, { path: 'a/b' }, { path: 'empty' }, { path: 'empty/deep' }],
    files: [
      { path: 'a/b/f', runnable: true },
      { path: 'a/c', chunkhashes: ['x', 'y'] },
      { path: 'l', symlinkTarget: 'a' },
    ],
  });
  const without = await source.into(manifestSink({ version: 'v2025-12', includeEmptyDirs: false })).run();
  expect(without.manifest).toMatchObject({ dirs: [{ path: 'a' }, { path: 'a/b' }] });
});

describe('the root of the content', () => {
  const settledBelow = (directory: string, count: number) =>
    Pipeline.from<SettledUnit>(async function* () {
      for (const index of numbers(count)) {
        const settled = unit(index);
        const path = `${directory}/${index % 2 ? 'f/' : ''}${index}`;
        yield { ...settled, file: { ...settled.file, path } };
      }
    });

  it.each([
    ['d/e', 1, 250_000],
    ['d/e', 90, 250_000],
    ['d/e', 90, 7],
    ['d/e', 20_001, 1000],
    ['ü "\\/,"path":"/😀\n', 90, 250_000],
    ['ü "\\/,"path":"/😀\n', 90, 7],
  ])(
    '%j is found for %d entries with room for %d, and gone from their paths',
    async (directory, count, spoolEntries) => {
      const spoolDirectory = mkdtempSync(join(base, 'spool-'));
      const sink = (root: 'content' | 'source') =>
        storedManifestSink({
          ...({ version: 'v2023-03-03', hasher, spoolDirectory, spoolEntries, root } as const),
          store: async (encoded, _signal, found) => ({ found, bytes: bytesOf(encoded) }),
        });
      const content = await settledBelow(directory, count).into(sink('content')).run();
      const source = await settledBelow(directory, count).into(sink('source')).run();
      const manifest = decodeManifest(source.stored?.bytes ?? Buffer.alloc(0)) as ManifestV2023;
      const paths = manifest.paths.map((entry) => ({
        ...entry,
        path: entry.path.slice(directory.length + 1),
      }));
      expect([source.stored?.found, content.stored?.found]).toEqual(['', directory]);
      expect(content.stored?.bytes.equals(Buffer.from(encodeManifest({ ...manifest, paths })))).toBe(true);
      expect(content.hash).toBe(xxh128(content.stored?.bytes ?? Buffer.alloc(0)));
      expect(readdirSync(spoolDirectory)).toEqual([]);
    },
  );
});
