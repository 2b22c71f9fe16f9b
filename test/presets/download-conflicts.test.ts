import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { HashCache } from '../../src/caches/ports.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { MTIME, manifestOf, partFiles, read, testStore, v2025, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-conflicts');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const MODES = ['SKIP', 'OVERWRITE', 'CREATE_COPY'] as const;
type Mode = (typeof MODES)[number];

function occupy(root: string, occupant: string): void {
  writeFileSync(join(root, 'elsewhere'), 'old');
  if (occupant === 'a file') writeFileSync(join(root, 'f.x'), 'old');
  if (occupant === 'a link') symlinkSync('elsewhere', join(root, 'f.x'));
  if (occupant === 'a dangling link') symlinkSync('nowhere', join(root, 'f.x'));
  if (occupant === 'a directory') mkdirSync(join(root, 'f.x'));
}

describe('a file where something stands', () => {
  it.each<[Mode, string, string]>([
    ['SKIP', 'nothing', 'f.x'],
    ['SKIP', 'a file', 'skipped'],
    ['SKIP', 'a link', 'skipped'],
    ['SKIP', 'a dangling link', 'skipped'],
    ['SKIP', 'a directory', 'NotAFile'],
    ['OVERWRITE', 'nothing', 'f.x'],
    ['OVERWRITE', 'a file', 'f.x'],
    ['OVERWRITE', 'a link', 'f.x'],
    ['OVERWRITE', 'a dangling link', 'f.x'],
    ['OVERWRITE', 'a directory', 'NotAFile'],
    ['CREATE_COPY', 'nothing', 'f.x'],
    ['CREATE_COPY', 'a file', 'f (1).x'],
    ['CREATE_COPY', 'a link', 'f (1).x'],
    ['CREATE_COPY', 'a dangling link', 'f (1).x'],
    ['CREATE_COPY', 'a directory', 'f (1).x'],
  ])('%s, %s: %s', async (conflictResolution, occupant, outcome) => {
    const store = testStore();
    const manifest = await manifestOf(store, { 'f.x': 'new' });
    const root = fresh();
    occupy(root, occupant);
    const before = readdirSync(root);
    const done = downloadManifestContents({ manifest, root, store, conflictResolution });
    if (outcome === 'NotAFile') {
      await expect(done).rejects.toMatchObject({ kind: 'NotAFile', path: 'f.x' });
      expect(readdirSync(root)).toEqual(before);
    } else if (outcome === 'skipped') {
      expect(await done).toMatchObject({ processedFiles: 0, skippedFiles: 1, skippedBytes: 3 });
      expect(readdirSync(root)).toEqual(before);
      expect(store.meter.totals().calls).toBe(0);
    } else {
      expect(await done).toMatchObject({
        processedFiles: 1,
        skippedFiles: 0,
        fileCountsByRoot: { [root]: 1 },
      });
      expect(lstatSync(join(root, outcome)).isFile()).toBe(true);
      expect(read(root, outcome)).toBe('new');
    }
    expect(read(root, 'elsewhere')).toBe('old');
    expect(partFiles(root)).toEqual([]);
  });
});

describe('a link where something stands', () => {
  it.each<[Mode, string, string]>([
    ['SKIP', 'nothing', 'f.x'],
    ['SKIP', 'a file', 'skipped'],
    ['SKIP', 'a link', 'skipped'],
    ['SKIP', 'a directory', 'NotAFile'],
    ['OVERWRITE', 'a file', 'f.x'],
    ['OVERWRITE', 'a link', 'f.x'],
    ['OVERWRITE', 'a directory', 'NotAFile'],
    ['CREATE_COPY', 'a file', 'f (1).x'],
    ['CREATE_COPY', 'a link', 'f (1).x'],
    ['CREATE_COPY', 'a directory', 'f (1).x'],
  ])('%s, %s: %s', async (conflictResolution, occupant, outcome) => {
    const manifest = v2025([{ path: 'f.x', symlinkTarget: 'new/target' }]);
    const root = fresh();
    occupy(root, occupant);
    const before = readdirSync(root);
    const done = downloadManifestContents({ manifest, root, store: testStore(), conflictResolution });
    if (outcome === 'NotAFile') await expect(done).rejects.toMatchObject({ kind: 'NotAFile' });
    else await done;
    if (outcome === 'NotAFile' || outcome === 'skipped') expect(readdirSync(root)).toEqual(before);
    else expect(readlinkSync(join(root, outcome))).toBe('new/target');
    expect(read(root, 'elsewhere')).toBe('old');
  });
});

it('counts copies on where a thousand exist', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { f: 'new' });
  const names = ['f', ...Array.from({ length: 1000 }, (_, index) => `f (${index + 1})`)];
  const root = writeTree(fresh(), Object.fromEntries(names.map((name) => [name, 'old'])));
  await downloadManifestContents({ manifest, root, store });
  expect(read(root, 'f (1001)')).toBe('new');
  expect(readdirSync(root)).toHaveLength(1002);
});

