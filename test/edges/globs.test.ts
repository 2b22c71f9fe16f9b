/** Patterns (spec/files-and-submission.md section 9, rows 18 to 22), over real files. */
import { afterAll, expect, it } from 'vitest';
import { parseGlobConfig } from '../../src/model/glob-config.js';
import { GlobFilter, type GlobFilterOptions } from '../../src/model/glob-filter.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { Sandbox } from '../support/cli.js';
import { paths } from '../support/edge-cases.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-globs');
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

async function selected(names: readonly string[], options: GlobFilterOptions): Promise<string[]> {
  const root = plantTree(fresh(), files(...names));
  return paths(await createManifest({ root, filter: new GlobFilter(options) }));
}

it('edge 18: `*` on `.hidden` matches, but not with dot: false; `*.txt` does not match `a/b.txt`', async () => {
  const names = ['.hidden', 'a/b.txt', 'c.txt'];
  expect(await selected(names, { include: '*' })).toEqual(['.hidden', 'c.txt']);
  expect(await selected(names, { include: '*', dot: false })).toEqual(['c.txt']);
  expect(await selected(names, { include: '*.txt' })).toEqual(['c.txt']);
});

it('edge 19: `dir/**` where `dir` holds nested files: all files below', async () => {
  const names = ['dir/a', 'dir/.b', 'dir/c/d', 'dir/c/e/f', 'dir2/g', 'h'];
  expect(await selected(names, { include: 'dir/**' })).toEqual(['dir/.b', 'dir/a', 'dir/c/d', 'dir/c/e/f']);
});

it('edge 20: `{a,b}.txt` with files `a.txt` and `{a,b}.txt`: the literal one only', async () => {
  const names = ['a.txt', 'b.txt', '{a,b}.txt'];
  expect(await selected(names, { include: '{a,b}.txt' })).toEqual(['{a,b}.txt']);
  expect(await selected(names, { exclude: '{a,b}.txt' })).toEqual(['a.txt', 'b.txt']);
});

it('edge 21: pattern `../x`, `/abs`, empty: InvalidGlobPattern', async () => {
  for (const pattern of ['../x', '/abs', '', 'a/../b']) {
    const refused = { code: 'InvalidGlobPattern', pattern, reason: expect.stringMatching(/./) };
    expect(() => new GlobFilter({ include: pattern })).toThrow(expect.objectContaining(refused));
    expect(() => new GlobFilter({ exclude: [pattern] })).toThrow(expect.objectContaining(refused));
  }
  const root = sandbox.tree('refused', { a: 'a' });
  const { code, stderr } = await sandbox.run(['manifest', 'snapshot', '--root', root, '-i', '../x']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('glob pattern "../x" is refused')]);
  expect(await sandbox.run(['manifest', 'snapshot', '--root', root])).toMatchObject({ code: 0 });
});

it('edge 22: glob text `*.txt` where JSON is expected: NonValidInputError; include [] with an exclude: the rest', async () => {
  const message = 'Glob input *.txt cannot be deserialized as JSON';
  expect(() => parseGlobConfig('*.txt')).toThrow(
    expect.objectContaining({ code: 'NonValidInputError', message }),
  );
  const root = sandbox.tree('config', { 'a.tmp': 'a', b: 'b', 'd/c.tmp': 'c' });
  const refused = await sandbox.run(['manifest', 'snapshot', '--root', root, '-ie', '*.txt']);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(message)]);
  const config = parseGlobConfig('{"include": [], "exclude": ["*.tmp"]}');
  expect(await selected(['a.tmp', 'b', 'd/c.tmp'], config)).toEqual(['b', 'd/c.tmp']);
});
