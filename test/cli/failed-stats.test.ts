import { readdirSync, rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

it('the JSON document of a run that failed has its statistics', async () => {
  sandbox.tree('tree', { a: 'one', b: 'two!', c: 'three' });
  const submitted = await sandbox.run(['submit', 'tree', '--store', 'store', '--quiet']);
  const [{ inputManifestPath }] = JSON.parse(submitted.stdout).manifests;
  for (const name of readdirSync(sandbox.join('store/Data'))) rmSync(sandbox.join('store/Data', name));
  const manifest = sandbox.join('store/Manifests', inputManifestPath);
  const { code, stdout } = await sandbox.run([
    ...['attachment', 'download', '-m', manifest, '--store', 'store', '--destination', 'target'],
    '--json=envelope',
  ]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ status: 'failed', error: { code: 'NotFound' } },
    stats: { total_files: 3, total_bytes: 12, processed_files: 0, skipped_files: 0 },
  });
});

it('the statistics of a submission that failed have the members of one that did not', async () => {
  sandbox.tree('one', { a: 'one' });
  const args = ['submit', 'one', '--json=envelope', '--no-cache', '--store'];
  const done = await sandbox.run([...args, 'whole']);
  sandbox.write('broken/Data', 'stands where a directory has to be');
  const failed = await sandbox.run([...args, 'broken']);
  expect([done.code, failed.code]).toEqual([0, 1]);
  const [whole, broken] = [done, failed].map(({ stdout }) => JSON.parse(stdout).stats);
  expect(Object.keys(broken)).toEqual(Object.keys(whole));
  expect(Object.keys(broken.upload)).toEqual(Object.keys(whole.upload));
  expect(broken).toMatchObject({ hashing: null, upload: { total_files: 1, processed_files: 0 } });
});
