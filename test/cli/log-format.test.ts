/** With `--log-format json` every line on standard error is one JSON object, whatever happens. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
beforeAll(() => {
  const project = sandbox.tree('project', { a: 'one', b: 'two' });
  symlinkSync('nowhere', join(project, 'broken'));
});

type Line = Readonly<Record<string, unknown>>;

const LINE = { level: expect.any(String), time: expect.any(String), message: expect.any(String) };

/** Each line, after a check that it is what a line has to be. */
function linesOf(stderr: string): Line[] {
  const lines = stderr
    .split('\n')
    .slice(0, -1)
    .map((line): Line => JSON.parse(line));
  for (const line of lines) expect(line).toMatchObject(LINE);
  return lines;
}

const JSON_LOG = ['--log-format', 'json'];

it('covers warnings, progress and summaries', async () => {
  const args = ['submit', 'project', '--store', 'store', '--progress', 'lines', ...JSON_LOG];
  const { code, stdout, stderr } = await sandbox.run(args);
  expect([code, JSON.parse(stdout).manifests]).toEqual([0, [expect.anything()]]);
  const lines = linesOf(stderr);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warning', path: expect.stringMatching(/broken$/) }),
  );
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['Hashing Summary:', 'Processed 2 files totaling 6 B.']),
  );
});

it('gives the final error its code, subject, hint and cause', async () => {
  const { code, stderr } = await sandbox.run(['manifest', 'show', 'nowhere', ...JSON_LOG]);
  expect([code, linesOf(stderr)]).toEqual([
    1,
    [expect.objectContaining({ level: 'error', code: 'PathNotFound', subject: sandbox.join('nowhere') })],
  ]);
  sandbox.write('file', 'x');
  const unusable = ['submit', 'project', '--store', 'file/store', ...JSON_LOG];
  const [line] = linesOf((await sandbox.run(unusable)).stderr);
  expect(line).toMatchObject({
    code: 'NotADirectory',
    subject: sandbox.join('file/store'),
    cause: expect.stringContaining('ENOTDIR'),
  });
});

it.each<[string, string[], Record<string, string>]>([
  ['a flag', ['submit', '--nonsense', ...JSON_LOG], {}],
  ['a flag with its value', ['nonsense', '--log-format=json'], {}],
  ['a variable', ['nonsense'], { RX_ATTACHMENTS_LOG_FORMAT: 'JSON' }],
])('covers wrong usage with %s', async (_what, args, env) => {
  const { code, stderr } = await sandbox.run(args, { env });
  expect([code, linesOf(stderr)]).toEqual([2, [expect.objectContaining({ code: 'InvalidConfig' })]]);
});

it('covers what a manifest lacks, and errors of several lines', async () => {
  const { stdout } = await sandbox.run(['manifest', 'snapshot', '--root', 'project', '-d', '.', '--quiet']);
  sandbox.tree('empty', {});
  const asked = ['manifest', 'verify', stdout.trim(), '--store', 'empty', '--progress', 'none'];
  const verify = await sandbox.run([...asked, ...JSON_LOG]);
  expect([verify.code, linesOf(verify.stderr)]).toEqual([
    3,
    [expect.objectContaining({ code: 'ObjectsMissing' })],
  ]);
  const references = { inputs: { filenames: [sandbox.join('project')], directories: [] }, outputs: {} };
  sandbox.write('references.json', JSON.stringify({ assetReferences: references }));
  const submit = [
    'submit',
    '--asset-references',
    'references.json',
    '--store',
    'store',
    '--yes',
    ...JSON_LOG,
  ];
  const failed = await sandbox.run(submit);
  expect(failed.code).toBe(1);
  expect(linesOf(failed.stderr).at(-1)).toMatchObject({ message: 'Job submission canceled.' });
});
