import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { openStore } from '../../src/presets/open-store.js';
import { storeOf } from '../../src/presets/store.js';
import { memoryStore } from '../support/memory-store.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('open-store');
const fresh = (): string => mkdtempSync(join(base, 'case-'));

it.each<[string, (directory: string) => string]>([
  ['an absolute path', (directory) => join(directory, 'store')],
  ['a path below the working directory', () => 'store'],
  ['a file: URI', (directory) => pathToFileURL(join(directory, 'store')).href],
  [
    'a file: URI in upper case',
    (directory) => pathToFileURL(join(directory, 'store')).href.replace('file', 'FILE'),
  ],
])('opens %s', async (_what, place) => {
  const cwd = fresh();
  const store = await openStore(place(cwd), { cwd });
  expect(store).toMatchObject({
    directory: join(cwd, 'store'),
    location: { bucket: 'local', rootPrefix: 'local' },
    cacheScope: `file://${join(cwd, 'store')}`,
  });
  expect(existsSync(join(cwd, 'store'))).toBe(true);
  await store.close();
});

it.each([
  ['', 'InvalidConfig', /is empty/],
  ['S3://bucket', 'InvalidConfig', /"S3:\/\/bucket" names no S3 store/],
  ['s3:///prefix', 'InvalidConfig', /"s3:\/\/\/prefix" names no S3 store/],
  ['file://other-host/x', 'InvalidConfig', /no file: URI of this machine/],
])('refuses %j', async (place, code, message) => {
  await expect(openStore(place)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

it('makes no directory unless it may', async () => {
  const directory = join(fresh(), 'missing');
  await expect(openStore(directory, { create: false })).rejects.toMatchObject({
    code: 'PathNotFound',
    path: directory,
  });
  expect(existsSync(directory)).toBe(false);
});

it('refuses a file', async () => {
  const file = join(fresh(), 'file');
  writeFileSync(file, 'x');
  await expect(openStore(file)).rejects.toMatchObject({ code: 'NotADirectory', path: file });
});

it('gives two names of one directory one scope', async () => {
  const directory = fresh();
  mkdirSync(join(directory, 'store'));
  const scopes = await Promise.all(
    ['store', './store', 'store/../store'].map(
      async (place) => (await openStore(place, { cwd: directory })).cacheScope,
    ),
  );
  expect(new Set(scopes).size).toBe(1);
});

it('takes a client of any kind', () => {
  const location = { bucket: 'bucket', rootPrefix: 'root' };
  const store = storeOf(memoryStore(), location);
  expect(store).toMatchObject({ location, cacheScope: 'bucket' });
  expect(store.cas.key('a')).toBe('root/Data/a.xxh128');
  expect(() => storeOf(memoryStore(), { bucket: '', rootPrefix: 'root' })).toThrow(/bucket/);
});
