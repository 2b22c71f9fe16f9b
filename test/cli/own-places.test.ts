/** A store and caches inside what is submitted: they would be submitted too, and so grow with each run. */
import { symlinkSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const LEFT_OUT = (name: string): string => `WARNING: "${name}" is left out: this run writes to it`;
const warningsIn = (stderr: string): string[] =>
  stderr.split('\n').filter((line) => line.startsWith('WARNING'));
const project = (name: string): string =>
  sandbox.tree(name, { 'a.txt': 'a', 'd/b.txt': 'bb', 'd/store': 'mine' });
const PLACES = ['--store', './store', '--cache-dir', './d/caches'];

it.each([
  ['one directory', ['.']],
  ['several inputs', ['.', 'd/b.txt', 'd']],
])('leaves them out of %s, each time', async (what, inputs) => {
  const cwd = project(what);
  for (const _run of [1, 2]) {
    const { code, stderr, stdout } = await sandbox.run(['submit', ...inputs, ...PLACES, '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).stats.upload.total_files).toBe(3);
    expect(warningsIn(stderr)).toEqual(expect.arrayContaining([LEFT_OUT('store'), LEFT_OUT('d/caches')]));
  }
  expect(Object.keys(filesBelow(`${cwd}/store/Data`))).toHaveLength(3);
  const plan = await sandbox.run(['submit', ...inputs, ...PLACES, '--plan'], { cwd });
  expect(plan.stdout).toMatch(/^Files: 3 /m);
});

it('leaves the store out by where it is, and says nothing where a pattern does so', async () => {
  const cwd = project('linked');
  symlinkSync(cwd, sandbox.join('link'));
  const submit = ['submit', '.', '--store', sandbox.join('link/store'), '--no-cache', '--json'];
  for (const flags of [[], [], ['-e', 'store/**']]) {
    const { stdout, stderr } = await sandbox.run([...submit, ...flags], { cwd });
    expect(JSON.parse(stdout).stats.upload.total_files).toBe(3);
    expect(warningsIn(stderr)).toEqual(flags.length > 0 ? [] : [LEFT_OUT('store')]);
  }
});

it('leaves them out of the directories of a bundle', async () => {
  const cwd = project('of-bundle');
  sandbox.tree('of-bundle/bundle', {
    'template.json': '{"name": "job", "specificationVersion": "jobtemplate-2023-09"}',
    'asset_references.json': JSON.stringify({ assetReferences: { inputs: { directories: [`${cwd}/d`] } } }),
  });
  const flags = ['--print-request', '--yes', '--known-asset-path', cwd, '--json'];
  const args = ['bundle', 'submit', 'bundle', '--store', 'd/own', '--cache-dir', 'd/caches', ...flags];
  for (const _run of [1, 2]) {
    const { stdout, stderr } = await sandbox.run(args, { cwd });
    expect(warningsIn(stderr)).toEqual([LEFT_OUT('own'), LEFT_OUT('caches')]);
    expect(JSON.parse(stdout).stats.upload.total_files).toBe(2);
  }
});

it('refuses to submit a store to itself', async () => {
  const cwd = project('itself');
  const { code, stderr } = await sandbox.run(['submit', '.', '--store', '.'], { cwd });
  expect(stderr).toBe(`Error: ${cwd} is the store and cannot be submitted to itself: choose another store\n`);
  expect(code).toBe(2);
});

it('takes what lies inside the store from a place of its own', async () => {
  const cwd = project('around');
  const { code, stderr } = await sandbox.run(['submit', 'd', '--store', '.', '--quiet'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
