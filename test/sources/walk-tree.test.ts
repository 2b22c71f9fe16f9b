import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { floorMicroseconds, type TreeEntry } from '../../src/model/file-item.js';
import { GlobFilter, type GlobFilterOptions } from '../../src/model/glob-filter.js';
import type { SymlinkPolicy } from '../../src/model/manifest.js';
import { type ListDirectory, listDirectory } from '../../src/sources/list-directory.js';
import { statMany } from '../../src/sources/stat-batch.js';
import { walkTree } from '../../src/sources/walk-tree.js';
import { canCountDescriptors, openBelow } from '../support/descriptors.js';
import { testContext } from '../support/pipeline.js';
import { files, link, plantTree, setMtimeNs } from '../support/tree-on-disk.js';
import { treeRoots, walked } from '../support/walk.js';

const fresh = treeRoots('walk-tree');

describe('the root', () => {
  it.each([
    ['is missing', 'gone', 'PathNotFound'],
    ['is a file', 'f', 'NotADirectory'],
    ['lies below a file', 'f/x', 'NotADirectory'],
    ['is a broken link', 'broken', 'PathNotFound'],
    ['is a name too long', 'x'.repeat(300), 'PathTooLong'],
    ['holds a NUL', 'a\0b', 'InvalidPath'],
  ])('that %s', async (_case, name, code) => {
    const root = plantTree(fresh(), [...files('f'), link('broken', 'gone')]);
    const path = join(root, name);
    await expect(walked(path)).rejects.toMatchObject({ code, path });
  });

  it('that is empty has no entry, not even itself', async () => {
    const { entries, counters } = await walked(plantTree(fresh(), []), { directories: true });
    expect(entries).toEqual([]);
    expect(counters).toMatchObject({ walked: 1 });
  });

  it('that is a link is walked; content is named by its real path', async () => {
    const base = plantTree(fresh(), [...files('real/d/a.txt'), link('root', 'real')]);
    const { entries } = await walked(join(base, 'root'));
    expect(entries).toMatchObject([{ path: 'd/a.txt', sourcePath: join(base, 'real/d/a.txt') }]);
  });
});

it('carries size, times and mode of each file, and counts', async () => {
  const root = plantTree(fresh(), [
    { path: 'd/run.sh', type: 'file', content: 'abc', mode: '0755' },
    { path: 'empty', type: 'file', mode: '0600' },
  ]);
  const { entries, counters } = await walked(root);
  const [run, empty] = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1)) as [TreeEntry, TreeEntry];
  expect(run).toMatchObject({ path: 'd/run.sh', kind: 'file', size: 3, mtimeNs: 1_700_000_000_000_000_000n });
  expect(run.mode & 0o777).toBe(0o755);
  expect(run.ctimeNs).toBeGreaterThan(run.mtimeNs);
  expect(empty).toMatchObject({ path: 'empty', size: 0 });
  expect(counters).toMatchObject({ found: 2, foundBytes: 3, walked: 1 });
});

it('emits directories when asked, in a filtered walk those that the filter matches', async () => {
  const root = plantTree(fresh(), [...files('a/b/f.txt'), { path: 'empty', type: 'dir' }]);
  expect((await walked(root)).paths).toEqual(['a/b/f.txt']);
  const all = await walked(root, { directories: true });
  expect(all.entries.map(({ path, kind }) => [path, kind]).sort()).toEqual([
    ['a', 'directory'],
    ['a/b', 'directory'],
    ['a/b/f.txt', 'file'],
    ['empty', 'directory'],
  ]);
  expect(all.counters).toMatchObject({ found: 1 });
  const filtered = await walked(root, { directories: true, filter: new GlobFilter({ include: '**/*.txt' }) });
  expect(filtered.paths).toEqual(['a/b/f.txt']);
});

