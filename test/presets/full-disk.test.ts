/**
 * Volumes that are full or read-only, as far as root may mount some; where it may not, the
 * system's answers are given by a store that fails the same way.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasher } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import type { HashedEntry } from '../../src/model/file-item.js';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { openStore } from '../../src/presets/open-store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { storedManifestSink } from '../../src/sinks/stored-manifest-sink.js';
import { walkTree } from '../../src/sources/walk-tree.js';
import { confirmFiles } from '../../src/stages/confirm-files.js';
import { manifestOf, noise, partFiles, testStore, writeTree } from '../support/contents.js';
import { remount, smallDisk } from '../support/small-disk.js';
import { tempDir } from '../support/temp-dir.js';

const MIB = 1024 * 1024;
const base = tempDir('full-disk');
const plenty = async (): Promise<bigint> => 1n << 50n;
const mayMount = smallDisk(MIB) !== undefined;
const many = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`d${index % 3}/${index}`, noise(100_000, index)]),
);

describe.runIf(mayMount)('a volume that fills up', () => {
  it.each([
    ['small files', many],
    ['a large file', { big: noise(40 * MIB, 1) }],
    ['copies of one content', Object.fromEntries([...'abcdefgh'].map((name) => [name, noise(MIB, 7)]))],
  ])('ends a download of %s with NoSpace, and no temporary file stays', async (_what, files) => {
    const root = smallDisk(4 * MIB) ?? '';
    const store = testStore();
    const manifest = await manifestOf(store, files);
    const done = downloadManifestContents({
      manifest,
      root,
      store,
      freeBytes: plenty,
      onFileError: 'collect',
    });
    await expect(done).rejects.toMatchObject({
      kind: 'NoSpace',
      errno: 'ENOSPC',
      path: expect.stringContaining(root),
      hint: expect.stringMatching(/free space/),
    });
    expect(partFiles(root)).toEqual([]);
  });

  it('is seen before the first write', async () => {
    const root = smallDisk(4 * MIB) ?? '';
    const store = testStore();
    const manifest = await manifestOf(store, many);
    await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
      kind: 'InsufficientDisk',
      path: root,
    });
    expect(readdirSync(root)).toEqual([]);
  });

  it('ends an upload into a store on it with NoSpace, without manifest and leftovers', async () => {
    const disk = smallDisk(4 * MIB) ?? '';
    const root = writeTree(mkdtempSync(join(base, 'source-')), many);
    const store = await openStore(disk);
    await expect(submitTree({ root, store })).rejects.toMatchObject({ kind: 'NoSpace', errno: 'ENOSPC' });
    expect(partFiles(disk)).toEqual([]);
    expect(existsSync(join(disk, 'Manifests'))).toBe(false);
  });

  it('ends an upload whose manifest is sorted there with NoSpace, without manifest', async () => {
    const disk = smallDisk(64 * 1024) ?? '';
    const root = mkdtempSync(join(base, 'source-'));
    for (let index = 0; index < 2000; index += 1) writeFileSync(join(root, `${'n'.repeat(100)}${index}`), '');
    let stored = 0;
    const sink = storedManifestSink({
      version: 'v2023-03-03',
      hasher,
      spoolEntries: 100,
      spoolDirectory: disk,
      store: async () => {
        stored += 1;
      },
    });
    const named = Pipeline.from(walkTree(root)).through((ctx) =>
      mapLeased(ctx, 1, (file: HashedEntry): HashedEntry => ({ ...file, hashes: ['0'.repeat(32)] })),
    );
    const run = named.through(confirmFiles()).into(sink).run();
    await expect(run).rejects.toMatchObject({ kind: 'NoSpace', path: expect.stringContaining(disk) });
    expect(stored).toBe(0);
    expect(readdirSync(disk)).toEqual([]);
  });
});

describe.runIf(mayMount)('a read-only volume', () => {
  it('refuses a download before the first request', async () => {
    const disk = smallDisk(MIB) ?? '';
    const store = testStore();
    const manifest = await manifestOf(store, { 'd/a': 'x' });
    remount(disk, 'ro');
    for (const root of [disk, join(disk, 'new'), join(disk, 'new/below/it')]) {
      await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
        kind: 'LocalIo',
        errno: 'EROFS',
        hint: expect.stringMatching(/not writable/),
      });
    }
    expect(store.meter.totals().calls).toBe(0);
  });

  it('refuses an upload into a store on it, and gives what it has', async () => {
    const disk = smallDisk(MIB) ?? '';
    const root = writeTree(mkdtempSync(join(base, 'source-')), { a: 'x' });
    await submitTree({ root, store: await openStore(disk) });
    writeFileSync(join(root, 'b'), 'new');
    remount(disk, 'ro');
    await expect(
      (async () => submitTree({ root, store: await openStore(disk, { create: false }) }))(),
    ).rejects.toMatchObject({ kind: 'LocalIo', errno: 'EROFS', hint: expect.any(String) });
  });
});

it('a write that the system refuses ends a download that collects failures', async () => {
  const store = testStore(({ method, number }) =>
    method === 'getObject' && number === 3
      ? { kind: 'before', error: new StorageError('NoSpace', 'full', { errno: 'ENOSPC' }) }
      : undefined,
  );
  const manifest = await manifestOf(store, many);
  const root = join(base, 'injected');
  mkdirSync(root);
  const limits = { maxInFlightFiles: 4 };
  const done = downloadManifestContents({ manifest, root, store, onFileError: 'collect', limits });
  await expect(done).rejects.toMatchObject({ kind: 'NoSpace' });
  expect(store.meter.counts('getObject').calls).toBeLessThan(60);
  expect(partFiles(root)).toEqual([]);
});
