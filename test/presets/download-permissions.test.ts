/** Groups and modes that a download is asked to set (spec/storage.md 4.5), on real files. */
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadManifestContents } from '../../src/presets/contents.js';
import {
  MTIME,
  manifestOf,
  noise,
  partFiles,
  storeObject,
  testStore,
  v2025,
  writeTree,
} from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-permissions');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const isRoot = process.getuid?.() === 0;
/** Only root may give files to any group; others have their own. */
const GID = isRoot ? 1 : (process.getgid?.() ?? 0);
const shared = {
  osUser: 'job-user',
  osGroup: isRoot ? 'daemon' : String(GID),
  dirMode: 0o20,
  fileMode: 0o60,
};

function access(path: string): [gid: number, mode: string] {
  const { gid, mode } = lstatSync(path);
  return [gid, (mode & 0o7777).toString(8)];
}

describe.runIf(process.platform !== 'win32')('files that are shared with a group', () => {
  let umask = 0;
  beforeAll(() => {
    umask = process.umask(0o077);
  });
  afterAll(() => void process.umask(umask));

  it('get group and bits, and so does every directory up to the root', async () => {
    const store = testStore();
    const big = noise(40 * 1024 * 1024, 3);
    const manifest = await manifestOf(store, { top: 'x', 'a/b/deep': 'y', 'a/b/empty': '', 'c/big': big });
    const above = fresh();
    const root = join(above, 'root');
    mkdirSync(join(root, 'a'), { recursive: true });
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'a/own'), 'not of the manifest');
    await downloadManifestContents({ manifest, root, store, fileSystemPermissions: shared });
    for (const file of ['top', 'a/b/deep', 'a/b/empty', 'c/big'])
      expect([file, access(join(root, file))]).toEqual([file, [GID, '660']]);
    for (const directory of ['', 'a', 'a/b', 'c'])
      expect([directory, access(join(root, directory))]).toEqual([directory, [GID, '720']]);
    const mine = process.getgid?.();
    expect(access(join(root, 'other'))).toEqual([mine, '700']);
    expect(access(join(root, 'a/own'))).toEqual([mine, '600']);
    expect(access(above)[0]).toBe(mine);
    expect(statSync(join(root, 'top')).mtimeMs).toBeCloseTo(MTIME / 1000, 0);
    expect(partFiles(root)).toEqual([]);
  });

  it('are copies of equal content too', async () => {
    const store = testStore();
    const names = Array.from({ length: 30 }, (_, index) => `${index % 5}/${index}`);
    const manifest = await manifestOf(store, Object.fromEntries(names.map((name) => [name, 'same'])));
    const root = fresh();
    await downloadManifestContents({ manifest, root, store, fileSystemPermissions: shared });
    for (const name of names) expect(access(join(root, name))).toEqual([GID, '660']);
    expect(store.meter.totals().calls).toBe(1);
  });

  it('become runnable for whom they were readable before', async () => {
    const store = testStore();
    const hash = await storeObject(store, 'x');
    const manifest = v2025([{ path: 'run', hash, size: 1, mtime: MTIME, runnable: true }]);
    const root = fresh();
    await downloadManifestContents({ manifest, root, store, fileSystemPermissions: shared });
    expect(access(join(root, 'run'))).toEqual([GID, '760']);
  });

  it('are not the links, nor what they lead to', async () => {
    const store = testStore();
    const hash = await storeObject(store, 'x');
    const manifest = v2025([
      { path: 'd/f', hash, size: 1, mtime: MTIME },
      { path: 'link', symlinkTarget: 'kept' },
    ]);
    const root = writeTree(fresh(), { kept: 'mine' });
    await downloadManifestContents({ manifest, root, store, fileSystemPermissions: shared });
    expect(readlinkSync(join(root, 'link'))).toBe('kept');
    const mine = process.getgid?.();
    expect(lstatSync(join(root, 'link')).gid).toBe(mine);
    expect(access(join(root, 'kept'))).toEqual([mine, '600']);
    expect(access(join(root, 'd/f'))).toEqual([GID, '660']);
  });

  it('are those written: what stays, and its directory, stays as it is', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { 'd/old': 'new', 'e/new': 'new' });
    const root = writeTree(fresh(), { 'd/old': 'old' });
    chmodSync(root, 0o700);
    await downloadManifestContents({
      ...{ manifest, root, store, conflictResolution: 'SKIP' },
      fileSystemPermissions: shared,
    });
    const mine = process.getgid?.();
    expect(access(join(root, 'd/old'))).toEqual([mine, '600']);
    expect(access(join(root, 'd'))).toEqual([mine, '700']);
    expect(access(join(root, 'e/new'))).toEqual([GID, '660']);
  });

  it('are new ones: a file that is replaced is not given away', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, { 'd/f': 'new' });
    const root = writeTree(fresh(), { 'd/f': 'old' });
    linkSync(join(root, 'd/f'), join(root, 'other name'));
    const options = { conflictResolution: 'OVERWRITE', fileSystemPermissions: shared } as const;
    await downloadManifestContents({ manifest, root, store, ...options });
    expect(access(join(root, 'd/f'))).toEqual([GID, '660']);
    expect(access(join(root, 'other name'))).toEqual([process.getgid?.(), '600']);
  });
});

it.each([
  ['a group that does not exist', { ...shared, osGroup: 'rx-no-such-group' }],
  ['a mode that is none', { ...shared, fileMode: 0o10000 }],
  [
    'the kind of another system',
    process.platform === 'win32' ? shared : ({ osUser: 'u', dirMode: 'READ', fileMode: 'READ' } as const),
  ],
])('%s is InvalidConfig before anything is downloaded', async (_what, fileSystemPermissions) => {
  const store = testStore();
  const manifest = await manifestOf(store, { 'd/f': 'x' });
  const root = join(fresh(), 'root');
  await expect(
    downloadManifestContents({ manifest, root, store, fileSystemPermissions }),
  ).rejects.toMatchObject({ code: 'InvalidConfig' });
  expect(existsSync(root)).toBe(false);
  expect(store.meter.totals().calls).toBe(0);
});
