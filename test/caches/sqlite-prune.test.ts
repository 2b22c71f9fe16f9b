/** What is forgotten and when (spec/storage.md 5.3, 5.4). */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import { hashRecord, queryOf } from '../support/cache-records.js';
import { tempDir } from '../support/temp-dir.js';

const DAY_MS = 86_400_000;
const START_MS = 20_000 * DAY_MS + 1000;
const root = tempDir('prune');
let count = 0;
const newDir = (): string => {
  const path = join(root, String(count++));
  mkdirSync(path);
  return path;
};
const column = (file: string, sql: string): unknown[] => {
  const db = new Sqlite(file, { readonly: true });
  const values = db.prepare(sql).pluck().all();
  db.close();
  return values;
};

async function checkAt(
  dir: string,
  day: number,
  work: { keys?: string[]; bucketPrefix?: string },
): Promise<unknown[]> {
  const { keys = [], bucketPrefix = 'b/' } = work;
  const cache = openCheckCache({ dir, bucketPrefix, now: () => START_MS + day * DAY_MS });
  cache.store(keys);
  await cache.lookup(['x']);
  await cache.close();
  return column(join(dir, 's3_check_cache.db'), 'SELECT s3_key FROM s3checkV1 ORDER BY s3_key');
}

it('expired rows of the bucket go when the cache is opened, at most once a day', async () => {
  const dir = newDir();
  await checkAt(dir, 0, { keys: ['b/old', 'other/old', 'B/old'] });
  expect(await checkAt(dir, 29.5, { keys: ['b/new'] })).toEqual(['B/old', 'b/new', 'b/old', 'other/old']);
  expect(await checkAt(dir, 29.9, {})).toHaveLength(4);
  expect(await checkAt(dir, 30, {})).toEqual(['B/old', 'b/new', 'other/old']);
  expect(await checkAt(dir, 30.5, { bucketPrefix: 'other/' })).toContain('other/old');
  expect(await checkAt(dir, 31, { bucketPrefix: 'other/' })).toEqual(['B/old', 'b/new']);
});

async function hashAt(dir: string, day: number, paths: string[]): Promise<unknown[]> {
  const cache = openHashCache({ dir, now: () => START_MS + day * DAY_MS });
  await cache.lookup(paths.map((path) => queryOf(hashRecord({ path }))));
  await cache.close();
  return column(join(dir, 'hash_cache.db'), 'SELECT cast(path AS text) FROM tsHashesV1 ORDER BY path');
}

it('our rows go when nobody used them for 90 days; Python rows stay', async () => {
  const dir = newDir();
  const cache = openHashCache({ dir, now: () => START_MS });
  cache.store(['/a', '/b'].map((path) => hashRecord({ path })));
  await cache.close();
  expect(await hashAt(dir, 60, ['/a'])).toEqual(['/a', '/b']);
  expect(await hashAt(dir, 91, ['/x'])).toEqual(['/a']);
  expect(await hashAt(dir, 151, ['/x'])).toEqual([]);
  expect(column(join(dir, 'hash_cache.db'), 'SELECT count(*) FROM hashesV4')).toEqual([2]);
});

it('a use is written down once a week, not at every lookup', async () => {
  const dir = newDir();
  const file = join(dir, 'hash_cache.db');
  const cache = openHashCache({ dir, now: () => START_MS });
  cache.store([hashRecord({ path: '/a' })]);
  await cache.close();
  const writtenAfter = async (day: number) => {
    await hashAt(dir, day, ['/a']);
    return (Number(column(file, 'SELECT written FROM tsHashesV1')[0]) * 1000 - START_MS) / DAY_MS;
  };
  expect([await writtenAfter(6), await writtenAfter(8), await writtenAfter(14)]).toEqual([0, 8, 8]);
});
