import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { SymlinkPolicy } from '../../src/model/manifest.js';
import type { WalkOptions } from '../../src/sources/walk-tree.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots, walked } from '../support/walk.js';

const fresh = treeRoots('walk-links');

const PLAIN = ['d/x.txt', 'f.txt'];
const ESCAPING_FILES = ['absolute', 'chain', 'd/leave', 'file-out', 're-enters'];

/** A root with every sort of link, beside a directory that they can lead to. */
function plantLinks(): string {
  const base = fresh();
  const root = join(base, 'root');
  plantTree(base, files('out/o.txt'));
  return plantTree(root, [
    ...files(...PLAIN),
    link('file-in', 'f.txt'),
    link('dir-in', 'd'),
    link('broken-in', 'gone'),
    link('root-itself', '.'),
    link('file-out', '../out/o.txt'),
    link('dir-out', '../out'),
    link('broken-out', '../gone'),
    link('absolute', join(root, 'f.txt')),
    link('re-enters', '../root/f.txt'),
    link('d/leave', '../../out/o.txt'),
    link('chain', 'd/leave'),
  ]);
}

interface Expected {
  readonly files: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly warned: readonly string[];
}

const KEPT = { 'file-in': 'f.txt', 'dir-in': 'd', 'root-itself': '.' };

const POLICIES: readonly (readonly [string, WalkOptions, Expected])[] = [
  [
    'collapse_files',
    { symlinks: 'collapse_files' },
    {
      files: [...PLAIN, ...ESCAPING_FILES, 'file-in'],
      warned: ['broken-in', 'broken-out', 'dir-in', 'dir-out', 'root-itself'],
    },
  ],
  [
    'collapse_all',
    { symlinks: 'collapse_all' },
    {
      files: [...PLAIN, ...ESCAPING_FILES, 'file-in', 'dir-in/x.txt', 'dir-in/leave', 'dir-out/o.txt'],
      warned: ['broken-in', 'broken-out', 'root-itself'],
    },
  ],
  [
    'collapse_escaping',
    { symlinks: 'collapse_escaping' },
    {
      files: [...PLAIN, ...ESCAPING_FILES, 'dir-out/o.txt'],
      links: { ...KEPT, 'broken-in': 'gone' },
      warned: ['broken-out'],
    },
  ],
  [
    'preserve',
    { symlinks: 'preserve' },
    {
      files: PLAIN,
      links: { ...KEPT, 'broken-in': 'gone' },
      warned: [...ESCAPING_FILES, 'broken-out', 'dir-out'],
    },
  ],
  ['exclude_escaping', { symlinks: 'exclude_escaping' }, { files: PLAIN, links: KEPT, warned: [] }],
  [
    'exclude_escaping without link entries',
    { symlinks: 'exclude_escaping', linkEntries: false },
    { files: [...PLAIN, 'file-in', 'dir-in/x.txt'], warned: ['root-itself'] },
  ],
  ['exclude_all', { symlinks: 'exclude_all' }, { files: PLAIN, warned: [] }],
];

describe.each(POLICIES)('%s', (_name, options, expected) => {
  it('decides about every sort of link', async () => {
    const { entries, logged } = await walked(plantLinks(), options);
    const found = entries.filter(({ kind }) => kind === 'file').map(({ path }) => path);
    const kept = entries.flatMap(({ path, kind, linkTarget }) =>
      kind === 'symlink' ? [[path, linkTarget]] : [],
    );
    expect(found.sort()).toEqual([...expected.files].sort());
    expect(Object.fromEntries(kept)).toEqual(expected.links ?? {});
    expect(logged.map(({ path }) => path).sort()).toEqual([...expected.warned].sort());
    expect(logged.every(({ level, message }) => level === 'warning' && message.includes('left out'))).toBe(
      true,
    );
  });

  it('ends where links lead in circles', async () => {
    const root = plantTree(fresh(), [
      ...files('a/f'),
      link('self', 'self'),
      link('ping', 'pong'),
      link('pong', 'ping'),
      link('a/up', '..'),
      link('a/here', '.'),
      link('a/self-below', 'self-below/x'),
    ]);
    const { entries } = await walked(root, options);
    const contents = entries.filter(({ kind }) => kind === 'file').map(({ path }) => path);
    expect(contents).toEqual(['a/f']);
  });
});

it.each<SymlinkPolicy>(['collapse_files', 'collapse_all'])(
  '%s takes size, time and mode of the target',
  async (symlinks) => {
    const root = plantTree(fresh(), [
      { path: 'd/target', type: 'file', content: 'content', mode: '0755', mtime: 5 },
      link('l', 'd/target'),
    ]);
    const { entries, counters } = await walked(root, { symlinks });
    const entry = entries.find(({ path }) => path === 'l');
    expect(entry).toMatchObject({
      kind: 'file',
      size: 7,
      mtimeNs: 5_000_000_000n,
      sourcePath: join(root, 'd/target'),
    });
    expect((entry?.mode ?? 0) & 0o111).toBe(0o111);
    expect(counters).toMatchObject({ found: 2, foundBytes: 14 });
  },
);