/** A cache that knows what a file was when it was told. */
async function cacheOf(root: string, name: string, hash: string): Promise<HashCache> {
  const cache = memoryHashCache();
  const { size, mtimeNs, ctimeNs } = statSync(join(root, name), { bigint: true });
  const state = { path: join(root, name), rangeStart: 0, rangeEnd: -1, size: Number(size), mtimeNs, ctimeNs };
  cache.store([{ ...state, hash, startedNs: BigInt(Date.now() + 60_000) * 1_000_000n }]);
  return cache;
}

describe('skipIdentical', () => {
  const setup = async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { f: 'new' });
    const root = writeTree(fresh(), { f: 'new' });
    utimesSync(join(root, 'f'), (MTIME + 0.5) / 1e6, (MTIME + 0.5) / 1e6);
    const hash = manifest.paths[0]?.hash ?? '';
    return { store, manifest, root, hash };
  };

  it('leaves a file that the cache knows to be the same', async () => {
    const { store, manifest, root, hash } = await setup();
    const hashCache = await cacheOf(root, 'f', hash);
    const options = { manifest, root, store, hashCache, conflictResolution: 'OVERWRITE' as const };
    expect(await downloadManifestContents(options)).toMatchObject({ processedFiles: 0, skippedFiles: 1 });
    expect(store.meter.totals().calls).toBe(0);
    expect(await downloadManifestContents({ ...options, skipIdentical: false })).toMatchObject({
      processedFiles: 1,
    });
  });

  it.each([
    ['another time', (root: string) => utimesSync(join(root, 'f'), 1, 1)],
    ['another size', (root: string) => writeFileSync(join(root, 'f'), 'newer')],
  ])('writes a file of %s', async (_what, change) => {
    const { store, manifest, root, hash } = await setup();
    change(root);
    const hashCache = await cacheOf(root, 'f', hash);
    await downloadManifestContents({ manifest, root, store, hashCache, conflictResolution: 'OVERWRITE' });
    expect(store.meter.totals().calls).toBe(1);
    expect(read(root, 'f')).toBe('new');
  });

  it('writes a file whose hash is another one, or not known', async () => {
    const { store, manifest, root } = await setup();
    const hashCache = await cacheOf(root, 'f', 'f'.repeat(32));
    const options = { manifest, root, store, conflictResolution: 'OVERWRITE' as const };
    expect(await downloadManifestContents({ ...options, hashCache })).toMatchObject({ processedFiles: 1 });
    expect(await downloadManifestContents({ ...options, hashCache: memoryHashCache() })).toMatchObject({
      processedFiles: 1,
    });
    expect(await downloadManifestContents(options)).toMatchObject({ processedFiles: 1 });
  });

  it('makes no copy less with CREATE_COPY', async () => {
    const { store, manifest, root, hash } = await setup();
    const hashCache = await cacheOf(root, 'f', hash);
    await downloadManifestContents({ manifest, root, store, hashCache });
    expect(read(root, 'f (1)')).toBe('new');
  });
});

describe('deletions', () => {
  const manifest = v2025(
    [
      { path: 'd/gone', deleted: true },
      { path: 'link', deleted: true },
      { path: 'never', deleted: true },
      { path: 'now-a-directory', deleted: true },
    ],
    {
      type: 'diff',
      parentManifestHash: 'a',
      dirs: [
        { path: 'd', deleted: true },
        { path: 'full', deleted: true },
        { path: 'd/deeper', deleted: true },
        { path: 'now-a-file', deleted: true },
      ],
    },
  );
  const occupied = (): string => {
    const root = writeTree(fresh(), {
      'd/gone': 'x',
      'full/kept': 'x',
      'now-a-file': 'x',
      'now-a-directory/kept': 'x',
      kept: 'x',
    });
    mkdirSync(join(root, 'd/deeper'));
    symlinkSync('kept', join(root, 'link'));
    return root;
  };

  it('are not made by default', async () => {
    const root = occupied();
    const before = readdirSync(root, { recursive: true }).sort();
    await downloadManifestContents({ manifest, root, store: testStore() });
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(before);
  });

  it('take files, links and empty directories, and nothing else', async () => {
    const root = occupied();
    await downloadManifestContents({ manifest, root, store: testStore(), applyDeletes: true });
    expect(readdirSync(root, { recursive: true }).sort()).toEqual([
      'full',
      'full/kept',
      'kept',
      'now-a-directory',
      'now-a-directory/kept',
      'now-a-file',
    ]);
  });

  it('do not reach through a link out of the root', async () => {
    const outside = writeTree(fresh(), { gone: 'x' });
    const root = fresh();
    symlinkSync(outside, join(root, 'd'));
    await expect(
      downloadManifestContents({ manifest, root, store: testStore(), applyDeletes: true }),
    ).rejects.toMatchObject({ kind: 'SymlinkEscape' });
    expect(read(outside, 'gone')).toBe('x');
  });
});
