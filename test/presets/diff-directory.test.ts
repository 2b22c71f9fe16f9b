import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { Manifest } from '../../src/model/manifest.js';
import {
  createManifest,
  type SnapshotOptions,
  snapshotStructure,
} from '../../src/presets/create-manifest.js';
import { type DiffDirectoryOptions, diffDirectory } from '../../src/presets/diff-directory.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('diff-directory');

const TREE: readonly DiskNode[] = [
  { path: 'a', type: 'file', content: 'aaa' },
  { path: 'd/b', type: 'file', content: 'bbb' },
  { path: 'd/e/c', type: 'file', content: 'ccc' },
  link('l', 'a'),
  { path: 'empty', type: 'dir' },
];

async function planted(
  options: Partial<SnapshotOptions> = {},
): Promise<{ root: string; manifest: Manifest }> {
  const root = plantTree(fresh(), TREE);
  const manifest = await createManifest({ root, ...options });
  if (!manifest) throw new Error('nothing was selected');
  return { root, manifest };
}

async function diffed(options: DiffDirectoryOptions): Promise<Record<string, string[]>> {
  const { added, modified, deleted, addedDirs, deletedDirs } = await diffDirectory(options);
  const paths = (entries: readonly { readonly path: string }[]): string[] => entries.map(({ path }) => path);
  const lists = {
    added: paths(added),
    modified: paths(modified),
    deleted: paths(deleted),
    addedDirs: [...addedDirs],
    deletedDirs: [...deletedDirs],
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

/** Keeps the time of the file, as an edit that wants to hide. */
function rewrite(path: string, content: string): void {
  writeFileSync(path, content);
  utimesSync(path, 0, 1_700_000_000);
}

describe.each(['v2023-03-03', 'v2025-12-04-beta', 'v2025-12'] as const)('against %s', (version) => {
  it.each([false, true])('nothing changed (forceRehash %s)', async (forceRehash) => {
    expect(await diffed({ ...(await planted({ version })), forceRehash })).toEqual({});
  });

  it('finds new, deleted and grown files, sorted', async () => {
    const { root, manifest } = await planted({ version });
    plantTree(root, files('z', 'd/a'));
    rmSync(join(root, 'd/b'));
    rewrite(join(root, 'd/e/c'), 'cccc');
    expect(await diffed({ root, manifest })).toEqual({
      added: ['d/a', 'z'],
      modified: ['d/e/c'],
      deleted: ['d/b'],
    });
  });

  it('by content sees the hidden edit and not the touch; by time the reverse', async () => {
    const { root, manifest } = await planted({ version });
    rewrite(join(root, 'd/b'), 'BBB');
    utimesSync(join(root, 'd/e/c'), 0, 5);
    expect(await diffed({ root, manifest })).toEqual({ modified: ['d/e/c'] });
    expect(await diffed({ root, manifest, forceRehash: true })).toEqual({ modified: ['d/b'] });
  });

  it('a file whose name a directory has taken is deleted, and the files below are new', async () => {
    const { root, manifest } = await planted({ version });
    rmSync(join(root, 'd/b'));
    plantTree(root, files('d/b/x'));
    const dirs = version === 'v2023-03-03' ? {} : { addedDirs: ['d/b'] };
    expect(await diffed({ root, manifest })).toEqual({ added: ['d/b/x'], deleted: ['d/b'], ...dirs });
  });
});

describe('statistics', () => {
  it('count what was seen, and read only files of equal size', async () => {
    const { root, manifest } = await planted({ version: 'v2025-12' });
    rewrite(join(root, 'd/b'), 'longer');
    const { stats } = await diffDirectory({ root, manifest, forceRehash: true });
    expect(stats).toMatchObject({ filesScanned: 4, dirsScanned: 3, filesHashed: 2, bytesHashed: 6 });
    expect(stats.walkDuration).toBeGreaterThan(0);
    expect(stats.hashDuration).toBeGreaterThan(0);
    expect((await diffDirectory({ root, manifest })).stats).toMatchObject({
      filesHashed: 0,
      bytesHashed: 0,
      hashDuration: 0,
    });
  });
});

it('counts the directories that were looked into, also for a manifest without directories', async () => {
  const { root, manifest } = await planted();
  expect((await diffDirectory({ root, manifest })).stats).toMatchObject({ filesScanned: 4, dirsScanned: 3 });
  const filter = new GlobFilter({ exclude: 'd/e/**' });
  const { stats } = await diffDirectory({ root, manifest, filter });
  expect(stats).toMatchObject({ filesScanned: 3, dirsScanned: 2 });
});

describe('the 2025 formats', () => {
  const version = 'v2025-12';

  it('compare directories, links and execute bits', async () => {
    const { root, manifest } = await planted({ version });
    rmSync(join(root, 'empty'), { recursive: true });
    mkdirSync(join(root, 'other'));
    rmSync(join(root, 'l'));
    symlinkSync('d/b', join(root, 'l'));
    chmodSync(join(root, 'a'), 0o755);
    const expected = { modified: ['a', 'l'], addedDirs: ['other'], deletedDirs: ['empty'] };
    expect(await diffed({ root, manifest })).toEqual(expected);
    expect(await diffed({ root, manifest, forceRehash: true })).toEqual(expected);
  });

  it('a link that became a file is modified, and the reverse', async () => {
    const { root, manifest } = await planted({ version });
    rmSync(join(root, 'l'));
    rmSync(join(root, 'a'));
    rewrite(join(root, 'l'), 'aaa');
    symlinkSync('l', join(root, 'a'));
    expect(await diffed({ root, manifest })).toEqual({ modified: ['a', 'l'] });
    expect(await diffed({ root, manifest, forceRehash: true })).toEqual({ modified: ['a', 'l'] });
  });

  it('compare chunks with the size of the manifest, one by one', async () => {
    const { root, manifest } = await planted({ version, chunkSizeBytes: 2 });
    expect(await diffed({ root, manifest, forceRehash: true })).toEqual({});
    rewrite(join(root, 'd/b'), 'bbB');
    expect(await diffed({ root, manifest, forceRehash: true })).toEqual({ modified: ['d/b'] });
  });

  it('with a filter report no directory that stands above kept files only', async () => {
    const { root, manifest } = await planted({ version });
    const filter = new GlobFilter({ include: '**/c' });
    expect(await diffed({ root, manifest, filter })).toEqual({});
    plantTree(root, files('new/c', 'new2/x'));
    rmSync(join(root, 'd/e'), { recursive: true });
    expect(await diffed({ root, manifest, filter })).toEqual({
      added: ['new/c'],
      deleted: ['d/e/c'],
      addedDirs: ['new'],
      deletedDirs: ['d', 'd/e'],
    });
  });
});

describe('filterScope', () => {
  const filter = new GlobFilter({ exclude: 'd/**' });

  it('both: what the filter leaves out is not reported', async () => {
    const { root, manifest } = await planted();
    rmSync(join(root, 'd/b'));
    plantTree(root, files('d/new', 'new'));
    expect(await diffed({ root, manifest, filter })).toEqual({ added: ['new'] });
  });

  it('disk: it is deleted', async () => {
    const { root, manifest } = await planted();
    expect(await diffed({ root, manifest, filter, filterScope: 'disk' })).toEqual({
      deleted: ['d/b', 'd/e/c'],
    });
  });
});

describe('what is refused', () => {
  it('an unhashed manifest, in hash mode only', async () => {
    const { root, manifest: full } = await planted({ version: 'v2025-12' });
    if (full.version === 'v2023-03-03') throw new Error('not the version that was asked for');
    const manifest = { ...full, files: full.files.map(({ hash: _hash, ...file }) => file) };
    expect(await diffed({ root, manifest })).toEqual({});
    await expect(diffed({ root, manifest, forceRehash: true })).rejects.toMatchObject({
      code: 'HASH_STATE_MISMATCH',
    });
  });

  it.each(['v2023-03-03', 'v2025-12'] as const)(
    'the structure alone (%s), in hash mode only and before anything is read',
    async (version) => {
      const { root } = await planted();
      const manifest = await snapshotStructure({ root, version });
      expect(await diffed({ root, manifest })).toEqual({});
      rewrite(join(root, 'd/b'), 'grown');
      expect(await diffed({ root, manifest })).toEqual({ modified: ['d/b'] });
      const reports: unknown[] = [];
      await expect(
        diffed({ root, manifest, forceRehash: true, onProgress: (report) => void reports.push(report) }),
      ).rejects.toMatchObject({ code: 'HASH_STATE_MISMATCH', path: expect.any(String) });
      expect(reports).toEqual([]);
    },
  );

  it('a policy that the manifest cannot hold', async () => {
    const { root, manifest } = await planted();
    await expect(diffed({ root, manifest, symlinks: 'preserve' })).rejects.toMatchObject({
      code: 'InvalidConfig',
    });
  });

  it.each<[string, Partial<DiffDirectoryOptions>, string]>([
    ['no manifest', { manifest: undefined as never }, 'InvalidConfig'],
    ['a manifest that is none', { manifest: { version: 'v1' } as never }, 'InvalidConfig'],
    ['an unknown filterScope', { filterScope: 'left' as never }, 'InvalidConfig'],
    ['an empty root', { root: '' }, 'InvalidPath'],
  ])('%s', async (_case, options, code) => {
    await expect(diffed({ ...(await planted()), ...options })).rejects.toMatchObject({ code });
  });

  it('a root that is not there', async () => {
    const { manifest } = await planted();
    await expect(diffed({ root: fresh(), manifest })).rejects.toMatchObject({ code: 'PathNotFound' });
  });
});

it('takes the link policy that was asked for', async () => {
  const root = plantTree(fresh(), [...files('d/x'), link('ld', 'd')]);
  const manifest = await createManifest({ root, followSymlinks: true });
  if (!manifest) throw new Error('nothing was selected');
  expect(await diffed({ root, manifest })).toEqual({ deleted: ['ld/x'] });
  expect(await diffed({ root, manifest, symlinks: 'collapse_all' })).toEqual({});
});