it('gives a link entry no size and no content', async () => {
  const root = plantTree(fresh(), [...files('a'), link('d/l', '../a')]);
  const { entries, counters } = await walked(root, { symlinks: 'preserve' });
  expect(entries.find(({ kind }) => kind === 'symlink')).toMatchObject({
    path: 'd/l',
    size: 0,
    linkTarget: 'a',
  });
  expect(counters).toMatchObject({ found: 1, foundBytes: 0 });
});

describe('collapse_all', () => {
  const all = { symlinks: 'collapse_all' } as const;

  it('walks one directory by two links twice, each under its own path', async () => {
    const root = plantTree(fresh(), [...files('d/x'), link('one', 'd'), link('two', 'd')]);
    expect((await walked(root, all)).paths).toEqual(['d/x', 'one/x', 'two/x']);
  });

  it('enters no directory that is above, through whatever links', async () => {
    const root = plantTree(fresh(), [
      ...files('a/b/f', 'c/g'),
      link('a/b/to-c', '../../c'),
      link('c/to-a', '../a'),
    ]);
    const { paths, logged } = await walked(root, all);
    expect(paths).toEqual(['a/b/f', 'a/b/to-c/g', 'c/g', 'c/to-a/b/f']);
    expect(logged.map(({ path }) => path).sort()).toEqual(['a/b/to-c/to-a', 'c/to-a/b/to-c']);
  });

  it('knows the directories between a link and what it leads to', async () => {
    const base = fresh();
    plantTree(base, [...files('out/deep/deeper/f'), link('out/deep/deeper/back', '../../deep')]);
    const root = plantTree(join(base, 'root'), [link('l', '../out')]);
    const { paths, logged } = await walked(root, all);
    expect(paths).toEqual(['l/deep/deeper/f']);
    expect(logged).toMatchObject([{ path: 'l/deep/deeper/back' }]);
  });

  it('emits a linked directory as a directory when those are asked for', async () => {
    const root = plantTree(fresh(), [{ path: 'd', type: 'dir' }, link('l', 'd')]);
    const { entries } = await walked(root, { ...all, directories: true });
    expect(entries.map(({ path, kind }) => [path, kind]).sort()).toEqual([
      ['d', 'directory'],
      ['l', 'directory'],
    ]);
  });

  it('does not enter what the filter prunes', async () => {
    const root = plantTree(fresh(), [...files('d/x', 'y'), link('l', 'd')]);
    const { paths, logged } = await walked(root, { ...all, filter: new GlobFilter({ exclude: 'l/**' }) });
    expect([paths, logged]).toEqual([['d/x', 'y'], []]);
  });
});

describe('collapse_files with a filter', () => {
  const plant = (): string =>
    plantTree(fresh(), [...files('d/x.txt'), link('l', 'd'), link('broken', 'gone')]);

  it('warns of a linked directory below which files are wanted', async () => {
    const { paths, logged } = await walked(plant(), { filter: new GlobFilter({ include: '**/*.txt' }) });
    expect(paths).toEqual(['d/x.txt']);
    expect(logged.map(({ path }) => path)).toEqual(['l']);
  });

  it('says nothing of links that nobody wants', async () => {
    const { logged } = await walked(plant(), { filter: new GlobFilter({ include: 'd/*' }) });
    expect(logged).toEqual([]);
  });
});

it('treats a link that goes away while it is looked at as never seen', async () => {
  const root = plantTree(fresh(), [...files('a'), link('l', 'a')]);
  const filter = {
    matches: (path: string) => {
      if (path === 'l') rmSync(join(root, 'l'), { force: true });
      return true;
    },
  };
  const { paths, logged } = await walked(root, { filter });
  expect(paths).toEqual(['a']);
  expect(logged).toMatchObject([{ level: 'debug', path: 'l' }]);
});

it('looks at thousands of links', async () => {
  const nodes: DiskNode[] = Array.from({ length: 3000 }, (_, index) => link(`l${index}`, 'a'));
  const { entries } = await walked(plantTree(fresh(), [...files('a'), ...nodes]));
  expect(entries).toHaveLength(3001);
});

it('hands the broken links that are wanted to whoever takes them, instead of a warning', async () => {
  const root = plantTree(fresh(), [
    ...files('a'),
    link('d/l', 'gone'),
    link('m', 'm'),
    link('n.tmp', 'gone'),
  ]);
  const taken: string[] = [];
  const { paths, logged } = await walked(root, {
    filter: new GlobFilter({ exclude: '**/*.tmp' }),
    onBrokenLink: (path) => taken.push(path),
  });
  expect([paths, taken.sort(), logged]).toEqual([['a'], ['d/l', 'm'], []]);
});
