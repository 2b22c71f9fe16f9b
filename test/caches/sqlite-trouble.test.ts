/** Cache files in every bad state: no run fails, and each state is told once (spec/storage.md 5.5, 7 rows 38 and 39). */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import { asNobody, canBecomeNobody, compiled } from '../support/as-nobody.js';
import { hashRecord, queryOf, warnings } from '../support/cache-records.js';
import { goldenPath } from '../support/golden.js';
import { pythonDump, pythonRun } from '../support/sqlite-dump.js';
import { tempDir } from '../support/temp-dir.js';

const root = tempDir('trouble');
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

let count = 0;
function newDir(): string {
  const path = join(root, String(count++));
  mkdirSync(path);
  return path;
}
const fileIn = (dir: string): string => join(dir, 'hash_cache.db');
const record = hashRecord();

/** Stores, looks up and closes; gives what was found and warned. */
async function use(dir: string, busyTimeoutMs = 100) {
  const { messages, warn } = warnings();
  const cache = openHashCache({ dir, warn, busyTimeoutMs });
  const before = await cache.lookup([queryOf(record)]);
  cache.store([record]);
  await cache.flush();
  const after = await cache.lookup([queryOf(record)]);
  await cache.close();
  return { before: before[0], after: after[0], messages };
}

/** Plants a file of ours with one row. */
async function planted(): Promise<string> {
  const dir = newDir();
  await use(dir);
  return dir;
}

describe('files that are set aside or made anew', () => {
  const garbage = Buffer.from('this is no database, but long enough to be taken for one. '.repeat(200));
  const cases: readonly (readonly [string, (dir: string) => Promise<void> | void])[] = [
    ['garbage', (dir) => writeFileSync(fileIn(dir), garbage)],
    ['a few bytes', (dir) => writeFileSync(fileIn(dir), 'x'.repeat(50))],
    ['a database cut off', async (dir) => truncateSync(await bigFile(dir), 5000)],
    ['a database with overwritten pages', async (dir) => overwrite(await bigFile(dir), 4096 * 2)],
  ];
  it.each(cases)('%s is renamed, with one warning, and a new file works', async (_case, make) => {
    const dir = newDir();
    await make(dir);
    writeFileSync(`${fileIn(dir)}-wal`, '');
    const { messages } = await use(dir);
    expect(messages).toEqual([expect.stringMatching(/is corrupt .* was renamed and a new one is used$/)]);
    expect(readdirSync(dir).filter((name) => /^hash_cache\.db\.corrupt-\d+$/.test(name))).toHaveLength(1);
    expect(await use(dir)).toEqual({ before: expect.any(String), after: record.hash, messages: [] });
    expect(pythonDump(fileIn(dir)).integrity).toBe('ok');
  });

  it('an empty file becomes a cache without a word', async () => {
    const dir = newDir();
    writeFileSync(fileIn(dir), '');
    expect(await use(dir)).toEqual({ before: undefined, after: record.hash, messages: [] });
  });

  it('a missing directory is made with mode 0700', async () => {
    const dir = join(newDir(), 'deep', 'cache');
    expect(await use(dir)).toEqual({ before: undefined, after: record.hash, messages: [] });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  async function bigFile(dir: string): Promise<string> {
    const cache = openHashCache({ dir });
    cache.store(Array.from({ length: 5000 }, (_, i) => hashRecord({ path: `/some/path/${i}` })));
    await cache.close();
    return fileIn(dir);
  }

  /** Leaves the schema readable, so that the damage shows only while rows are read or written. */
  function overwrite(file: string, from: number): void {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, from));
  }
});

