import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { openStore } from '../../src/presets/open-store.js';
import { storeOf } from '../../src/presets/store.js';
import { asNobody, canBecomeNobody, compiled } from '../support/as-nobody.js';
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

it('takes a directory that could be made for an empty one in a dry run', async () => {
  const base = fresh();
  const store = await openStore(join(base, 'to/be/made'), { create: 'dry-run' });
  expect(await store.cas.head('0'.repeat(32))).toBeUndefined();
  expect(store.cacheScope).toBe(`file://${join(base, 'to/be/made')}`);
  expect(existsSync(join(base, 'to'))).toBe(false);
  writeFileSync(join(base, 'file'), 'x');
  for (const place of ['file', 'file/below'])
    await expect(openStore(place, { cwd: base, create: 'dry-run' })).rejects.toMatchObject({
      code: 'NotADirectory',
    });
});

it.runIf(canBecomeNobody)('refuses in a dry run what could not be made', () => {
  const code = `const { openStore } = await import(${JSON.stringify(compiled('presets/open-store.js'))});
    await openStore('/no-store-yet', { create: 'dry-run' }).catch(({ kind, errno }) => console.log(JSON.stringify({ kind, errno })));`;
  expect(asNobody(code)).toEqual({ kind: 'LocalIo', errno: 'EACCES' });
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
