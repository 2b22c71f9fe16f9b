import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { givenFiles } from '../../src/sources/given-files.js';
import { files, link, plantTree } from '../support/tree-on-disk.js';
import { collected, treeRoots } from '../support/walk.js';

const fresh = treeRoots('given-files');
const given = (root: string, ...names: readonly string[]) =>
  collected(
    givenFiles(
      root,
      names.map((name) => join(root, name)),
    ),
  );

it('emits each file once, in the order given, with links followed', async () => {
  const root = plantTree(fresh(), [
    { path: 'd/b', type: 'file', content: 'bb' },
    ...files('a'),
    link('l', 'd/b'),
    link('ld', 'd'),
  ]);
  const { entries, counters, logged } = await given(root, 'l', 'a', 'ld/b', 'a');
  expect(entries.map(({ path, kind, size }) => [path, kind, size])).toEqual([
    ['l', 'file', 2],
    ['a', 'file', 0],
    ['ld/b', 'file', 2],
  ]);
  expect(entries[0]?.sourcePath).toBe(join(realpathSync(root), 'd/b'));
  expect(counters).toMatchObject({ found: 3, foundBytes: 4 });
  expect(logged).toEqual([]);
});

it('leaves out what does not exist, with a warning', async () => {
  const root = plantTree(fresh(), [...files('a', 'f'), link('broken', 'gone')]);
  const { paths, logged } = await given(root, 'gone', 'a', 'broken', 'f/below');
  expect(paths).toEqual(['a']);
  // Files are looked at side by side, so the warnings come in no promised order.
  expect(logged.map(({ level, path }) => [level, path]).sort()).toEqual(
    ['broken', 'f/below', 'gone'].map((name) => ['warning', join(root, name)]),
  );
});

it.each([
  ['a directory', 'd'],
  ['a FIFO', 'pipe'],
  ['a link to a directory', 'ld'],
])('refuses %s as NotAFile', async (_case, name) => {
  const root = plantTree(fresh(), [...files('d/x'), { path: 'pipe', type: 'fifo' }, link('ld', 'd')]);
  await expect(given(root, name)).rejects.toMatchObject({ code: 'NotAFile', path: join(root, name) });
});

describe('a path outside the root', () => {
  it.each([
    ['beside it', '../root2/x'],
    ['above it', '..'],
    ['the root itself', '.'],
  ])('%s is refused before any file is opened', async (_case, name) => {
    const base = fresh();
    const root = join(base, 'root'); // does not even exist
    await expect(given(root, 'a', name)).rejects.toMatchObject({
      code: 'PathOutsideRoot',
      path: join(root, name),
      root,
    });
    await expect(given(root, name)).rejects.toThrow(JSON.stringify(root));
  });

  it('is none below the root of the file system', async () => {
    const root = plantTree(fresh(), files('a'));
    const { paths } = await collected(givenFiles('/', [join(root, 'a')]));
    expect(paths).toEqual([join(root, 'a').slice(1)]);
  });
});

it('judges the root', async () => {
  await expect(given(fresh(), 'a')).rejects.toMatchObject({ code: 'PathNotFound' });
});