describe('files that are left alone', () => {
  it('a table of ours with other columns is another program: no cache, one warning, not a byte changed', async () => {
    const dir = newDir();
    pythonRun(
      fileIn(dir),
      'create table hashesV4(file_path blob, other text); insert into hashesV4 values (1, 2);',
    );
    const before = readFileSync(fileIn(dir));
    expect(await use(dir)).toEqual({
      before: undefined,
      after: undefined,
      messages: [expect.stringContaining('its table hashesV4 has other columns')],
    });
    expect(readFileSync(fileIn(dir)).equals(before)).toBe(true);
    expect(readdirSync(dir)).toEqual(['hash_cache.db']);
  });

  it('foreign tables beside ours stay', async () => {
    const dir = newDir();
    pythonRun(
      fileIn(dir),
      'create table hash_cache_v1(machine_id text); insert into hash_cache_v1 values (1);',
    );
    expect(await use(dir)).toMatchObject({ after: record.hash, messages: [] });
    expect(pythonDump(fileIn(dir)).rows['hash_cache_v1']).toHaveLength(1);
  });

  it('a directory in the place of the file', async () => {
    const dir = newDir();
    mkdirSync(fileIn(dir));
    expect(await use(dir)).toEqual({
      before: undefined,
      after: undefined,
      messages: [expect.stringContaining('is not used in this run')],
    });
  });

  it('a file in the place of the directory', async () => {
    const path = join(newDir(), 'file');
    writeFileSync(path, '');
    expect((await use(path)).messages).toEqual([
      expect.stringContaining(`is not used in this run: ${path} is not a directory`),
    ]);
    expect(statSync(path).size).toBe(0);
  });

  it.runIf(existsSync('/proc'))(
    'a directory that cannot be made because the one above takes none',
    async () => {
      expect((await use('/proc/none/below')).messages).toEqual([
        expect.stringMatching(/is not used in this run: ENOENT.*'\/proc\/none'/),
      ]);
    },
  );

  it('an exclusive lock that another process keeps: tried three times, then a run without', async () => {
    const dir = await planted();
    const script = `import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('pragma journal_mode=delete'); db.execute('pragma locking_mode=exclusive'); db.execute('begin exclusive')
print('locked', flush=True); time.sleep(60)`;
    const holder = spawn('python3', ['-c', script, fileIn(dir)], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(holder);
    await once(holder.stdout, 'data');
    const began = performance.now();
    expect(await use(dir, 50)).toEqual({
      before: undefined,
      after: undefined,
      messages: [expect.stringContaining('database is locked')],
    });
    expect(performance.now() - began).toBeGreaterThan(1000);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await use(dir)).toEqual({ before: record.hash, after: record.hash, messages: [] });
  });

  it('a write lock that another process keeps: read on, write no more, one warning', async () => {
    const dir = await planted();
    const other = new Sqlite(fileIn(dir));
    other.exec('begin immediate');
    const { messages, warn } = warnings();
    const cache = openHashCache({ dir, warn, busyTimeoutMs: 50 });
    const late = hashRecord({ path: '/late' });
    for (const part of [late, late]) {
      cache.store([part]);
      await cache.flush();
    }
    expect(await cache.lookup([queryOf(record), queryOf(late)])).toEqual([record.hash, undefined]);
    expect(messages).toEqual([expect.stringContaining('nothing more is added')]);
    other.close();
    await cache.close();
  });
});

describe.runIf(canBecomeNobody)('files without permission', () => {
  const script = (dir: string) => `
    import { openHashCache } from ${JSON.stringify(compiled('caches/sqlite-hash-cache.js'))};
    const parse = (key, value) => (key.endsWith('Ns') ? BigInt(value) : value);
    const record = JSON.parse(process.env.RECORD ?? ${JSON.stringify(JSON.stringify(record, asText))}, parse);
    const messages = [];
    const cache = openHashCache({ dir: ${JSON.stringify(dir)}, warn: (message) => messages.push(message) });
    const before = await cache.lookup([record]);
    cache.store([record]);
    await cache.flush();
    const after = await cache.lookup([record]);
    await cache.close();
    console.log(JSON.stringify({ before: before[0] ?? null, after: after[0] ?? null, messages }));`;
  const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

  it.each([
    ['directory', 0o555, 0o644],
    ['file', 0o777, 0o444],
    ['directory and file', 0o555, 0o444],
  ])('read-only %s: used for lookups, one warning, nothing left behind', async (_case, dirMode, fileMode) => {
    const dir = await planted();
    chmodSync(fileIn(dir), fileMode);
    chmodSync(dir, dirMode);
    expect(asNobody(script(dir))).toEqual({
      before: record.hash,
      after: record.hash,
      messages: [expect.stringContaining('is read-only: it is used, and nothing is added')],
    });
    expect(readdirSync(dir)).toEqual(['hash_cache.db']);
  });

  it('a rollback-journal file in a read-only directory is used too', () => {
    const dir = newDir();
    copyFileSync(goldenPath('storage/caches/hash_cache_v3.db'), fileIn(dir));
    chmodSync(fileIn(dir), 0o444);
    chmodSync(dir, 0o555);
    expect(asNobody(script(dir))).toMatchObject({ messages: [expect.stringContaining('is read-only')] });
    expect(readdirSync(dir)).toEqual(['hash_cache.db']);
  });

  it('a WAL file in a read-only directory that somebody writes is no cache', async () => {
    const dir = await planted();
    const writer = new Sqlite(fileIn(dir));
    writer.exec(
      "delete from hashesV4; delete from tsHashesV1; insert into hashesV4 values ('x', 'y', 0, -1, 'z', 1)",
    );
    expect(statSync(`${fileIn(dir)}-wal`).size).toBeGreaterThan(0);
    chmodSync(dir, 0o555);
    expect(asNobody(script(dir))).toMatchObject({
      before: null,
      messages: [expect.stringContaining('another process has not finished writing it')],
    });
    writer.close();
  });

  it('an unreadable file, and a directory that cannot be made', async () => {
    const unreadable = await planted();
    chmodSync(fileIn(unreadable), 0o600);
    expect(asNobody(script(unreadable))).toMatchObject({
      before: null,
      messages: [expect.stringContaining('EACCES')],
    });
    const closed = newDir();
    chmodSync(closed, 0o555);
    expect(asNobody(script(join(closed, 'cache')))).toMatchObject({
      messages: [expect.stringContaining('EACCES')],
    });
    expect(asNobody(script(closed))).toMatchObject({
      messages: [expect.stringContaining('directory is read-only')],
    });
  });

  it('a reset that cannot delete ends the use of the cache', async () => {
    const dir = newDir();
    const ours = openCheckCache({ dir });
    ours.store(['b/p/Data/1']);
    await ours.close();
    chmodSync(dir, 0o555);
    const code = `
      import { openCheckCache } from ${JSON.stringify(compiled('caches/sqlite-check-cache.js'))};
      const cache = openCheckCache({ dir: ${JSON.stringify(dir)} });
      const before = await cache.lookup(['b/p/Data/1']);
      await cache.reset('b/p/Data/');
      const after = await cache.lookup(['b/p/Data/1']);
      await cache.close();
      console.log(JSON.stringify([before, after]));`;
    expect(asNobody(code)).toEqual([[true], [false]]);
  });
});

