import * as nodeFs from 'node:fs';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type GlobStreamOptions, globStream, joinPath, joinRelative } from '../../src/sources/glob-stream.js';
import { canCountDescriptors, openBelow } from '../support/descriptors.js';
import { turns } from '../support/pipeline.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return { ...real, opendir: vi.fn(real.opendir) };
});

const fresh = treeRoots('glob-stream');
const opened = (root: string): string[] =>
  vi
    .mocked(nodeFs.opendir)
    .mock.calls.map(([path]) => String(path).slice(root.length + 1))
    .sort();

beforeEach(() => {
  vi.mocked(nodeFs.opendir).mockClear();
});

const defaults = (): GlobStreamOptions => ({
  prune: () => false,
  onUnlistable: (_path, error) => {
    throw error;
  },
  signal: new AbortController().signal,
});

async function listed(root: string, options: Partial<GlobStreamOptions> = {}): Promise<string[]> {
  const paths: string[] = [];
  for await (const batch of globStream(root, { ...defaults(), ...options })) {
    expect(batch.length).toBeGreaterThan(0);
    expect(batch.length).toBeLessThanOrEqual(1024);
    paths.push(...batch.map(({ path }) => path));
  }
  return paths.sort();
}

function crowd(root: string, count: number, prefix = 'f'): string {
  mkdirSync(root, { recursive: true });
  for (let index = 0; index < count; index += 1) writeFileSync(join(root, `${prefix}${index}`), '');
  return root;
}

it('lists files, directories and links, hidden ones too', async () => {
  const root = plantTree(fresh(), files('a', '.h/b', 'd/e/f'));
  symlinkSync('d', join(root, 'l'));
  expect(await listed(root)).toEqual(['.h', '.h/b', 'a', 'd', 'd/e', 'd/e/f', 'l']);
});

it('opens each directory once, and none that is pruned', async () => {
  const root = plantTree(fresh(), files('a/b/c', 'no/x/y', 'a/no/z'));
  expect(await listed(root, { prune: (path) => path.endsWith('no') })).toEqual([
    'a',
    'a/b',
    'a/b/c',
    'a/no',
    'no',
  ]);
  expect(opened(root)).toEqual(['', 'a', 'a/b']);
});

describe('a directory above the limit', () => {
  const limited = { largeDirectoryNames: 10 };

  it.each([9, 10, 11, 2500])('of %d names is listed whole, with what lies below', async (count) => {
    const root = crowd(fresh(), count);
    for (let index = 0; index < 30; index += 1) crowd(join(root, `d${index}`), 12, 'g\n');
    const found = await listed(root, limited);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toHaveLength(count + 30 + 30 * 12);
  });

  it('is not read to its end before the first batch is taken', async () => {
    const root = crowd(fresh(), 60_000);
    const iterator = globStream(root, { ...defaults(), largeDirectoryNames: 100 });
    const first = await iterator.next();
    expect(first.done).toBe(false);
    await turns(200);
    if (canCountDescriptors) expect(openBelow(root)).toEqual([root]);
    await iterator.return(undefined);
    if (canCountDescriptors) expect(openBelow(root)).toEqual([]);
  });

  it('prunes below it as everywhere', async () => {
    const root = crowd(fresh(), 40);
    crowd(join(root, 'no'), 3);
    const found = await listed(root, { ...limited, prune: (path) => path === 'no' });
    expect(found).toHaveLength(41);
    expect(opened(root)).toEqual(['']);
  });
});

it('lists no further directory while nobody takes what is there', async () => {
  const root = fresh();
  for (let index = 0; index < 60; index += 1) crowd(join(root, `d${index}`), 1000);
  const iterator = globStream(root, defaults());
  await iterator.next();
  // At rest: no listing was begun for a while, however slow those under way are.
  let openedAtRest = -1;
  while (openedAtRest !== opened(root).length) {
    openedAtRest = opened(root).length;
    await setTimeout(400);
  }
  expect(openedAtRest).toBeLessThan(40); // 4,096 entries wait, and what was being listed
  let rest = 0;
  for await (const batch of iterator) rest += batch.length;
  expect(rest).toBeGreaterThan(40_000);
  expect(opened(root)).toHaveLength(61);
});

it('reports a directory that cannot be listed and goes on, or ends with what that throws', async () => {
  const root = plantTree(fresh(), files('a/b', 'c/d'));
  const broken = new Error('EIO');
  const real = vi.mocked(nodeFs.opendir).getMockImplementation();
  vi.mocked(nodeFs.opendir).mockImplementation(((path: string, options: object, done: (e: Error) => void) =>
    path.endsWith('/a')
      ? done(broken)
      : (real as never as typeof nodeFs.opendir)(path, options, done as never)) as never);
  try {
    const unlistable: unknown[] = [];
    const onUnlistable = (path: string, error: Error): void => void unlistable.push([path, error]);
    expect(await listed(root, { onUnlistable })).toEqual(['a', 'c', 'c/d']);
    expect(unlistable).toEqual([['a', broken]]);
    await expect(listed(root)).rejects.toBe(broken);
  } finally {
    vi.mocked(nodeFs.opendir).mockImplementation(real as never);
  }
});

it('ends when the signal aborts, also while it waits', async () => {
  const root = crowd(fresh(), 5000);
  const controller = new AbortController();
  const iterator = globStream(root, { ...defaults(), signal: controller.signal, largeDirectoryNames: 50 });
  await iterator.next();
  controller.abort();
  expect((await iterator.next()).done).toBe(true);
  if (canCountDescriptors) expect(openBelow(root)).toEqual([]);
});

it.each([
  ['/', '', '/'],
  ['/', 'a', '/a'],
  ['/r', '', '/r'],
  ['/r', 'a/b', '/r/a/b'],
])('joinPath(%s, %s) is %s', (root, relative, expected) => {
  expect(joinPath(root, relative)).toBe(expected);
});

it.each([
  ['', 'a', 'a'],
  ['p', '', 'p'],
  ['p', 'a', 'p/a'],
])('joinRelative(%j, %j) is %s', (prefix, path, expected) => {
  expect(joinRelative(prefix, path)).toBe(expected);
});
