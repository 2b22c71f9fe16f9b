/** Several processes on one cache file, ours and Python's (spec/storage.md 5.5). */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import { compiled } from '../support/as-nobody.js';
import { hashRecord, queryOf, warnings } from '../support/cache-records.js';
import { pythonCounts } from '../support/sqlite-dump.js';
import { tempDir } from '../support/temp-dir.js';

const root = tempDir('processes');
let count = 0;
const newDir = (): string => {
  const path = join(root, String(count++));
  mkdirSync(path);
  return path;
};
const run = promisify(execFile);
const ROWS = 10_000;

const writer = (dir: string, name: string, tail: string) => `
  import { openHashCache } from ${JSON.stringify(compiled('caches/sqlite-hash-cache.js'))};
  import { openCheckCache } from ${JSON.stringify(compiled('caches/sqlite-check-cache.js'))};
  const options = { dir: ${JSON.stringify(dir)}, warn: (message) => { console.error(message); process.exitCode = 1; } };
  const hashes = openHashCache(options), checks = openCheckCache(options);
  const write = (from) => {
    for (let i = from; i < from + ${ROWS}; i += 100) {
      const some = Array.from({ length: 100 }, (_, k) => i + k);
      checks.store(some.map((n) => 'b/${name}/Data/' + n));
      hashes.store(some.map((n) => ({ path: '/${name}/' + n, rangeStart: 0, rangeEnd: -1, size: n, mtimeNs: 1600000000123456789n,
        ctimeNs: 1600000000123456789n, hash: String(n).padStart(32, '0'), startedNs: 1700000000000000000n })));
    }
  };
  ${tail}`;
const node = (code: string) => ['--input-type=module', '-e', code];

it('two of ours and a Python process write 10,000 rows each at once, and none is lost', async () => {
  const dir = newDir();
  const python = `import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1] + '/s3_check_cache.db', timeout=30)
db.execute('CREATE TABLE IF NOT EXISTS s3checkV1(s3_key text primary key, last_seen_time timestamp)')
for n in range(0, ${ROWS}, 100):
    with db: db.executemany('insert or replace into s3checkV1 values (?, ?)', [('b/py/Data/%d' % k, str(time.time())) for k in range(n, n + 100)])`;
  const end = 'write(0); await Promise.all([hashes.close(), checks.close()]);';
  await Promise.all([
    run(process.execPath, node(writer(dir, 'one', end))),
    run(process.execPath, node(writer(dir, 'two', end))),
    run('python3', ['-c', python, dir]),
  ]);
  expect(pythonCounts(join(dir, 's3_check_cache.db'))).toEqual({
    integrity: 'ok',
    counts: { s3checkV1: 3 * ROWS },
  });
  expect(pythonCounts(join(dir, 'hash_cache.db'))).toEqual({
    integrity: 'ok',
    counts: { hashesV4: 2 * ROWS, tsHashesV1: 2 * ROWS },
  });
});

it('kill -9 while writing leaves a file that works', async () => {
  const dir = newDir();
  const endless = `for (let from = 0; ; from += ${ROWS}) { write(from); await Promise.all([hashes.flush(), checks.flush()]); console.log(from); }`;
  const child = spawn(process.execPath, node(writer(dir, 'killed', endless)), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { messages, warn } = warnings();
  const hashes = openHashCache({ dir, warn });
  const checks = openCheckCache({ dir, warn });
  const first = { ...queryOf(hashRecord({ path: '/killed/7' })), size: 7 };
  expect(await hashes.lookup([first])).toEqual(['7'.padStart(32, '0')]);
  expect(await checks.lookup(['b/killed/Data/7'])).toEqual([true]);
  hashes.store([hashRecord({ path: '/after' })]);
  await hashes.flush();
  expect(await hashes.lookup([queryOf(hashRecord({ path: '/after' }))])).toEqual([hashRecord().hash]);
  await Promise.all([hashes.close(), checks.close()]);
  expect(messages).toEqual([]);
  expect(pythonCounts(join(dir, 'hash_cache.db')).integrity).toBe('ok');
});