describe('times', () => {
  it.each([
    ['999 ns', 999n, 0],
    ['before 1970 by one ns', -1n, -1],
    ['before 1970 by a fraction of a microsecond more than one', -1001n, -2],
    ['in 1969', -31_536_000_000_000_001n, -31_536_000_000_001],
    ['with all nine digits', 1_700_000_000_123_456_789n, 1_700_000_000_123_456],
  ])('%s', async (_case, ns, us) => {
    const root = plantTree(fresh(), files('a'));
    setMtimeNs(join(root, 'a'), ns);
    const [entry] = (await walked(root)).entries;
    expect(entry?.mtimeNs).toBe(ns);
    expect(floorMicroseconds(entry?.mtimeNs ?? 0n)).toBe(us);
  });
});

describe('special files', () => {
  const special = (): string => plantTree(fresh(), [...files('a'), { path: 'd/pipe', type: 'fifo' }]);

  it('are left out with one warning each and never opened', async () => {
    const root = special();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    try {
      const { paths, logged } = await walked(root);
      expect(paths).toEqual(['a']);
      expect(logged.map(({ level, path }) => [level, path]).sort()).toEqual([
        ['warning', 'd/pipe'],
        ['warning', 'socket'],
      ]);
    } finally {
      server.close();
    }
  });

  it('that are devices, too, where one can be made', async () => {
    const root = plantTree(fresh(), files('a'));
    const { status } = spawnSync('mknod', [join(root, 'zero'), 'c', '1', '5']);
    const { paths, logged } = await walked(root);
    expect(paths).toEqual(['a']);
    expect(logged.map(({ path }) => path)).toEqual(status === 0 ? ['zero'] : []);
  });

  it('end the walk when asked', async () => {
    const root = special();
    const refused = walked(root, { onSpecialFile: 'error' });
    await expect(refused).rejects.toMatchObject({ code: 'NotAFile', path: join(root, 'd/pipe') });
  });

  it('count neither way when the filter leaves them out', async () => {
    const { paths, logged } = await walked(special(), {
      filter: new GlobFilter({ exclude: 'd/**' }),
      onSpecialFile: 'error',
    });
    expect([paths, logged]).toEqual([['a'], []]);
  });

  it.each(['collapse_files', 'collapse_all', 'preserve', 'exclude_all'] as const)(
    'behind a link are not opened either: %s',
    async (symlinks) => {
      const root = plantTree(fresh(), [{ path: 'd/pipe', type: 'fifo' }, link('l', 'd/pipe')]);
      const { entries } = await walked(root, { symlinks });
      expect(entries.map(({ path, kind }) => [path, kind])).toEqual(
        symlinks === 'preserve' ? [['l', 'symlink']] : [],
      );
    },
  );
});