describe.runIf(canMount())('a full disk', () => {
  it('a run goes on without writing, with one warning', async () => {
    const dir = newDir();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', dir]);
    try {
      await use(dir);
      const { messages, warn } = warnings();
      const cache = openHashCache({ dir, warn });
      cache.store(
        Array.from({ length: 3000 }, (_, i) => hashRecord({ path: `/some/rather/long/path/${i}` })),
      );
      await cache.flush();
      expect(await cache.lookup([queryOf(record)])).toEqual([record.hash]);
      expect(messages).toEqual([expect.stringContaining('nothing more is added')]);
      await cache.close();
    } finally {
      execFileSync('umount', [dir]);
    }
  });
});

describe('the thread', () => {
  it('is not started, and nothing is made, before the first call', async () => {
    const dir = join(newDir(), 'cache');
    const cache = openHashCache({ dir });
    await cache.flush();
    await cache.close();
    expect(existsSync(dir)).toBe(false);
  });

  it('that dies leaves a run without cache, with one warning, and nobody waiting', async () => {
    const threadFile = new URL(`file://${join(newDir(), 'thread.mjs')}`);
    writeFileSync(
      threadFile,
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(1));`,
    );
    const { messages, warn } = warnings();
    const cache = openHashCache({ dir: newDir(), warn, threadFile });
    const queries = Array.from({ length: 1500 }, (_, i) => queryOf(hashRecord({ path: `/${i}` })));
    expect(new Set(await cache.lookup(queries))).toEqual(new Set([undefined]));
    cache.store([record]);
    await cache.flush();
    expect(messages).toEqual([expect.stringContaining('its thread ended')]);
    await cache.close();
  });

  it('does not keep a process alive that never closed its cache, and the rows are written', () => {
    const dir = newDir();
    const code = `
      import { openCheckCache } from ${JSON.stringify(compiled('caches/sqlite-check-cache.js'))};
      openCheckCache({ dir: ${JSON.stringify(dir)} }).store(['b/p/Data/1']);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 10_000 });
    expect(pythonDump(join(dir, 's3_check_cache.db')).rows['s3checkV1']).toHaveLength(1);
  });

  it('that loses its file to another process goes on', async () => {
    const dir = newDir();
    const { messages, warn } = warnings();
    const cache = openHashCache({ dir, warn });
    cache.store([record]);
    await cache.flush();
    for (const name of readdirSync(dir)) rmSync(join(dir, name));
    cache.store([hashRecord({ path: '/b' })]);
    await cache.flush();
    await cache.close();
    expect(messages.length).toBeLessThanOrEqual(1);
  });
});

it.each([
  ['a relative directory', () => openHashCache({ dir: 'cache' }), /^dir: must be absolute/],
  ['no days at all', () => openCheckCache({ dir: '/tmp', ttlDays: 0 }), /^ttlDays: must be above zero/],
  [
    'days that are no number',
    () => openCheckCache({ dir: '/tmp', ttlDays: Number.NaN }),
    /^ttlDays: must be above zero/,
  ],
])('refuses %s at once', (_case, open, message) => {
  expect(open).toThrow(message);
});

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const dir = newDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    execFileSync('umount', [dir]);
    return true;
  } catch {
    return false;
  }
}
