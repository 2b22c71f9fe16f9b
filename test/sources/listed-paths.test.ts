import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { listedPaths } from '../../src/sources/listed-paths.js';
import type { WalkOptions } from '../../src/sources/walk-tree.js';
import { testContext } from '../support/pipeline.js';
import { files, link, plantTree } from '../support/tree-on-disk.js';
import { collected, treeRoots } from '../support/walk.js';

const fresh = treeRoots('listed-paths');
const listed = (root: string, names: readonly string[], options: WalkOptions = {}) =>
  collected(
    listedPaths(
      root,
      names.map((name) => join(root, name)),
      options,
    ),
  );

it.each([
  ['files', ['a', 'd/b'], ['a', 'd/b']],
  ['a directory', ['d'], ['d/b', 'd/e/c']],
  ['the root', ['.'], ['a', 'd/b', 'd/e/c', 'd2/f']],
  ['a directory and what is in it', ['d', 'd/b', 'd/e', 'd/e/c'], ['d/b', 'd/e/c']],
  ['the root and all below', ['d', '.', 'a'], ['a', 'd/b', 'd/e/c', 'd2/f']],
  ['two directories, one a prefix of the other by text', ['d2', 'd'], ['d/b', 'd/e/c', 'd2/f']],
  ['one thing twice', ['a', 'a', 'd', 'd'], ['a', 'd/b', 'd/e/c']],
  ['nothing', [], []],
])('%s: each file comes once, and counts once', async (_case, names, expected) => {
  const root = plantTree(fresh(), files('a', 'd/b', 'd/e/c', 'd2/f'));
  const { paths, counters } = await listed(root, names);
  expect(paths).toEqual(expected);
  expect(counters['found'] ?? 0).toBe(expected.length);
});

it('takes a file that is its own root by its name', async () => {
  const root = plantTree(fresh(), files('a'));
  const { paths } = await collected(listedPaths(join(root, 'a'), [join(root, 'a')]));
  expect(paths).toEqual(['a']);
});

it('filters directories relative to themselves, and named files not at all', async () => {
  const root = plantTree(fresh(), files('d/x.tmp', 'd/y', 'z.tmp'));
  const { paths } = await listed(root, ['d', 'z.tmp'], { filter: new GlobFilter({ exclude: '*.tmp' }) });
  expect(paths).toEqual(['d/y', 'z.tmp']);
});

it('moves link targets with their directory', async () => {
  const root = plantTree(fresh(), [...files('d/a'), link('d/l', 'a'), link('d/e/up', '..')]);
  const { entries } = await listed(root, ['d'], { symlinks: 'preserve' });
  const links = entries.flatMap(({ path, linkTarget }) =>
    linkTarget === undefined ? [] : [[path, linkTarget]],
  );
  expect(links.sort()).toEqual([
    ['d/e/up', 'd'],
    ['d/l', 'd/a'],
  ]);
});

describe('what cannot be taken', () => {
  it.each([
    ['missing', 'gone', 'PathNotFound'],
    ['below a file', 'f/x', 'PathNotFound'],
    ['a broken link', 'broken', 'PathNotFound'],
    ['a FIFO', 'pipe', 'NotAFile'],
    ['a link in a circle', 'self', 'NotAFile'],
  ])('%s', async (_case, name, code) => {
    const root = plantTree(fresh(), [
      ...files('f'),
      link('broken', 'gone'),
      link('self', 'self'),
      { path: 'pipe', type: 'fifo' },
    ]);
    await expect(listed(root, ['f', name])).rejects.toMatchObject({ code, path: join(root, name) });
  });
});

it('hands the first file on before the last is looked at', async () => {
  const root = plantTree(fresh(), files(...Array.from({ length: 40 }, (_, index) => `f${index}`)));
  const paths = Array.from({ length: 40 }, (_, index) => join(root, `f${index}`));
  const source = listedPaths(root, [...paths, join(root, 'gone')])(testContext());
  const iterator = source[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ path: 'f0' });
  rmSync(join(root, 'f39'));
  const rest = async (): Promise<void> => {
    while ((await iterator.next()).done !== true);
  };
  await expect(rest()).rejects.toMatchObject({ code: 'PathNotFound', path: join(root, 'f39') });
});

it('sorts out thousands of nested directories without comparing all pairs', async () => {
  const names = Array.from({ length: 4000 }, (_, index) => `d${index}`);
  const root = plantTree(
    fresh(),
    names.map((path) => ({ path, type: 'dir' })),
  );
  const started = performance.now();
  expect((await listed(root, ['.', ...names])).paths).toEqual([]);
  expect(performance.now() - started).toBeLessThan(10_000);
});