describe('an entry that goes away', () => {
  it('between listing and stat was never there', async () => {
    const root = plantTree(fresh(), files('a', 'b', 'c'));
    const { paths, logged } = await walked(root, {
      stat: (asked, options) => {
        rmSync(join(root, 'b'));
        return statMany(asked, options);
      },
    });
    expect(paths).toEqual(['a', 'c']);
    expect(logged).toMatchObject([{ level: 'debug', path: 'b' }]);
  });

  it('as a link, or as the directory that holds it, neither', async () => {
    const root = plantTree(fresh(), [...files('a', 'd/f'), link('l', 'a')]);
    let listed = false;
    const filter = {
      matches: () => {
        if (!listed) rmSync(join(root, 'l'), { force: true });
        if (!listed) rmSync(join(root, 'd'), { recursive: true, force: true });
        listed = true;
        return true;
      },
    };
    const { paths, logged } = await walked(root, { filter });
    expect(paths.filter((path) => path !== 'd/f')).toEqual(['a']);
    expect(logged.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('and is another kind of thing when it is looked at is judged as that', async () => {
    const root = plantTree(fresh(), files('a', 'b'));
    const { paths, logged } = await walked(root, {
      stat: (asked, options) => {
        rmSync(join(root, 'b'));
        symlinkSync('a', join(root, 'b'));
        return statMany(asked, options);
      },
    });
    expect(paths).toEqual(['a']);
    expect(logged).toMatchObject([{ level: 'warning', path: 'b' }]);
  });
});

describe('a root that goes away while it is walked', () => {
  /** Tells that the first file was met, and lets the test act before anything is looked at. */
  const meeting = (act: () => void) => {
    let met = false;
    return {
      matches: () => {
        if (!met) act();
        met = true;
        return true;
      },
    };
  };

  it('is PathNotFound: what could not be seen any more is no empty tree', async () => {
    const root = plantTree(fresh(), files('a', 'd/b', 'd/e/c'));
    const filter = meeting(() => rmSync(root, { recursive: true }));
    await expect(walked(root, { filter })).rejects.toMatchObject({ code: 'PathNotFound', path: root });
  });

  it('is PathNotFound too when another directory has taken its place', async () => {
    const root = plantTree(fresh(), files('a', 'd/b'));
    const filter = meeting(() => {
      renameSync(root, `${root}-away`);
      plantTree(root, files('x'));
    });
    const refused = walked(root, { filter });
    await expect(refused).rejects.toMatchObject({ code: 'PathNotFound', path: root });
    await expect(refused).rejects.toThrow('replaced');
  });

  it('and had not been listed yet', async () => {
    const root = plantTree(fresh(), files('a'));
    const list: ListDirectory = (path, options) => {
      rmSync(root, { recursive: true });
      return listDirectory(path, options);
    };
    const refused = walked(root, { list });
    await expect(refused).rejects.toMatchObject({ code: 'PathNotFound', path: root, errno: 'ENOENT' });
  });

  it('is none of it when only a link to it went away', async () => {
    const base = plantTree(fresh(), [...files('v1/a', 'v2/b'), link('latest', 'v1')]);
    const latest = join(base, 'latest');
    const filter = meeting(() => {
      rmSync(latest);
      symlinkSync('v2', latest);
    });
    expect((await walked(latest, { filter })).paths).toEqual(['a']);
  });
});

describe('depth', () => {
  const planted: string[] = [];
  afterAll(() => {
    execFileSync('rm', ['-rf', ...planted]); // Node cannot remove paths that are too long
  });

  /** Directories of 200 characters, made level by level so that no path is too long to make. */
  function deep(levels: number): { root: string; top: string } {
    const root = plantTree(fresh(), files('top.txt'));
    planted.push(root);
    const name = 'd'.repeat(200);
    const start = process.cwd();
    try {
      process.chdir(root);
      for (let level = 0; level < levels; level += 1) {
        mkdirSync(name);
        process.chdir(name);
      }
      writeFileSync('leaf', 'x');
    } finally {
      process.chdir(start);
    }
    return { root, top: join(root, name) };
  }

  it('goes down as far as the system lets paths be', async () => {
    const { root } = deep(19);
    const { paths } = await walked(root);
    expect(paths.map((path) => path.split('/').length)).toEqual([20, 1]);
  });

  it('is PathTooLong beyond, with the path', async () => {
    const { root, top } = deep(22);
    await expect(walked(root)).rejects.toMatchObject({ code: 'PathTooLong', errno: 'ENAMETOOLONG' });
    await expect(walked(root)).rejects.toThrow(dirname(join(top, 'x')));
  });
});

describe('what the filter leaves out', () => {
  it('is not looked at', async () => {
    const root = plantTree(fresh(), files('a.txt', 'b.tmp', 'd/c.txt', 'd/e.tmp'));
    const asked: string[] = [];
    const { paths } = await walked(root, {
      filter: new GlobFilter({ exclude: '**/*.tmp' }),
      stat: (some, options) => {
        asked.push(...some);
        return statMany(some, options);
      },
    });
    expect(paths).toEqual(['a.txt', 'd/c.txt']);
    expect(asked.sort()).toEqual([join(root, 'a.txt'), join(root, 'd/c.txt')]);
  });
});

describe('a directory is not listed', () => {
  /** The directories that a walk lists, the root as `.`. */
  async function listed(
    options: GlobFilterOptions,
    symlinks: SymlinkPolicy = 'collapse_files',
  ): Promise<string[]> {
    const root = plantTree(fresh(), [
      ...files('a.txt', 'x/b', 'x/y/c', 'd/x/e', 'd/x/f/g', 'd/h/i', '.git/objects/j', 'versions/v1/k/l'),
      link('latest', 'versions/v1'),
    ]);
    const seen: string[] = [];
    const list: ListDirectory = (path, more) => {
      seen.push(path === root ? '.' : path.slice(root.length + 1));
      return listDirectory(path, more);
    };
    await walked(root, { filter: new GlobFilter(options), symlinks, list });
    return seen.sort();
  }

  it.each<[string, GlobFilterOptions, string[]]>([
    [
      'below what is left out as a whole',
      { exclude: ['x/**', '.git/**', 'versions/**'] },
      ['.', 'd', 'd/h', 'd/x', 'd/x/f'],
    ],
    [
      'below what is left out at any depth',
      { exclude: ['**/x/**', '.git/**', 'versions/**'] },
      ['.', 'd', 'd/h'],
    ],
    [
      'with a hidden name, when those do not match',
      { dot: false, include: ['**'], exclude: 'versions/**' },
      ['.', 'd', 'd/h', 'd/x', 'd/x/f', 'x', 'x/y'],
    ],
    ['unless an include leads there', { include: ['d/*/i', '*.txt'] }, ['.', 'd', 'd/h', 'd/x']],
    ['deeper than an include reaches', { include: ['*', 'x/*'] }, ['.', 'x']],
    ['when an exclude wins over the include', { include: 'd/**', exclude: 'd/**' }, ['.']],
    [
      'behind a link, unless a pattern names the link',
      { include: 'latest/k/*' },
      ['.', 'versions/v1', 'versions/v1/k'],
    ],
  ])('%s', async (_case, options, expected) => {
    expect(await listed(options)).toEqual(expected);
  });
});

describe('the filter', () => {
  it.each([
    [false, ['a.txt', 'd/e/b.txt', 'l']],
    [true, ['a.txt', 'd', 'd/e', 'd/e/b.txt', 'l']],
  ])(
    'is asked once about each file and link, and about directories only when they are emitted: %s',
    async (directories, expected) => {
      const asked: string[] = [];
      const filter = {
        matches: (path: string) => {
          asked.push(path);
          return true;
        },
      };
      const root = plantTree(fresh(), [...files('a.txt', 'd/e/b.txt'), link('l', 'a.txt')]);
      await walked(root, { directories, filter });
      expect(asked.sort()).toEqual(expected);
    },
  );
});

describe('cancelling', () => {
  const broad = (): string => {
    const root = plantTree(fresh(), []);
    for (let dir = 0; dir < 40; dir += 1) {
      mkdirSync(join(root, `d${dir}`));
      for (let file = 0; file < 100; file += 1) writeFileSync(join(root, `d${dir}/f${file}`), '');
    }
    return root;
  };

  it('ends with CancelledError within one batch, and closes every directory', async () => {
    const root = broad();
    const ctx = testContext();
    let seen = 0;
    const walk = async (): Promise<void> => {
      for await (const _entry of walkTree(root)(ctx)) {
        seen += 1;
        if (seen === 10) ctx.abort(new Error('enough'));
      }
    };
    await expect(walk()).rejects.toMatchObject({ code: 'Cancelled', cause: { message: 'enough' } });
    expect(seen).toBeLessThanOrEqual(1024);
    if (canCountDescriptors) expect(openBelow(root)).toEqual([]);
  });

  it('before the start emits nothing', async () => {
    const ctx = testContext();
    ctx.abort();
    const first = walkTree(broad())(ctx)[Symbol.asyncIterator]().next();
    await expect(first).rejects.toMatchObject({ code: 'Cancelled' });
  });

  it.runIf(canCountDescriptors)('by leaving early closes every directory', async () => {
    const root = broad();
    for await (const _entry of walkTree(root)(testContext())) break;
    expect(openBelow(root)).toEqual([]);
  });
});

it('hands an error of `stat` on, and leaves no rejection behind', async () => {
  const root = plantTree(fresh(), files('a'));
  const cause = new Error('no threads');
  await expect(walked(root, { stat: () => Promise.reject(cause) })).rejects.toBe(cause);
});
