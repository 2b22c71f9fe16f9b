/** `manifest snapshot` and `manifest diff`: the same words to both command lines over the same trees. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { AWKWARD_NAMES } from '../support/interop-tree.js';
import { runPythonJson } from '../support/peers.js';
import { requireServer } from '../support/require-server.js';
import { type DiskNode, link, plantTree } from '../support/tree-on-disk.js';
import { file } from './submission-kit.js';
import { pythonEnv } from './submission-outcome.js';

const BEFORE: readonly DiskNode[] = [
  ...['same', 'touched', 'changed', 'gone', 'd/same', 'd/gone', '.hidden', '.h/file'].map((path) =>
    file(path),
  ),
  file('within a microsecond', 'x', { mtimeNs: '1700000000000001000' }),
  file('two microseconds', 'x', { mtimeNs: '1700000000000001000' }),
  ...AWKWARD_NAMES.map((name) => file(`awkward/${name}`)),
];
/** Compared with {@link BEFORE}: one of each kind of difference. */
const AFTER: readonly DiskNode[] = [
  ...['same', 'd/same', 'new', 'd/e/new', 'gone/now a directory', '.hidden', '.h/file'].map((path) =>
    file(path),
  ),
  file('touched', 'touched', { mtime: 1_600_000_000 }),
  file('changed', 'CHANGED'),
  file('within a microsecond', 'x', { mtimeNs: '1700000000000002000' }),
  file('two microseconds', 'x', { mtimeNs: '1700000000000003000' }),
  ...AWKWARD_NAMES.slice(1).map((name) => file(`awkward/${name}`)),
  link('to a file', 'same'),
  link('to a directory', 'd'),
  link('to outside', '../before/same'),
  link('broken', 'nowhere'),
];

/** Flags that choose files. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  everything: [],
  'one pattern': ['--include', '**/same'],
  'several patterns': ['-i', '*', '-i', 'd/**', '-e', '**/gone'],
  'a part for a class and a mark': ['-i', '[!a-c]*/?*', '-i', '*[aeiou]?'],
  'one directory': ['-i', 'd/*'],
  'hidden names by their dots': ['-i', '.*', '-i', '.h/*'],
  'braces as they are': ['-i', '{same,new}'],
  'linked directories': ['-i', 'to a directory/**'],
  'everything but some': ['-i', '**/*', '-e', 'awkward/*'],
  nothing: ['-i', 'no such file'],
};

interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

requireServer('python')('manifest commands, beside the Python command', { timeout: 60_000 }, () => {
  const sandbox = new Sandbox();
  const [before, after] = [sandbox.join('before'), sandbox.join('after')];
  const base = sandbox.join('base.manifest');
  const theirs = new Map<string, Ran>();
  afterAll(() => sandbox.remove());

  const CASES = Object.entries(CHOICES).flatMap(([what, flags]) => [
    { name: `snapshot: ${what}`, words: ['snapshot', '--root', after, ...flags] },
    { name: `snapshot --diff: ${what}`, words: ['snapshot', '--root', after, '--diff', base, ...flags] },
    { name: `diff: ${what}`, words: ['diff', '--root', after, '--manifest', base, '--json', ...flags] },
  ]);
  CASES.push(
    { name: 'snapshot with a name', words: ['snapshot', '--root', after, '--name', 'größe'] },
    {
      name: 'snapshot --diff by content',
      words: ['snapshot', '--root', after, '--diff', base, '--force-rehash'],
    },
    {
      name: 'diff by content',
      words: ['diff', '--root', after, '--manifest', base, '--json', '--force-rehash'],
    },
    { name: 'snapshot of no directory', words: ['snapshot', '--root', join(after, 'nowhere')] },
    { name: 'diff of no directory', words: ['diff', '--root', join(after, 'nowhere'), '--manifest', base] },
  );

  beforeAll(async () => {
    plantTree(before, BEFORE);
    plantTree(after, AFTER);
    await sandbox.run([
      'manifest',
      'snapshot',
      '--root',
      before,
      '--destination',
      sandbox.path,
      '--name',
      'base',
      '--hidden',
    ]);
    const [made = ''] = readdirSync(sandbox.path).filter((name) => /^base-.*manifest$/.test(name));
    writeFileSync(base, readFileSync(sandbox.join(made)));
    const commands = CASES.map(({ name, words }) => ({
      argv: ['manifest', ...words, ...destination(words, place(name, 'theirs'))],
      cwd: sandbox.path,
    }));
    const script = readFileSync(new URL('submission_manifests.py', import.meta.url), 'utf8');
    const env = pythonEnv(sandbox.path);
    const answers = (await runPythonJson(script, { env, args: [JSON.stringify(commands)] })) as Ran[];
    for (const [index, { name }] of CASES.entries())
      theirs.set(name, answers[index] ?? { exitCode: null, output: '' });
  }, 60_000);

  it.each(CASES)('$name', async ({ name, words }) => {
    const python = theirs.get(name);
    const args = ['manifest', ...words, ...destination(words, place(name, 'ours'))];
    const { code, stdout, stderr } = await sandbox.run(args);
    expect(code, stderr).toBe(python?.exitCode);
    expect(manifestsIn(place(name, 'ours'))).toEqual(manifestsIn(place(name, 'theirs')));
    if (code === 0 && words.includes('--json')) expect(JSON.parse(stdout)).toEqual(differencesOf(python));
  });

  function place(name: string, whose: string): string {
    return sandbox.join('made', name.replaceAll(/\W/g, '_'), whose);
  }
});

/** Where a command writes its manifest, if it writes one. */
function destination([command]: readonly string[], folder: string): string[] {
  if (command !== 'snapshot') return [];
  mkdirSync(folder, { recursive: true });
  return ['--destination', folder];
}

/** Names without their time, and texts. */
function manifestsIn(folder: string): [name: string, text: string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => [
    name.replace(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?=\.manifest$)/, 'TIME'),
    readFileSync(join(folder, name), 'utf8'),
  ]);
}

/** The Python command prints lines before its document, and its lists have no order; ours are in that of UTF-16. */
function differencesOf({ output }: Ran = { exitCode: null, output: '' }): Record<string, readonly string[]> {
  const lists = JSON.parse(output.slice(output.indexOf('{'))) as Record<string, readonly string[]>;
  return Object.fromEntries(Object.entries(lists).map(([name, paths]) => [name, paths.toSorted()]));
}
