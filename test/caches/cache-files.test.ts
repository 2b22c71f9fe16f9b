import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheInfo, clearCaches, defaultCacheDir } from '../../src/caches/cache-files.js';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import { asNobody, compiled } from '../support/as-nobody.js';
import { hashRecord } from '../support/cache-records.js';
import { tempDir } from '../support/temp-dir.js';

const root = tempDir('cache-files');
let count = 0;
const newDir = (): string => {
  const path = join(root, String(count++));
  mkdirSync(path);
  return path;
};

async function filled(): Promise<string> {
  const dir = newDir();
  const hashes = openHashCache({ dir, now: () => 1_700_000_000_000 });
  hashes.store(['/a', '/b', '/c'].map((path) => hashRecord({ path })));
  await hashes.close();
  for (const seconds of [1_700_000_000, 1_700_000_100]) {
    const checks = openCheckCache({ dir, now: () => seconds * 1000 });
    checks.store([`b/Data/${seconds}`]);
    await checks.close();
  }
  return dir;
}

it('tells paths, sizes, rows and ages, and changes nothing', async () => {
  const dir = await filled();
  const before = readFileSync(join(dir, 'hash_cache.db'));
  const [hash, check] = await cacheInfo(dir);
  expect(hash).toEqual({
    kind: 'hash',
    path: join(dir, 'hash_cache.db'),
    exists: true,
    bytes: before.length,
    tables: [
      { name: 'hashesV4', rows: 3 },
      { name: 'tsHashesV1', rows: 3, oldestSeconds: 1_700_000_000, newestSeconds: 1_700_000_000 },
    ],
  });
  expect(check).toMatchObject({
    path: join(dir, 's3_check_cache.db'),
    tables: [{ name: 's3checkV1', rows: 2, oldestSeconds: 1_700_000_000, newestSeconds: 1_700_000_100 }],
  });
  expect(readFileSync(join(dir, 'hash_cache.db')).equals(before)).toBe(true);
});

it('tells what a run that still writes has committed', async () => {
  const dir = newDir();
  const cache = openHashCache({ dir });
  cache.store([hashRecord()]);
  await cache.flush();
  expect((await cacheInfo(dir))[0]?.tables.map(({ rows }) => rows)).toEqual([1, 1]);
  await cache.close();
});

it('tells what is missing without making it', async () => {
  const dir = join(newDir(), 'none');
  const missing = { exists: false, bytes: 0, tables: [] };
  expect(await cacheInfo(dir)).toMatchObject([missing, missing]);
  expect(await clearCaches(dir)).toEqual([]);
  expect(readdirSync(join(dir, '..'))).toEqual([]);
});

it('tells what cannot be read, and repairs nothing', async () => {
  const dir = newDir();
  writeFileSync(join(dir, 'hash_cache.db'), 'no database at all, just words in a file. '.repeat(50));
  const [hash] = await cacheInfo(dir);
  expect(hash).toMatchObject({
    exists: true,
    tables: [],
    problem: expect.stringContaining('cannot be read'),
  });
  expect(readdirSync(dir)).toEqual(['hash_cache.db']);
});

it('deletes the cache files, their side files and what was set aside, and nothing else', async () => {
  const dir = await filled();
  const others = ['hash_cache.db.txt', 'other.db', 'hash_cache.dbx-wal', 'hash_cache.db.corrupt-x'];
  const ours = [
    'hash_cache.db-wal',
    's3_check_cache.db-shm',
    'hash_cache.db.corrupt-123',
    'hash_cache.db-wal.corrupt-123',
  ];
  for (const name of [...others, ...ours]) writeFileSync(join(dir, name), '');
  const expected = [...ours, 'hash_cache.db', 's3_check_cache.db'].map((name) => join(dir, name)).sort();
  expect(await clearCaches(dir)).toEqual(expected);
  expect(readdirSync(dir).sort()).toEqual([...others].sort());
});

it.each([
  ['tells', cacheInfo],
  ['deletes', clearCaches],
])('%s nothing where a file stands in place of the directory', async (_what, ask) => {
  const file = join(newDir(), 'file');
  writeFileSync(file, '');
  await expect(ask(file)).rejects.toMatchObject({
    kind: 'LocalIo',
    path: expect.stringContaining(file),
    hint: expect.stringContaining('give a directory'),
    cause: { code: 'ENOTDIR' },
  });
});

it('names a directory in place of a cache file', async () => {
  const path = join(newDir(), 'hash_cache.db');
  mkdirSync(path);
  await expect(clearCaches(join(path, '..'))).rejects.toMatchObject({ kind: 'NotAFile', path });
});

it('names a cache file that may not be deleted', async () => {
  const dir = await filled();
  chmodSync(dir, 0o555);
  const failed = asNobody(`
    import { clearCaches } from ${JSON.stringify(compiled('caches/cache-files.js'))};
    const { kind, path } = await clearCaches(${JSON.stringify(dir)}).catch((error) => error);
    console.log(JSON.stringify({ kind, path }));
  `);
  chmodSync(dir, 0o755);
  expect(failed).toEqual({ kind: 'LocalIo', path: expect.stringContaining(join(dir, '')) });
});

it('stands by default where the Python command line keeps its caches', () => {
  expect(defaultCacheDir()).toBe(join(homedir(), '.deadline', 'cache'));
});
