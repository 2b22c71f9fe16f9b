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
