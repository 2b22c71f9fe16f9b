import { readdirSync, readFileSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { convertManifest } from '../../src/model/convert.js';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest } from '../../src/model/encode.js';
import { filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

let count = 0;
let name = '';
let root = '';
beforeEach(() => {
  count += 1;
  name = `tree-${count}`;
  root = sandbox.tree(name, { 'a.txt': 'a', 'd/b.txt': 'bb', '.env': 'k=v', '.git/HEAD': 'ref' });
});

async function snapshot(...flags: string[]): Promise<string> {
  const destination = sandbox.tree(`manifests-${count}`, {});
  const { stdout, stderr, code } = await sandbox.run([
    ...['manifest', 'snapshot', '--root', name, '-d', destination, '--quiet'],
    ...flags,
  ]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trimEnd();
}

const pathsOf = (file: string): string[] =>
  JSON.parse(readFileSync(file, 'utf8')).paths.map((entry: { path: string }) => entry.path);

it('snapshot writes one manifest into the root, named after it, and prints where', async () => {
  const { code, stdout } = await sandbox.run(['manifest', 'snapshot', '--root', name, '--json']);
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(['root', 'manifest']);
  const label = root.slice(1).replaceAll('/', '_');
  expect(document.root).toBe(root);
  expect(document.manifest.slice(root.length + 1)).toMatch(
    new RegExp(`^${label}-[0-9a-f]{32}-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d\\.manifest$`),
  );
  expect(pathsOf(document.manifest)).toEqual(['a.txt', 'd/b.txt']);
  expect(code).toBe(0);
});

it('snapshot leaves hidden names out with one warning that counts them', async () => {
  const { stderr } = await sandbox.run(['manifest', 'snapshot', '--root', name, '-n', 'named']);
  expect(stderr.match(/hidden/g)?.length).toBe(2);
  expect(stderr).toContain('WARNING: 2 hidden files were left out; --hidden includes');
  const [file = ''] = readdirSync(root).filter((each) => each.startsWith('named-'));
  expect(pathsOf(join(root, file))).toEqual(['a.txt', 'd/b.txt']);
});

it('snapshot --hidden takes them without a warning', async () => {
  const { stderr, stdout } = await sandbox.run([
    ...['manifest', 'snapshot', '--root', name, '--hidden', '-e', '.git/**'],
  ]);
  expect(stderr).not.toContain('hidden');
  expect(pathsOf(stdout.trimEnd())).toEqual(['.env', 'a.txt', 'd/b.txt']);
});

it('snapshot --diff holds what is new or modified, and is no file when nothing is', async () => {
  const base = await snapshot();
  const unchanged = await sandbox.run(['manifest', 'snapshot', '--root', name, '--diff', base, '-n', 'none']);
  expect(unchanged).toMatchObject({ code: 0, stdout: '' });
  expect(unchanged.stderr).toContain('No manifest generated\n');
  const none = await sandbox.run(['manifest', 'snapshot', '--root', name, '--diff', base, '--json']);
  expect(JSON.parse(none.stdout)).toEqual({ status: 'ok', result: null, stats: null });
  sandbox.write(`${name}/new.txt`, 'new');
  unlinkSync(join(root, 'a.txt'));
  expect(pathsOf(await snapshot('--diff', base, '-n', 'later'))).toEqual(['new.txt']);
});

it.each([
  ['--root', 'nowhere'],
  ['--destination', 'nowhere'],
])('snapshot refuses a %s that is no directory', async (flag, value) => {
  const args = flag === '--root' ? ['--root', value] : ['--root', name, flag, value];
  const { code, stdout, stderr } = await sandbox.run(['manifest', 'snapshot', ...args, '--json']);
  expect(JSON.parse(stdout).error.code).toBe('NonValidInputError');
  expect(stderr).toContain('nowhere');
  expect(code).toBe(1);
});

it('diff prints JSON with an indent of four and ends with 0, or with 3 on request', async () => {
  const manifest = await snapshot();
  sandbox.write(`${name}/new.txt`, 'n');
  sandbox.write(`${name}/d/b.txt`, 'changed');
  unlinkSync(join(root, 'a.txt'));
  const args = ['manifest', 'diff', '--root', name, '--manifest', manifest];
  const { code, stdout } = await sandbox.run([...args, '--json', '-e', '*.manifest']);
  const expected = { new: ['new.txt'], modified: ['d/b.txt'], deleted: ['a.txt'] };
  expect(stdout).toBe(`${JSON.stringify(expected, null, 4)}\n`);
  expect(code).toBe(0);
  const exit = await sandbox.run([...args, '--exit-code', '--quiet']);
  expect(exit).toEqual({
    code: 3,
    stdout: `${root}\n  - a.txt\n  d/\n    ~ b.txt\n  + new.txt\n`,
    stderr: '',
  });
});

it.each([
  [[], 'Comparing: 100%, '],
  [['--force-rehash'], 'Hashing: 100%, '],
])('diff with %j says what it does', async (flags, line) => {
  const args = ['manifest', 'diff', '--root', name, '--manifest', await snapshot(), '--progress', 'lines'];
  expect((await sandbox.run([...args, ...flags])).stderr).toContain(line);
});

it('diff of an unchanged directory ends with 0 even with --exit-code, and touching needs --force-rehash', async () => {
  const manifest = await snapshot();
  const args = ['manifest', 'diff', '--root', name, '--manifest', manifest, '--exit-code', '--json'];
  const same = await sandbox.run(args);
  expect(JSON.parse(same.stdout)).toEqual({ new: [], modified: [], deleted: [] });
  expect(same.code).toBe(0);
  utimesSync(join(root, 'a.txt'), 1, 1);
  expect(await sandbox.run(args)).toMatchObject({ code: 3, stdout: expect.stringContaining('a.txt') });
  expect((await sandbox.run([...args, '--force-rehash'])).code).toBe(0);
});

it('diff --json=envelope wraps the same lists', async () => {
  const manifest = await snapshot();
  const { stdout } = await sandbox.run([
    ...['manifest', 'diff', '--root', name, '--manifest', manifest, '--json=envelope'],
  ]);
  expect(JSON.parse(stdout)).toEqual({
    status: 'ok',
    result: { new: [], modified: [], deleted: [] },
    stats: {
      filesScanned: 2,
      dirsScanned: 2, // `.git` too, whose hidden files are counted
      filesHashed: 0,
      bytesHashed: 0,
      hashDuration: 0,
      walkDuration: expect.any(Number),
    },
  });
});

it.each([
  ['always', { NO_COLOR: '1' }, true],
  ['auto', {}, false],
  ['never', {}, false],
])('diff with --color %s on a pipe', async (when, env, coloured) => {
  const manifest = await snapshot();
  sandbox.write(`${name}/new.txt`, 'n');
  const args = ['manifest', 'diff', '--root', name, '--manifest', manifest, '--color', when];
  const { stdout } = await sandbox.run(args, { env });
  expect(stdout.includes('\u001b[32m+ new.txt\u001b[0m')).toBe(coloured);
});

it.each([
  ['', true],
  ['NO_COLOR=1 ', false],
  ['TERM=dumb ', false],
])('diff on a terminal with %j is coloured: %s', async (variables, coloured) => {
  const manifest = await snapshot();
  sandbox.write(`${name}/new.txt`, 'n');
  const { stdout } = await sandbox.terminal(
    `${variables}$CLI manifest diff --root ${name} --manifest ${manifest} 2> /dev/null`,
  );
  expect(stdout.includes('\u001b[32m+ new.txt\u001b[0m')).toBe(coloured);
});

it('diff escapes control characters of names as text and keeps them in JSON', async () => {
  const manifest = await snapshot();
  sandbox.write(`${name}/x\u001b[2J\ny`, '');
  const args = ['manifest', 'diff', '--root', name, '--manifest', manifest];
  expect((await sandbox.run(args)).stdout).toContain('  + x\\x1b[2J\\ny\n');
  expect(JSON.parse((await sandbox.run([...args, '--json'])).stdout).new).toEqual(['x\u001b[2J\ny']);
});

it('merge lets later manifests win and writes where -o says', async () => {
  const first = await snapshot('-n', 'first');
  sandbox.write(`${name}/d/b.txt`, 'changed');
  sandbox.write(`${name}/z.txt`, 'z');
  const second = await snapshot('-n', 'second', '--diff', first);
  const output = sandbox.join(`merged-${count}`);
  const { code, stdout } = await sandbox.run([
    ...['manifest', 'merge', '--root', name, '-o', output, first, second, '--json'],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', result: { root, manifest: output } });
  expect(code).toBe(0);
  const merged = JSON.parse(readFileSync(output, 'utf8'));
  expect(merged.totalSize).toBe(9);
  expect(pathsOf(output)).toEqual(['a.txt', 'd/b.txt', 'z.txt']);
});

it('merge names the file that does not fit', async () => {
  const first = await snapshot('-n', 'first');
  const v2025 = (file: string): string =>
    sandbox.write(
      file,
      encodeManifest(convertManifest(decodeManifest(readFileSync(first)), 'v2025-12').manifest),
    );
  const merge = async (...files: string[]): Promise<unknown> => {
    const { code, stderr } = await sandbox.run(['manifest', 'merge', '--root', name, '-o', 'm', ...files]);
    return [code, stderr];
  };
  const [one, two] = [v2025('one'), v2025('two')];
  expect(await merge(one, two)).toEqual([1, `Error: manifest "${two}" must be a diff, not a snapshot\n`]);
  const mixed = expect.stringContaining(`: manifest "${first}" is one, manifest "${two}" the other\n`);
  expect(await merge(two, first)).toEqual([1, mixed]);
});

it('merge without -o names the file after the root', async () => {
  const first = await snapshot();
  const { stdout } = await sandbox.run(['manifest', 'merge', '--root', name, '-n', 'merged', first]);
  expect(stdout).toMatch(new RegExp(`^${root}/merged-[0-9a-f]{32}-[-0-9T]{19}\\.manifest\n$`));
});

it('show prints version, counts and sizes', async () => {
  const manifest = await snapshot();
  const { stdout } = await sandbox.run(['manifest', 'show', manifest]);
  expect(stdout).toMatch(/^Version +v2023-03-03 \(snapshot\)$/m);
  expect(stdout).toMatch(/^Files +2$/m);
  expect(stdout).toMatch(/^Total size +3 B \(3 bytes\)$/m);
  const json = await sandbox.run(['manifest', 'show', manifest, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    status: 'ok',
    result: { file: manifest, version: 'v2023-03-03', files: 2, totalSize: 3, largestFile: 2, deletions: 0 },
  });
});

it('show and verify name a file that is no manifest', async () => {
  const bad = sandbox.write('bad.manifest', '{"manifestVersion": "2023-03-03"}');
  for (const command of ['show', 'verify']) {
    const { code, stdout, stderr } = await sandbox.run(['manifest', command, bad, '--json']);
    expect(stderr).toMatch(/^Error: [^\n]*bad\.manifest[^\n]*\n$/);
    expect(JSON.parse(stdout).error.code).toBe('ManifestInvalid');
    expect(code).toBe(1);
  }
});

it('verify decodes without a store and asks for every object with one', async () => {
  const manifest = await snapshot();
  expect(await sandbox.run(['manifest', 'verify', manifest])).toEqual({
    code: 0,
    stdout: `${manifest}: readable v2023-03-03 manifest\n`,
    stderr: '',
  });
  const store = `store-${count}`;
  await sandbox.run(['submit', name, '--store', store, '--quiet']);
  const verify = ['manifest', 'verify', manifest, '--store', store];
  expect(await sandbox.run([...verify, '--quiet'])).toMatchObject({
    code: 0,
    stdout: `${manifest}: all 2 objects are in the store\n`,
  });
  const data = sandbox.join(store, 'Data');
  const [object = ''] = Object.entries(filesBelow(data)).find(([, content]) => content === 'bb') ?? [];
  unlinkSync(join(data, object));
  const missing = await sandbox.run(verify);
  expect(missing.code).toBe(3);
  expect(missing.stdout).toMatch(new RegExp(`^missing: \\S*${object} \\(2 bytes\\) of d/b\\.txt$`, 'm'));
  const json = JSON.parse((await sandbox.run([...verify, '--json'])).stdout);
  expect(json).toMatchObject({ status: 'failed', error: { code: 'ObjectsMissing' } });
  expect(json.result.missing).toMatchObject([{ size: 2, paths: ['d/b.txt'] }]);
  sandbox.write(`${store}/Data/${object}`, 'too long');
  const wrong = await sandbox.run(verify);
  expect(wrong.code).toBe(3);
  expect(wrong.stdout).toContain(`${object} (8 instead of 2 bytes) of d/b.txt\n`);
  expect(wrong.stderr).toContain('of 2 objects 1 of the wrong size in the store');
});
