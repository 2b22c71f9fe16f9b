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

it('prints what would be sent, and makes no store', async () => {
  const args = ['submit', 'project', '--store', 'store', '--plan'];
  const { code, stdout } = await sandbox.run(args);
  expect([code, stdout]).toEqual([
    0,
    'Files: 3 (9 B)\nTo send: 2 (6 B)\nRequests: HEAD 2, PUT 3\nEstimated cost: 0.000000 USD\n',
  ]);
  const json = JSON.parse((await sandbox.run([...args, '--json'])).stdout);
  expect(json).toMatchObject({ status: 'ok', result: PLAN });
  expect(existsSync(sandbox.join('store'))).toBe(false);
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

it('leaves its hashes to the submission that follows, and nothing else', async () => {
  const cache = sandbox.join('own-cache');
  const caches = { env: { RX_ATTACHMENTS_CACHE_DIR: cache } };
  const args = ['submit', 'project', '--store', 'after-plan'];
  const { code } = await sandbox.run([...args, '--plan'], caches);
  expect([code, readdirSync(cache)]).toEqual([0, ['hash_cache.db']]);
  const { stats } = JSON.parse((await sandbox.run([...args, '--json=envelope'], caches)).stdout);
  expect(stats).toMatchObject({ hashing: { processed_files: 0, skipped_files: 3 } });
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
