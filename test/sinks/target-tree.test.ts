import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parentOf, TargetTree } from '../../src/sinks/target-tree.js';
import { asNobody, compiled } from '../support/as-nobody.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('target-tree');
const fresh = (name: string): string => mkdtempSync(join(base, `${name}-`));
const HOUR_MS = 3_600_000;

describe('the root', () => {
  it('is made with all above it', async () => {
    const root = join(fresh('new'), 'a/b/c');
    await TargetTree.open(root);
    expect(existsSync(root)).toBe(true);
  });

  it.each(['file', 'file/below'])('is refused with a hint when %s is no directory', async (path) => {
    const directory = fresh('file');
    writeFileSync(join(directory, 'file'), 'x');
    await expect(TargetTree.open(join(directory, path))).rejects.toMatchObject({
      kind: 'LocalIo',
      path: join(directory, path),
      hint: expect.stringMatching(/give a directory/),
    });
  });

  it('is refused with a hint when it cannot be written to', () => {
    const root = fresh('read-only');
    const code = `
      import { TargetTree } from ${JSON.stringify(compiled('sinks/target-tree.js'))};
      const failed = await TargetTree.open(${JSON.stringify(root)}).catch((error) => error);
      console.log(JSON.stringify({ kind: failed.kind, errno: failed.errno, hint: failed.hint, path: failed.path }));`;
    expect(asNobody(code)).toEqual({
      kind: 'LocalIo',
      errno: 'EACCES',
      path: root,
      hint: expect.stringMatching(/not writable/),
    });
  });
});

describe('left-over temporary files', () => {
  it('go when they are older than a day, by the time of their last change', async () => {
    const root = fresh('leftovers');
    mkdirSync(join(root, 'd'));
    const part = (n: number): string => `.ja-${String(n).repeat(16)}.part`;
    for (const path of [part(1), `d/${part(2)}`, 'keep.part', `.ja-1.part`]) {
      writeFileSync(join(root, path), 'x');
      utimesSync(join(root, path), 1, 1); // as a temporary file has just before it is renamed
    }
    await (await TargetTree.open(root)).makeDirectory('d');
    expect(readdirSync(root, { recursive: true })).toHaveLength(5);
    const now = (): number => Date.now() + 23 * HOUR_MS;
    await (await TargetTree.open(root, { now })).makeDirectory('d');
    expect(readdirSync(root, { recursive: true })).toHaveLength(5);
    const later = (): number => Date.now() + 25 * HOUR_MS;
    const tree = await TargetTree.open(root, { now: later });
    await tree.makeDirectory('d');
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(['.ja-1.part', 'd', 'keep.part']);
  });

  it('go in directories whose name is not UTF-8', async () => {
    const root = fresh('bytes');
    const directory = Buffer.from(`${root}/d\xff`, 'latin1');
    mkdirSync(directory);
    writeFileSync(Buffer.concat([directory, Buffer.from(`/.ja-${'0'.repeat(16)}.part`)]), 'x');
    const tree = await TargetTree.open(root, { now: () => Date.now() + 25 * HOUR_MS });
    await tree.makeDirectory('d\udcff');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('directories', () => {
  it('are made with their parents, once', async () => {
    const tree = await TargetTree.open(fresh('made'));
    await Promise.all(Array.from({ length: 50 }, () => tree.makeParent('a/b/c/file')));
    expect(existsSync(join(tree.root, 'a/b/c'))).toBe(true);
  });

  it('may be links inside the root', async () => {
    const tree = await TargetTree.open(fresh('inside'));
    mkdirSync(join(tree.root, 'real'));
    symlinkSync('real', join(tree.root, 'link'));
    await tree.makeDirectory('link/below');
    expect(existsSync(join(tree.root, 'real/below'))).toBe(true);
  });

  it.each([
    ['a directory outside', '..', 'SymlinkEscape'],
    ['an absolute path', '/', 'SymlinkEscape'],
    ['nothing', 'nowhere', 'SymlinkEscape'],
    ['a sibling with a longer name', '../SIBLING', 'SymlinkEscape'],
    ['a file', 'file', 'NotADirectory'],
  ])('may not be a link to %s', async (_what, text, kind) => {
    const root = fresh('escape');
    mkdirSync(`${root}-longer`);
    const tree = await TargetTree.open(root);
    writeFileSync(join(root, 'file'), 'x');
    symlinkSync(text.replace('SIBLING', `${root.split('/').pop()}-longer`), join(root, 'link'));
    const refused = { kind, path: join(root, 'link'), hint: expect.any(String) };
    await expect(tree.makeDirectory('link/below')).rejects.toMatchObject(refused);
    await expect(tree.occupant('link/below')).rejects.toMatchObject(refused);
    expect(readdirSync(`${root}-longer`)).toEqual([]);
    rmSync(`${root}-longer`, { recursive: true });
  });

  it('are not files', async () => {
    const tree = await TargetTree.open(fresh('not-a-directory'));
    writeFileSync(join(tree.root, 'file'), 'x');
    await expect(tree.makeDirectory('file/below')).rejects.toMatchObject({
      kind: 'NotADirectory',
      path: join(tree.root, 'file'),
    });
  });
});

it('tells what stands at a path, links not followed', async () => {
  const tree = await TargetTree.open(fresh('occupant'));
  mkdirSync(join(tree.root, 'd'));
  writeFileSync(join(tree.root, 'd/file'), 'x');
  symlinkSync('/', join(tree.root, 'd/link'));
  const occupants = ['d', 'd/file', 'd/link', 'd/none', 'none/below'].map((path) => tree.occupant(path));
  expect(await Promise.all(occupants)).toEqual(['directory', 'file', 'symlink', 'nothing', 'nothing']);
});

it.each([
  ['a', ''],
  ['a/b', 'a'],
  ['a/b/c', 'a/b'],
])('the parent of %s is %j', (path, parent) => {
  expect(parentOf(path)).toBe(parent);
});
