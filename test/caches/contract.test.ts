/** What every cache promises, in memory and in SQLite. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { CheckCache, HashCache } from '../../src/caches/ports.js';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import { hashRecord, queryOf } from '../support/cache-records.js';
import { tempDir } from '../support/temp-dir.js';

const dir = tempDir('contract');
let count = 0;
const newDir = (): string => {
  const path = join(dir, String(count++));
  mkdirSync(path);
  return path;
};

describe.each<readonly [string, () => HashCache]>([
  ['memory', memoryHashCache],
  ['SQLite', () => openHashCache({ dir: newDir() })],
])('hash cache in %s', (_name, open) => {
  const stored = hashRecord();
  const changes = {
    'another size': { size: 6 },
    'another mtime in the same microsecond': { mtimeNs: stored.mtimeNs + 1n },
    'another mtime': { mtimeNs: stored.mtimeNs + 1_000_000_000n },
    'a ctime that moved although the mtime was restored': { ctimeNs: stored.ctimeNs + 1n },
    'another path': { path: '/home/artist/A.txt' },
    'a range': { rangeStart: 0, rangeEnd: 5 },
    'a range that holds nothing': { rangeStart: 3, rangeEnd: 3 },
  };

  it('answers what was stored, in order, and only for the same state', async () => {
    const cache = open();
    cache.store([stored]);
    await cache.flush();
    const queries = Object.values(changes).map((change) => ({ ...queryOf(stored), ...change }));
    const answers = await cache.lookup([queryOf(stored), ...queries, queryOf(stored)]);
    expect(answers).toEqual([stored.hash, ...queries.map(() => undefined), stored.hash]);
    await cache.close();
  });

  it('keeps ranges apart, beyond 2^32 too, and replaces a row', async () => {
    const cache = open();
    const ranges = [
      [0, 268_435_456],
      [268_435_456, 2 ** 33],
      [2 ** 33, 2 ** 40],
      [0, -1],
    ] as const;
    const records = ranges.map(([rangeStart, rangeEnd], i) =>
      hashRecord({ rangeStart, rangeEnd, size: 2 ** 40, hash: String(i).repeat(32) }),
    );
    cache.store(records.map((record) => ({ ...record, hash: 'f'.repeat(32) })));
    cache.store(records);
    await cache.flush();
    expect(await cache.lookup(records.map(queryOf))).toEqual(records.map(({ hash }) => hash));
    await cache.close();
  });

  it('does not store files that were too young, nor ranges that hold nothing', async () => {
    const cache = open();
    const young = hashRecord({ startedNs: stored.mtimeNs + 1_000_000n });
    const coarse = hashRecord({
      path: '/b',
      mtimeNs: 1_600_000_000_000_000_000n,
      startedNs: 1_600_000_001_000_000_000n,
    });
    const empty = hashRecord({ path: '/c', rangeStart: 7, rangeEnd: 7 });
    cache.store([young, coarse, empty]);
    await cache.flush();
    expect(await cache.lookup([young, coarse, empty].map(queryOf))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await cache.close();
  });

  it('answers nothing for nothing', async () => {
    const cache = open();
    expect(await cache.lookup([])).toEqual([]);
    cache.store([]);
    await cache.flush();
    await cache.close();
  });

  it('holds many rows, more than one message carries', async () => {
    const cache = open();
    const records = Array.from({ length: 1777 }, (_, i) =>
      hashRecord({ path: `/f/${i}`, hash: `${i}`.padStart(32, '0') }),
    );
    cache.store(records);
    await cache.flush();
    expect(await cache.lookup(records.map(queryOf))).toEqual(records.map(({ hash }) => hash));
    await cache.close();
  });
});

describe.each<readonly [string, (ttlDays: number, now: () => number) => CheckCache]>([
  ['memory', (ttlDays, now) => memoryCheckCache({ ttlDays, now })],
  ['SQLite', (ttlDays, now) => openCheckCache({ dir: newDir(), ttlDays, now })],
])('check cache in %s', (_name, open) => {
  const DAY_MS = 86_400_000;
  const START_MS = 1_763_640_000_500;

  it.each([
    [30, 0, true],
    [30, 30 * DAY_MS - 1, true],
    [30, 30 * DAY_MS, false],
    [2, 2 * DAY_MS - 1, true],
    [2, 2 * DAY_MS, false],
    [30, -DAY_MS, true],
    [30, -DAY_MS - 1, false],
  ])('with %d days: seen %d ms ago is %s', async (ttlDays, laterMs, hit) => {
    let now = START_MS;
    const cache = open(ttlDays, () => now);
    cache.store(['bucket/p/Data/a.xxh128']);
    await cache.flush();
    now += laterMs;
    expect(await cache.lookup(['bucket/p/Data/a.xxh128', 'bucket/p/Data/b.xxh128'])).toEqual([hit, false]);
    await cache.close();
  });

  it('forgets a prefix literally, with rows that still wait to be written', async () => {
    const cache = open(30, () => START_MS);
    const keys = [
      'b/p_x/Data/1',
      'b/p_x/Data/2',
      'b/p_x/Database',
      'b/pAx/Data/1',
      'B/p_x/Data/1',
      'c/p_x/Data/1',
    ];
    cache.store(keys);
    await cache.reset('b/p_x/Data/');
    expect(await cache.lookup(keys)).toEqual([false, false, true, true, true, true]);
    await cache.close();
  });

  it('holds many keys, more than one message carries', async () => {
    const cache = open(30, () => START_MS);
    const keys = Array.from({ length: 1234 }, (_, i) => `b/p/Data/${i}`);
    cache.store(keys);
    await cache.flush();
    expect(await cache.lookup([...keys, 'b/p/Data/x'])).toEqual([...keys.map(() => true), false]);
    await cache.close();
  });
});

describe.each<readonly [string, (options: { dir: string }) => HashCache | CheckCache]>([
  ['hash_cache.db', openHashCache],
  ['s3_check_cache.db', openCheckCache],
])('%s', (file, open) => {
  it('is opened ahead of the first call when it is prepared, and not before', async () => {
    const dir = newDir();
    const cache = open({ dir });
    expect(existsSync(join(dir, file))).toBe(false);
    cache.prepare?.();
    await cache.close();
    expect(existsSync(join(dir, file))).toBe(true);
  });
});
