import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import {
  type ExpandInputPathsOptions,
  expandInputPaths,
  validateInputPaths,
} from '../../src/presets/expand-input-paths.js';
import { poolsMade } from '../support/pools-made.js';
import { tempDir } from '../support/temp-dir.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';

const base = realpathSync(tempDir('expand-input-paths'));
let count = 0;
function planted(...nodes: readonly DiskNode[]): string {
  count += 1;
  return plantTree(join(base, `${count}`), nodes);
}
const text = (path: string, content: string): DiskNode => ({ path, type: 'file', content });

/** Everything relative to the working directory. */
async function expanded(root: string, paths: readonly string[], options: ExpandInputPathsOptions = {}) {
  const found = await expandInputPaths(paths, { cwd: root, ...options });
  const short = (list: readonly string[]): string[] => list.map((path) => path.slice(root.length + 1));
  const { files, expandedDirectories, emptyDirectories, missing, totalSize } = found;
  return {
    files: short(files),
    expandedDirectories: short(expandedDirectories),
    emptyDirectories: short(emptyDirectories),
    missing: short(missing),
    totalSize,
  };
}
const nothing = { files: [], expandedDirectories: [], emptyDirectories: [], missing: [], totalSize: 0 };

it('takes files as they are and directories with all that is below', async () => {
  const root = planted(text('f', '12'), text('d/.h', '345'), text('d/e/a', '6'));
  expect(await expanded(root, ['d', 'f'])).toEqual({
    ...nothing,
    files: ['d/.h', 'd/e/a', 'f'],
    expandedDirectories: ['d'],
    totalSize: 6,
  });
});

it('sorts by components, and takes nothing twice', async () => {
  const root = planted(...files('a/c', 'a b', 'a-b', 'b/d/x'));
  const paths = ['b/d/x', 'a b', './a b', '', 'a', 'a-b', 'a/', `${root}/b`, 'b/../b/d'];
  expect(await expanded(root, paths)).toEqual({
    ...nothing,
    files: ['a/c', 'a b', 'a-b', 'b/d/x'],
    expandedDirectories: ['a', 'b', 'b/d'],
  });
});

it('filters by the path below each directory, and names the directories without a wanted file', async () => {
  const root = planted(...files('d/a.txt', 'd/e/b.txt', 'x/y/c.txt', 'f.tmp'), {
    path: 'empty',
    type: 'dir',
  });
  const filter = new GlobFilter({ include: '*.txt' });
  expect(await expanded(root, ['d', 'd/e', 'x', 'empty', 'f.tmp'], { filter })).toEqual({
    ...nothing,
    files: ['d/a.txt', 'd/e/b.txt', 'f.tmp'],
    expandedDirectories: ['d', 'd/e', 'x', 'empty'],
    emptyDirectories: ['x', 'empty'],
  });
});

it('counts what links lead to, and enters no linked directory but those that are named', async () => {
  const root = planted(text('f', '12345'), text('real/a', '67'), link('d/l', '../f'), link('d/r', '../real'));
  const warnings: string[] = [];
  const log: ExpandInputPathsOptions['log'] = (level, message) => void warnings.push(`${level} ${message}`);
  expect(await expanded(root, ['d'], { log })).toMatchObject({ files: ['d/l'], totalSize: 5 });
  expect(warnings).toEqual([expect.stringMatching(/^warning "r" is left out/)]);
  expect(await expanded(root, ['d', 'd/r'])).toMatchObject({ files: ['d/l', 'd/r/a'], totalSize: 7 });
});

it('refuses what is missing, or lists it', async () => {
  const root = planted(...files('f'), link('broken', 'gone'));
  const paths = ['f', 'gone', 'broken', 'f/below', 'gone'];
  await expect(expanded(root, paths)).rejects.toMatchObject({ code: 'PathNotFound', path: `${root}/gone` });
  expect(await expanded(root, paths, { allowMissing: true })).toEqual({
    ...nothing,
    files: ['f'],
    missing: ['gone', 'broken', 'f/below'],
  });
});

it('leaves a broken link below a directory out', async () => {
  const root = planted(...files('d/a'), link('d/l', 'gone'));
  expect(await expanded(root, ['d'])).toMatchObject({ files: ['d/a'], missing: [] });
});

it('never opens a FIFO', async () => {
  const root = planted({ path: 'd/pipe', type: 'fifo' });
  expect(await expanded(root, ['d'])).toMatchObject({ files: [], emptyDirectories: ['d'] });
  const named = expanded(root, ['d/pipe'], { allowMissing: true });
  await expect(named).rejects.toMatchObject({ code: 'NotAFile', path: `${root}/d/pipe` });
});

it.each([
  ['x'.repeat(256), 'PathTooLong'],
  ['a\0b', 'InvalidPath'],
])('refuses a path that cannot be one', async (path, code) => {
  await expect(expanded(base, [path], { allowMissing: true })).rejects.toMatchObject({ code });
});

it('refuses a name that is not UTF-8', async () => {
  const root = planted({ path: 'd', type: 'dir' });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/d/`), Buffer.from([0xff])]), '');
  await expect(expanded(root, ['d'])).rejects.toMatchObject({ code: 'InvalidPath' });
});

it('expands nothing to nothing, against the working directory of the process by default', async () => {
  expect(await expandInputPaths([])).toEqual(nothing);
  expect((await expandInputPaths(['package.json'])).files).toEqual([join(process.cwd(), 'package.json')]);
});

it('makes a pool of threads only for directories, and one for all of them', async () => {
  const root = planted(...files('f', 'd/a', 'e/b'));
  expect(await poolsMade(() => expanded(root, ['f', 'gone'], { allowMissing: true }))).toBe(0);
  expect(await poolsMade(() => expanded(root, ['f', 'd', 'e']))).toBe(1);
});

describe('is cancelled', () => {
  it('before it begins', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(expanded(base, ['gone'], { signal })).rejects.toMatchObject({
      code: 'Cancelled',
      cause: reason,
    });
  });

  it('while a directory is walked', async () => {
    const root = planted(...files(...Array.from({ length: 2000 }, (_, n) => `d/${n % 40}/${n}`)));
    const stop = new AbortController();
    let asked = 0;
    const matches = (): boolean => {
      asked += 1;
      stop.abort();
      return true;
    };
    const run = expanded(root, ['d'], { signal: stop.signal, filter: { matches } });
    await expect(run).rejects.toMatchObject({ code: 'Cancelled' });
    expect(asked).toBeLessThan(1100);
  });
});

describe('validateInputPaths', () => {
  it('sorts paths in their order', async () => {
    const root = planted(...files('b', 'a', 'd/x'), link('l', 'a'), link('broken', 'gone'), link('ld', 'd'));
    const at = (...names: string[]): string[] => names.map((name) => `${root}/${name}`);
    const found = await validateInputPaths(['b', 'gone', 'd', 'l', 'broken', 'a', 'ld', './a', ''], {
      cwd: root,
    });
    expect(found).toEqual({
      validFiles: at('b', 'l', 'a'),
      missing: at('gone', 'broken'),
      directories: at('d', 'ld'),
    });
  });

  it('makes no pool of threads', async () => {
    const root = planted(...files('f', 'd/a'));
    expect(await poolsMade(() => validateInputPaths(['f', 'd', 'gone'], { cwd: root }))).toBe(0);
  });

  it('refuses special files', async () => {
    await expect(validateInputPaths(['/dev/null'])).rejects.toMatchObject({ code: 'NotAFile' });
  });
});
