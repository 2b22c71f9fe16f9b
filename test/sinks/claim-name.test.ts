import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConflictResolution } from '../../src/model/conflict-resolution.js';
import { claim, claimName } from '../../src/sinks/claim-name.js';
import { TargetTree } from '../../src/sinks/target-tree.js';
import { compiled } from '../support/as-nobody.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('claim-name');

async function treeWith(name: string, occupant: 'nothing' | 'file' | 'symlink' | 'directory') {
  const root = join(base, name);
  const tree = await TargetTree.open(root);
  writeFileSync(join(root, 'temporary'), 'new');
  writeFileSync(join(root, 'elsewhere'), 'old');
  if (occupant === 'file') writeFileSync(join(root, 'a.txt'), 'old');
  if (occupant === 'symlink') symlinkSync('elsewhere', join(root, 'a.txt'));
  if (occupant === 'directory') mkdirSync(join(root, 'a.txt'));
  return { root, tree };
}

describe('claimName', () => {
  it.each<[ConflictResolution, 'nothing' | 'file' | 'symlink' | 'directory', string | undefined]>([
    ['SKIP', 'nothing', 'a.txt'],
    ['SKIP', 'file', undefined],
    ['SKIP', 'symlink', undefined],
    ['SKIP', 'directory', undefined],
    ['OVERWRITE', 'nothing', 'a.txt'],
    ['OVERWRITE', 'file', 'a.txt'],
    ['OVERWRITE', 'symlink', 'a.txt'],
    ['CREATE_COPY', 'nothing', 'a.txt'],
    ['CREATE_COPY', 'file', 'a (1).txt'],
    ['CREATE_COPY', 'symlink', 'a (1).txt'],
    ['CREATE_COPY', 'directory', 'a (1).txt'],
  ])('%s where there is %s: %s', async (mode, occupant, expected) => {
    const { root, tree } = await treeWith(`${mode}-${occupant}`, occupant);
    expect(await claimName(tree, join(root, 'temporary'), 'a.txt', mode, new Map())).toBe(expected);
    if (expected !== undefined) {
      expect(lstatSync(join(root, expected)).isFile()).toBe(true);
      expect(readFileSync(join(root, expected), 'utf8')).toBe('new');
    }
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('old');
    expect(readdirSync(root)).not.toContain('temporary');
  });

  it('does not replace a directory', async () => {
    const { root, tree } = await treeWith('directory', 'directory');
    const claimed = claimName(tree, join(root, 'temporary'), 'a.txt', 'OVERWRITE', new Map());
    await expect(claimed).rejects.toMatchObject({ code: 'EISDIR' });
    expect(lstatSync(join(root, 'a.txt')).isDirectory()).toBe(true);
  });
});

describe('claim', () => {
  const names = async (path: string, taken: number, copies = new Map<string, number>()) => {
    const tried: string[] = [];
    const take = async (candidate: string) => tried.push(candidate) > taken;
    return { name: await claim(path, 'CREATE_COPY', copies, take), tried, copies };
  };

  it.each([
    ['archive.tar.gz', 'archive.tar (1).gz'],
    ['.bashrc', '.bashrc (1)'],
    ['d.x/plain', 'd.x/plain (1)'],
    ['d/ends.', 'd/ends. (1)'],
  ])('names the first copy of %s %s', async (path, expected) => {
    expect((await names(path, 1)).name).toBe(expected);
  });

  it('goes on where the last copy of this run was', async () => {
    const { copies } = await names('a', 999);
    expect(copies).toEqual(new Map([['a', 999]]));
    expect((await names('a', 0, copies)).tried).toEqual(['a (1000)']);
  });

  it('gives up after ten thousand copies', async () => {
    await expect(names('a', Number.POSITIVE_INFINITY)).rejects.toMatchObject({
      kind: 'TooManyConflicts',
      path: 'a',
      message: expect.stringMatching(/"a".*remove some/),
    });
  });
});

it('gives every copy of twenty processes a name of its own', async () => {
  const root = join(base, 'race');
  await TargetTree.open(root);
  const code = `
    import { promises as fs } from 'node:fs';
    import { claimName } from ${JSON.stringify(compiled('sinks/claim-name.js'))};
    import { TargetTree } from ${JSON.stringify(compiled('sinks/target-tree.js'))};
    const tree = await TargetTree.open(${JSON.stringify(root)});
    const id = process.argv[1];
    process.stdout.write('ready');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    for (let n = 0; n < 25; n += 1) {
      const temporary = ${JSON.stringify(root)} + '/.tmp-' + id + '-' + n;
      await fs.writeFile(temporary, id + '-' + n);
      await claimName(tree, temporary, 'shot.exr', 'CREATE_COPY', new Map());
    }
    process.exit(0);`;
  const children = Array.from({ length: 20 }, (_, id) =>
    spawn(process.execPath, ['--input-type=module', '-e', code, String(id)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
  const ended = children.map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of children) child.stdin.write('go');
  expect(await Promise.all(ended)).toEqual(children.map(() => 0));
  const files = readdirSync(root);
  expect(files).toHaveLength(500);
  const contents = files.map((name) => readFileSync(join(root, name), 'utf8'));
  const expected = children.flatMap((_, id) => Array.from({ length: 25 }, (_value, n) => `${id}-${n}`));
  expect(contents.sort()).toEqual(expected.sort());
  expect(files.sort()).toEqual(
    ['shot.exr', ...Array.from({ length: 499 }, (_, n) => `shot (${n + 1}).exr`)].sort(),
  );
});
