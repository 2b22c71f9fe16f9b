import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
beforeAll(() => sandbox.tree('project', { 'a.txt': 'a' }));

it('describes caches that are not there yet without making them', async () => {
  const { code, stdout } = await sandbox.run(['cache', 'info', '--json', '--cache-dir', 'none']);
  const { directory, files } = JSON.parse(stdout).result;
  expect(directory).toBe(sandbox.join('none'));
  expect(files).toMatchObject([
    { kind: 'hash', exists: false },
    { kind: 'check', exists: false },
  ]);
  expect(existsSync(directory)).toBe(false);
  expect(code).toBe(0);
});

it('describes what a submission left, and clears it', async () => {
  await sandbox.run(['submit', 'project', '--store', 'store', '--cache-dir', 'used', '--quiet']);
  const info = await sandbox.run(['cache', 'info', '--cache-dir', 'used']);
  expect(info.stdout).toMatch(/^Hash cache +.*\/used\/hash_cache\.db \([\d.]+ KB\)$/m);
  expect(info.stdout).toMatch(/ hashesV4 +\d+ rows?$/m);
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';
  expect(info.stdout).toMatch(new RegExp(`^ +tsHashesV1 +1 rows, from ${time} to ${time}$`, 'm'));
  const cleared = await sandbox.run(['cache', 'clear', '--cache-dir', 'used', '--json']);
  expect(JSON.parse(cleared.stdout).result.deleted).toContain(sandbox.join('used/hash_cache.db'));
  expect(readdirSync(sandbox.join('used'))).toEqual([]);
  const nothing = await sandbox.run(['cache', 'clear', '--cache-dir', 'used']);
  expect(nothing).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('There are no caches'),
  });
});

it('--no-cache makes none', async () => {
  const args = ['submit', 'project', '--store', 'store', '--cache-dir', 'unused', '--no-cache', '--quiet'];
  expect((await sandbox.run(args)).code).toBe(0);
  expect(existsSync(sandbox.join('unused'))).toBe(false);
});
