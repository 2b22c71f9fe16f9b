import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
beforeAll(() => sandbox.tree('project', { a: 'one', 'd/b': 'two', 'd/copy': 'two' }));

const TEMPLATE = 'specificationVersion: jobtemplate-2023-09\nname: job\n';
const REFERENCES = `assetReferences: {inputs: {directories: [${JSON.stringify(sandbox.join('project'))}]}}\n`;

const PLAN = {
  files: 3,
  bytes: 9,
  filesToSend: 2,
  bytesToSend: 6,
  requests: { head: 2, list: 0, put: 3, createMultipart: 0, uploadPart: 0, completeMultipart: 0 },
  estimatedCostUsd: 0,
};

it('prints what would be sent, and writes nothing: no store, no cache', async () => {
  const before = readdirSync(sandbox.path);
  const args = ['submit', 'project', '--store', 'store', '--plan'];
  const { code, stdout } = await sandbox.run(args);
  expect([code, stdout]).toEqual([
    0,
    'Files: 3 (9 B)\nTo send: 2 (6 B)\nRequests: HEAD 2, PUT 3\nEstimated cost: 0.000000 USD\n',
  ]);
  const json = JSON.parse((await sandbox.run([...args, '--json'])).stdout);
  expect(json).toMatchObject({ status: 'ok', result: PLAN });
  expect(readdirSync(sandbox.path)).toEqual(before);
});

it.each([
  ['submit', 'project', '--snapshot-to', 'new/store'],
  ['bundle', 'submit', 'bundle', '--store', 'new/store', '--yes'],
])('%s %s makes no directory for a plan', async (...args) => {
  sandbox.tree('bundle', { 'template.yaml': TEMPLATE, 'asset_references.yaml': REFERENCES });
  const { code, stdout } = await sandbox.run([...args, '--plan']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^To send: 2 /m)]);
  expect(existsSync(sandbox.join('new'))).toBe(false);
});

it('is refused a store that could not be made', async () => {
  const { code, stderr } = await sandbox.run(['submit', 'project', '--store', 'project/a/store', '--plan']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('project/a/store": it is not a directory')]);
});

it('looks hashes up, and adds none', async () => {
  const caches = { env: { RX_ATTACHMENTS_CACHE_DIR: sandbox.join('own-cache') } };
  await sandbox.run(['submit', 'project', '--store', 'elsewhere'], caches);
  const rows = async (): Promise<unknown> => (await sandbox.run(['cache', 'info'], caches)).stdout;
  const before = await rows();
  sandbox.tree('project-2', { a: 'one', new: 'three' });
  const { code } = await sandbox.run(['submit', 'project', 'project-2', '--store', 's', '--plan'], caches);
  expect([code, await rows()]).toEqual([0, before]);
});

it('finds nothing to send after the submission, for paths too', async () => {
  expect((await sandbox.run(['submit', 'project', '--store', 'filled'])).code).toBe(0);
  const stored = filesBelow(sandbox.join('filled'));
  const { stdout } = await sandbox.run([
    ...['submit', 'project/a', 'project/d', '--store', 'filled', '--plan', '--existence', 'list'],
  ]);
  expect(stdout).toMatch(/^Files: 3 \(9 B\)\nTo send: 0 \(0 B\)\nRequests: LIST 1, PUT 1\n/);
  expect(filesBelow(sandbox.join('filled'))).toEqual(stored);
});

it('refuses a way of asking that does not exist', async () => {
  const { code, stderr } = await sandbox.run(['submit', 'project', '--store', 's', '--existence', 'guess']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/--existence must be one of auto, head, list, put/),
  ]);
});
