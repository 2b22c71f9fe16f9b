/** What a manifest or the target directory could do to files outside the root, and that it does not. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadManifestContents } from '../../src/presets/contents.js';
import {
  manifestOf,
  partFiles,
  read,
  storeObject,
  testStore,
  v2025,
  writeTree,
} from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-security');
const fresh = (): string => mkdtempSync(join(base, 'case-'));

describe('a path that leaves the root', () => {
  it.each(['../x', 'a/../../x', '/abs', 'C:\\x', '\\x', 'a//b', ''])(
    '%j is refused before the first write and the first request',
    async (path) => {
      const store = testStore();
      const manifest = await manifestOf(store, { good: 'g', [path]: 'x' });
      const root = join(fresh(), 'root');
      await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
        kind: 'PathOutsideRoot',
        path,
      });
      expect(existsSync(root)).toBe(false);
      expect(store.meter.totals().calls).toBe(0);
    },
  );
});

describe('a link in the target directory', () => {
  it.each(['SKIP', 'OVERWRITE', 'CREATE_COPY'] as const)(
    'that leads outside is not written through with %s',
    async (conflictResolution) => {
      const store = testStore();
      const manifest = await manifestOf(store, { 'link/x': 'new', 'link/y/z': 'new' });
      const outside = fresh();
      const root = fresh();
      symlinkSync(outside, join(root, 'link'));
      await expect(
        downloadManifestContents({ manifest, root, store, conflictResolution }),
      ).rejects.toMatchObject({ kind: 'SymlinkEscape', path: join(root, 'link') });
      expect(readdirSync(outside)).toEqual([]);
      expect(readdirSync(root)).toEqual(['link']);
    },
  );

  it('that stays inside is followed', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { 'link/x': 'new' });
    const root = writeTree(fresh(), { 'real/y': 'old' });
    symlinkSync('real', join(root, 'link'));
    await downloadManifestContents({ manifest, root, store });
    expect(read(root, 'real/x')).toBe('new');
  });

  it('in place of a file is replaced, and its target kept', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { x: 'new' });
    const root = writeTree(fresh(), { victim: 'old' });
    symlinkSync('victim', join(root, 'x'));
    await downloadManifestContents({ manifest, root, store, conflictResolution: 'OVERWRITE' });
    expect(lstatSync(join(root, 'x')).isFile()).toBe(true);
    expect(read(root, 'victim')).toBe('old');
    expect(read(root, 'x')).toBe('new');
  });
});

it.each([
  ['OVERWRITE', 'x'],
  ['CREATE_COPY', 'x (1)'],
  ['SKIP', undefined],
] as const)(
  'a target that becomes a link during the run is not written through with %s',
  async (mode, name) => {
    const outside = writeTree(fresh(), { victim: 'old' });
    const root = fresh();
    const store = testStore(({ method }) => {
      if (method === 'getObject') symlinkSync(join(outside, 'victim'), join(root, 'x'));
      return undefined;
    });
    const manifest = await manifestOf(store, { x: 'new' });
    await downloadManifestContents({ manifest, root, store, conflictResolution: mode });
    expect(read(outside, 'victim')).toBe('old');
    if (name !== undefined) expect(read(root, name)).toBe('new');
    if (mode !== 'OVERWRITE') expect(readlinkSync(join(root, 'x'))).toBe(join(outside, 'victim'));
    expect(partFiles(root)).toEqual([]);
  },
);

describe('links of the manifest', () => {
  it.each([
    ['an absolute target', { path: 'a', symlinkTarget: '/etc' }],
    ['a target above the root', { path: 'a', symlinkTarget: '../x' }],
    ['a target that climbs out', { path: 'd/a', symlinkTarget: 'd/../../x' }],
  ])('with %s are refused in planning', async (_what, link) => {
    const store = testStore();
    const hash = await storeObject(store, 'b');
    const root = join(fresh(), 'root');
    const manifest = v2025([{ path: 'b', hash, size: 1, mtime: 1 }, link]);
    await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
      kind: 'SymlinkEscape',
      path: link.path,
    });
    expect(existsSync(root)).toBe(false);
  });

  it('are refused with files below them', async () => {
    const store = testStore();
    const hash = await storeObject(store, 'b');
    const root = join(fresh(), 'root');
    const manifest = v2025([
      { path: 'a', symlinkTarget: 'd' },
      { path: 'a/b', hash, size: 1, mtime: 1 },
    ]);
    await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
      kind: 'SymlinkEscape',
    });
    expect(existsSync(root)).toBe(false);
  });

  it('are refused when their directory is a link from which they would lead outside', async () => {
    const store = testStore();
    const root = fresh();
    mkdirSync(join(root, 'p/q'), { recursive: true });
    symlinkSync('../..', join(root, 'p/q/r'));
    const manifest = v2025([{ path: 'p/q/r/l', symlinkTarget: 'x' }]);
    await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
      kind: 'SymlinkEscape',
      path: join(root, 'p/q/r/l'),
      hint: expect.any(String),
    });
    expect(existsSync(join(root, 'l'))).toBe(false);
  });

  it('are made when all files stand, so that none is written through one', async () => {
    const root = fresh();
    const linksSeen: string[] = [];
    const store = testStore(({ method }) => {
      if (method.startsWith('get')) linksSeen.push(...readdirSync(root).filter((name) => name === 'l'));
      return undefined;
    });
    const files = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const hash = await storeObject(store, `${index}`);
        return { path: `f/${index}`, hash, size: `${index}`.length, mtime: 1 };
      }),
    );
    const manifest = v2025([{ path: 'l', symlinkTarget: 'f' }, ...files]);
    await downloadManifestContents({ manifest, root, store });
    expect(linksSeen).toEqual([]);
    expect(readlinkSync(join(root, 'l'))).toBe('f');
  });
});

it('names that are no UTF-8 become the bytes they stand for', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { 'd\udcff/n\udc80': 'x', 'NFC ä': 'c', 'NFD a\u0308': 'd' });
  const root = fresh();
  await downloadManifestContents({ manifest, root, store });
  const bytes = Buffer.concat([
    Buffer.from(`${root}/d`),
    Buffer.of(0xff),
    Buffer.from('/n'),
    Buffer.of(0x80),
  ]);
  expect(readFileSync(bytes, 'utf8')).toBe('x');
  expect(readdirSync(root)).toContain('NFC ä');
  expect(readdirSync(root)).toContain('NFD a\u0308');
  await downloadManifestContents({ manifest, root, store, conflictResolution: 'SKIP' });
  expect(readdirSync(root)).toHaveLength(3);
  rmSync(root, { recursive: true });
});

it('a root that is a file is refused before the first request', async () => {
  const store = testStore();
  const manifest = await manifestOf(store, { x: 'new' });
  const root = join(fresh(), 'file');
  writeFileSync(root, 'x');
  await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
    kind: 'LocalIo',
    hint: expect.any(String),
  });
  expect(store.meter.totals().calls).toBe(0);
});
