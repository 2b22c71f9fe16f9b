import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const COMMANDS = [
  'submit',
  'bundle submit',
  'attachment download',
  'attachment upload',
  'manifest snapshot',
  'manifest diff',
  'manifest merge',
  'manifest show',
  'manifest verify',
  'cache info',
  'cache clear',
  'config show',
];

it.each(COMMANDS)('%s --help prints its usage on stdout', async (command) => {
  const { code, stdout, stderr } = await sandbox.run([...command.split(' '), '--help']);
  expect(stdout).toContain(`Usage: rx-attachments ${command} [options]`);
  expect(stdout).toContain('--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

it('--help lists every group, and a group lists its commands', async () => {
  const top = await sandbox.run(['--help']);
  for (const group of new Set(COMMANDS.map((command) => command.split(' ')[0]))) {
    expect(top.stdout).toMatch(new RegExp(`^ {2}${group} `, 'm'));
  }
  expect((await sandbox.run(['manifest', '--help'])).stdout).toMatch(/^ {2}snapshot .*\n {2}diff /m);
});

it('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await sandbox.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it.each([
  [[], 'a command is missing: submit, bundle, attachment, manifest, cache, config; see --help'],
  [['manifest'], 'a command is missing: snapshot, diff, merge, upload, download, show, verify; see --help'],
  [['nonsense'], "unknown command 'nonsense'"],
  [['manifest', 'nonsense'], "unknown command 'nonsense'"],
  [['submit', '--nonsense'], "unknown option '--nonsense'"],
  [['submit', '--endpoint', 'http://x', 'p'], "unknown option '--endpoint'"],
  [['submit'], 'submit needs at least one PATH'],
  [['submit', '.'], '--store is required: a directory, file:URI or s3://bucket/prefix'],
  [['submit', '.', '--store'], "option '--store <where>' argument missing"],
  [['submit', '.', '--store', 's', '--s3-root-uri', 's3://b/p'], 'cannot be used with option'],
  [
    ['submit', '.', '--store', 's', '--concurrency', '0'],
    '--concurrency must be a whole number of at least 1',
  ],
  [['submit', '.', '--store', 's', '--max-bandwidth', 'fast'], '--max-bandwidth must be a size'],
  [['submit', '.', '--store', 's', '--progress', 'loud'], '--progress must be one of auto, bar, lines, none'],
  [['submit', '.', '--store', 's', '-i', '../x'], '../x'],
  [['attachment', 'download', '--store', 's'], '-m/--manifests is required'],
  [['manifest', 'snapshot'], '--root is required'],
  [['manifest', 'diff', '--root', '.'], '--manifest is required'],
  [['manifest', 'show'], "missing required argument 'file'"],
  [['manifest', 'show', 'a', 'b'], 'too many arguments'],
  [['config', 'show', 'x'], 'too many arguments'],
  [['bundle', 'submit'], "missing required argument 'dir'"],
  [['bundle', 'submit', 'b'], '--farm-id is required'],
  [['bundle', 'submit', 'b', '--farm-id', 'f'], '--queue-id is required'],
  [['bundle', 'submit', 'b', '--plan', '--print-request'], '--plan and --print-request exclude each other'],
  [['bundle', 'submit', 'b', '--priority', 'high'], '--priority must be a whole number, not "high"'],
  [
    ['bundle', 'submit', 'b', '--target-task-run-status', 'idle'],
    '--target-task-run-status must be one of READY, SUSPENDED',
  ],
])('%j is a usage error', async (args, message) => {
  const { code, stdout, stderr } = await sandbox.run(args);
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^Error: [^\n]*\n$/);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

it.each([
  [['submit', '--json', '--nonsense']],
  [['submit', '.', '--store', 's', '--json=yaml']],
  [['submit', '--json=envelope']],
  [['--json', 'nonsense']],
  [['submit', '.', '--store', 's3://bucket', '--json']],
])('%j gives one JSON document all the same', async (args) => {
  const { code, stdout } = await sandbox.run(args);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'failed',
    result: null,
    stats: null,
    error: { code: 'InvalidConfig', message: expect.any(String), details: expect.any(Object) },
  });
  expect(code).toBe(2);
});

it('takes common flags before the command too', async () => {
  const { code, stdout } = await sandbox.run(['--log-level', 'debug', '--json', 'config', 'show']);
  const { settings } = JSON.parse(stdout).result;
  expect(settings).toContainEqual({ name: 'log-level', value: 'debug', origin: 'flag --log-level' });
  expect(code).toBe(0);
});

it('prints no stack trace, except with --log-level debug', async () => {
  const args = ['manifest', 'show', 'there-is-none'];
  const plain = await sandbox.run(args);
  expect(plain.code).toBe(1);
  expect(plain.stderr).toMatch(/^Error: .*there-is-none[^\n]*\n$/);
  expect((await sandbox.run([...args, '--log-level', 'debug'])).stderr).toMatch(/\n {4}at /);
});

it.each([
  [
    ['submit', '--help'],
    ['/dist/bin/submit-'],
    ['@aws-sdk', '/node_modules/yaml/', '/dist/bin/s3-', '/dist/bin/manifest-diff-'],
  ],
  [['--help'], ['/dist/bin/rx-attachments.js'], ['@aws-sdk', '/dist/bin/submit-', '/dist/bin/attachment-']],
])('%j loads %j and none of %j', async (args, wanted, unwanted) => {
  const loaded = await loadedScripts(args);
  for (const part of wanted) expect(loaded).toContain(part);
  for (const part of unwanted) expect(loaded).not.toContain(part);
});

/** Addresses of all scripts that a run loaded, as the engine's coverage report lists them. */
async function loadedScripts(args: readonly string[]): Promise<string> {
  const directory = sandbox.join(`coverage-${args.length}`);
  await sandbox.run(args, { env: { NODE_V8_COVERAGE: directory } });
  const reports = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  expect(reports.length).toBeGreaterThan(0);
  const scripts: { url: string }[] = reports.flatMap((report) => JSON.parse(report).result);
  return scripts.map(({ url }) => url).join('\n');
}
