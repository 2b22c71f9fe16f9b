/** Files that are pipes: what comes through them is read, and a wait for it ends with a signal. */
import { closeSync, renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { result, Sandbox } from '../support/cli.js';
import { makeFifo, writerOf } from '../support/fifo.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

beforeAll(async () => {
  sandbox.tree('project', { 'a.txt': 'a' });
  await sandbox.run(['submit', 'project', '--store', 'store', '--no-cache', '--quiet']);
  const snapshot = ['manifest', 'snapshot', '--root', 'project', '-d', '.', '--no-cache', '--json'];
  const { manifest } = JSON.parse((await sandbox.run(snapshot)).stdout) as { manifest: string };
  renameSync(manifest, sandbox.join('m'));
  sandbox.tree('bundle', {
    'template.json': '{"name": "job", "specificationVersion": "jobtemplate-2023-09"}',
  });
});

let count = 0;
function fifo(): string {
  count += 1;
  return makeFifo(sandbox.join(`fifo-${count}`));
}

it.each<[string, (pipe: string) => string[]]>([
  ['manifest show', (pipe) => ['manifest', 'show', pipe]],
  ['manifest verify', (pipe) => ['manifest', 'verify', pipe]],
  ['manifest diff', (pipe) => ['manifest', 'diff', '--root', 'project', '--manifest', pipe]],
  ['manifest merge', (pipe) => ['manifest', 'merge', 'm', pipe, '--root', '.']],
  ['manifest snapshot', (pipe) => ['manifest', 'snapshot', '--root', 'project', '--diff', pipe]],
  ['manifest upload', (pipe) => ['manifest', 'upload', pipe, '--store', 'store']],
  ['attachment download', (pipe) => ['attachment', 'download', '-m', pipe, '--store', 'store']],
  ['rules', (pipe) => ['attachment', 'upload', '-m', 'm', '--path-mapping-rules', pipe, '--store', 'store']],
  ['a storage profile', (pipe) => ['submit', 'project', '--storage-profile', pipe, '--store', 'store']],
  ['references', (pipe) => ['submit', '--asset-references', pipe, '--store', 'store']],
  [
    'parameters',
    (pipe) => ['bundle', 'submit', 'bundle', '-p', `file://${pipe}`, '--store', 'store', '--print-request'],
  ],
])('%s: a signal ends the wait for a pipe', async (_what, args) => {
  const pipe = fifo();
  const child = sandbox.start([...args(pipe), '--no-cache']);
  const ended = result(child);
  const writer = await writerOf(pipe);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({
    code: 143,
    stdout: '',
    stderr: expect.stringMatching(/^Cancelled\./m),
  });
  closeSync(writer);
});

it.each([
  ['standard input', 'cat m | $CLI manifest show /dev/stdin'],
  ['a file as standard input', '$CLI manifest show /dev/stdin < m'],
  ['a descriptor', '$CLI manifest show /dev/fd/7 7< m'],
  ['what a command writes', '$CLI manifest show <(cat m)'],
])('reads %s', async (_what, script) => {
  const { code, stdout, stderr } = await sandbox.shell(script);
  expect(stdout).toMatch(/^Files +1$/m);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('reads what is typed', async () => {
  const { stdout } = await sandbox.shell(
    `(cat m; printf '\\n\\004') | script -qec "$CLI manifest show /dev/stdin" /dev/null`,
  );
  expect(stdout).toMatch(/^Files +1\r?$/m);
});

it.each([
  ['/dev/zero', /"\/dev\/zero" is a device: give a file or a pipe/],
  ['project', /"[^"]+\/project": it is a directory/],
])('refuses %s as a manifest', async (path, message) => {
  const { code, stderr } = await sandbox.run(['manifest', 'show', path]);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});

it('a configuration is a file, or nothing', async () => {
  const config = fifo();
  const show = (path: string) =>
    sandbox.run(['config', 'show'], { env: { DEADLINE_CONFIG_FILE_PATH: path } });
  expect(await show(config)).toMatchObject({
    code: 2,
    stderr: `Error: the configuration file ${config} cannot be read: it is not a regular file\n`,
  });
  expect((await show('/dev/null')).code).toBe(0);
});
