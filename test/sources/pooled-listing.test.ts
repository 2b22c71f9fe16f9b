import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { pooledListing } from '../../src/sources/pooled-listing.js';
import { STAT_STRIDE } from '../../src/sources/stat-batch.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots, walked } from '../support/walk.js';

const fresh = treeRoots('pooled-listing');
const pool = createHashPool();
afterAll(() => pool.close());
const pooled = () => ({ list: pooledListing(pool, STAT_STRIDE) });

const ODD = [
  'a\nb',
  'c\rd',
  'e\u2028',
  '\u2029f',
  '\n',
  '\u{1f600}',
  '\u00e9',
  'e\u0301',
  'g\ufffd',
  'h\\i',
  '[x]',
  '{a,b}',
];
const TREE: readonly DiskNode[] = [
  { path: 'run.sh', type: 'file', content: '#!', mode: '0755', mtimeNs: '-1001' },
  ...files('d/e/f', 'd/g', '.hidden/x', ...ODD, ...ODD.map((name) => `odd/${name}/${name}`)),
  ...Array.from({ length: 40 }, (_, index): DiskNode => ({ path: `many/f${index}`, type: 'file' })),
  { path: 'many/sub/deep', type: 'file', content: 'deep' },
  { path: 'pipe', type: 'fifo' },
  { path: 'empty', type: 'dir' },
  link('l', 'run.sh'),
  link('ld', 'd'),
  link('broken', 'gone'),
];

describe('a walk by pooled listings gives what one without gives', () => {
  it.each([
    ['as it is', {}],
    ['with directories', { directories: true }],
    ['with links kept', { symlinks: 'preserve' }],
    ['with links followed', { symlinks: 'collapse_all' }],
    ['with a filter', { filter: new GlobFilter({ include: '**/f*', exclude: 'many/f1*' }) }],
    ['with large directories', { largeDirectoryNames: 10 }],
  ] as const)('%s', async (_case, options) => {
    const root = plantTree(fresh(), TREE);
    const byPath = (run: Awaited<ReturnType<typeof walked>>) => ({
      entries: [...run.entries].sort((a, b) => (a.path < b.path ? -1 : 1)),
      warned: run.logged.map(({ level, path }) => `${level} ${path}`).sort(),
      counters: run.counters,
    });
    const plain = byPath(await walked(root, options));
    expect(plain.entries.length).toBeGreaterThan(5);
    expect(byPath(await walked(root, { ...options, ...pooled() }))).toEqual(plain);
  });
});

it('finds a name that is not UTF-8', async () => {
  const root = plantTree(fresh(), files('a'));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/b`), Buffer.from([0xff])]), '');
  await expect(walked(root, pooled())).rejects.toMatchObject({ code: 'InvalidPath' });
});

it('ends with the error of the pool: what it did not list is not left out in silence', async () => {
  const closed = createHashPool();
  await closed.close();
  const root = plantTree(fresh(), files('a'));
  const run = walked(root, { list: pooledListing(closed, STAT_STRIDE) });
  await expect(run).rejects.toBeInstanceOf(Error);
});
