/** Rows 38 and 39 of the fault table (spec/storage.md section 7): caches that cannot be used. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { SQLITE_CACHE_DEFAULTS } from '../../src/caches/cache-options.js';
import { canBecomeNobody, compiled } from '../support/as-nobody.js';
import { requireServer } from '../support/require-server.js';
import { NOBODY, runModule } from '../support/run-module.js';
import { smallDisk } from '../support/small-disk.js';
import { pythonRun } from '../support/sqlite-dump.js';
import { tempDir } from '../support/temp-dir.js';
import { namesOf, ROOT_PREFIX, SOAK, scratch, treeOf, useS3 } from './support.js';

import { CACHE_FILES, FORTY as FILES, submitWith } from './support-caches.js';

const COUNT = Object.keys(FILES).length;
const mayMount = smallDisk(1024 * 1024) !== undefined;

/** One message about each of the two files, and no other. */
const oneEach = (dir: string, pattern: RegExp): unknown[] =>
  CACHE_FILES.map((name) =>
    expect.stringMatching(new RegExp(`${join(dir, name).replaceAll('.', '\\.')}.*${pattern.source}`)),
  );

requireServer('versitygw')('a cache that cannot be used', () => {
  const s3 = useS3();
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** The first submission of the files does all the work, and does it right. */
  async function submitsAll(dir: string, busyTimeoutMs?: number): Promise<readonly string[]> {
    const store = await s3.store();
    const { uploadStats, hashingStats, messages } = await submitWith(
      dir,
      { store, root: treeOf(FILES) },
      busyTimeoutMs,
    );
    expect(hashingStats).toMatchObject({ totalFiles: COUNT, processedFiles: COUNT });
    expect(uploadStats).toMatchObject({ totalFiles: COUNT, processedFiles: COUNT, status: 'COMPLETE' });
    expect(s3.objects()).toEqual(namesOf(Object.values(FILES)));
    expect(s3.manifests()).toHaveLength(1);
    return messages.toSorted();
  }
  /** A second run over a tree finds what the first one has written. */
  async function isUsedBy(dir: string): Promise<void> {
    const [root, store] = [treeOf(FILES), await s3.store()];
    await submitWith(dir, { root, store });
    s3.proxy().clear();
    const { hashingStats, uploadStats, messages } = await submitWith(dir, { root, store });
    expect(hashingStats).toMatchObject({ skippedFiles: COUNT });
    expect(uploadStats).toMatchObject({ skippedFiles: COUNT });
    expect(s3.proxy().count('HeadObject')).toBeLessThanOrEqual(30);
    expect(messages).toEqual([]);
  }

  it('fault 38: cache directory missing: made, without a word', async () => {
    const dir = join(scratch(), 'deep', 'cache');
    expect(await submitsAll(dir)).toEqual([]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    await isUsedBy(dir);
  });

  it('fault 38: cache directory is a file: run succeeds without the caches, one warning for each', async () => {
    const dir = join(scratch(), 'file');
    writeFileSync(dir, 'mine');
    expect(await submitsAll(dir)).toEqual(oneEach(dir, /is not used in this run: .*file is not a directory/));
    expect(readFileSync(dir, 'utf8')).toBe('mine');
  });

  it.runIf(mayMount)(
    'fault 38: cache directory on a full disk: run succeeds without writing, one warning for each',
    async () => {
      const dir = smallDisk(128 * 1024) ?? '';
      expect(() => writeFileSync(join(dir, 'ballast'), Buffer.alloc(1 << 20))).toThrow(/ENOSPC/);
      expect(await submitsAll(dir)).toEqual(oneEach(dir, /(is not used|nothing more is added)/));
      expect(readdirSync(dir)).toContain('ballast');
    },
  );

  it.runIf(canBecomeNobody).each([
    ['with caches in it', true, 0, /is read-only: it is used, and nothing is added/],
    ['and empty', false, COUNT, /is not used in this run: .*directory is read-only/],
  ] as const)(
    'fault 38: cache directory read-only (%s): run succeeds without writing, one warning for each',
    async (_case, filled, hashed, pattern) => {
      const dir = join(tempDir('read-only-cache'), 'cache');
      const root = join(tempDir('read-only-tree'), 'tree');
      mkdirSync(dir);
      mkdirSync(root);
      for (const [path, text] of Object.entries(FILES)) {
        mkdirSync(join(root, path, '..'), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      if (filled) await submitWith(dir, { root, store: await s3.store() });
      for (const name of readdirSync(dir)) chmodSync(join(dir, name), 0o444);
      const before = readdirSync(dir).map((name) => readFileSync(join(dir, name)));
      chmodSync(dir, 0o555);
      s3.proxy().clear();
      const place = `s3://${s3.bucket()}/${ROOT_PREFIX}`;
      const settings = s3.server().settings({ endpoint: s3.proxy().endpoint });
      const code = `
        import { openCheckCache, openHashCache, openStore, submitTree } from ${JSON.stringify(compiled('index.js'))};
        const store = await openStore(${JSON.stringify(place)}, { s3: ${JSON.stringify(settings)} });
        const messages = [];
        const options = { dir: ${JSON.stringify(dir)}, warn: (message) => messages.push(message) };
        const [hashCache, checkCache] = [openHashCache(options), openCheckCache(options)];
        const { hashingStats, uploadStats } = await submitTree({ root: ${JSON.stringify(root)}, store, hashCache, checkCache });
        await Promise.all([hashCache.close(), checkCache.close(), store.close()]);
        console.log(JSON.stringify({ hashed: hashingStats.processedFiles, sent: uploadStats.processedFiles, messages: messages.sort() }));`;
      const run = JSON.parse(await runModule(code, NOBODY)) as unknown;
      expect(run).toEqual({ hashed, sent: hashed, messages: oneEach(dir, pattern) });
      expect(s3.proxy().count('HeadObject')).toBeLessThanOrEqual(filled ? 30 : COUNT);
      expect(readdirSync(dir).map((name) => readFileSync(join(dir, name)))).toEqual(before);
      expect(s3.objects()).toEqual(namesOf(Object.values(FILES)));
    },
  );

  const inBoth = (make: (file: string, name: string) => void): string => {
    const dir = scratch();
    for (const name of CACHE_FILES) make(join(dir, name), name);
    return dir;
  };

  it('fault 39: cache files corrupt: renamed, made anew, one warning for each, and used from then on', async () => {
    const dir = inBoth((file) => writeFileSync(file, 'no database at all '.repeat(500)));
    expect(await submitsAll(dir)).toEqual(
      CACHE_FILES.map((name) =>
        expect.stringMatching(`${name} is corrupt .* was renamed and a new one is used$`),
      ),
    );
    for (const name of CACHE_FILES)
      expect(readdirSync(dir).filter((each) => each.startsWith(`${name}.corrupt-`))).toHaveLength(1);
    await isUsedBy(dir);
  });

  it('fault 39: cache files of zero length: used without a word', async () => {
    const dir = inBoth((file) => writeFileSync(file, ''));
    expect(await submitsAll(dir)).toEqual([]);
    await isUsedBy(dir);
  });

  it('fault 39: cache files with another schema: left alone, one warning for each', async () => {
    const tables: Readonly<Record<string, string>> = {
      'hash_cache.db':
        'create table hashesV4(file_path blob, other text); insert into hashesV4 values (1, 2);',
      's3_check_cache.db':
        'create table s3checkV1(s3_key text, other text); insert into s3checkV1 values (1, 2);',
    };
    const dir = inBoth((file, name) => pythonRun(file, tables[name] ?? ''));
    const before = CACHE_FILES.map((name) => readFileSync(join(dir, name)));
    expect(await submitsAll(dir)).toEqual(
      oneEach(dir, /is not used in this run: its table \w+ has other columns/),
    );
    expect(CACHE_FILES.map((name) => readFileSync(join(dir, name)))).toEqual(before);
    expect(readdirSync(dir).sort()).toEqual(CACHE_FILES);
  });

  it(`fault 39: cache files locked${SOAK ? ' for 60 s' : ''} by another process: run succeeds without them, one warning for each`, {
    timeout: 180_000,
  }, async () => {
    const dir = scratch();
    await submitWith(dir, { store: await s3.store(), root: treeOf({ other: 'other' }) });
    rmSync(join(s3.server().directory, s3.bucket(), ROOT_PREFIX), { recursive: true });
    const script = `import sqlite3, sys, time
files = [sqlite3.connect(path, isolation_level=None) for path in sys.argv[1:]]
for db in files: db.execute('pragma journal_mode=delete'); db.execute('pragma locking_mode=exclusive'); db.execute('begin exclusive')
print('locked', flush=True); time.sleep(${SOAK ? 60 : 170})`;
    const holder = spawn('python3', ['-c', script, ...CACHE_FILES.map((name) => join(dir, name))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(holder);
    await once(holder.stdout, 'data');
    const began = performance.now();
    const messages = await submitsAll(dir, SOAK ? SQLITE_CACHE_DEFAULTS.busyTimeoutMs : 50);
    expect(messages).toEqual(oneEach(dir, /database is locked/));
    expect(performance.now() - began).toBeGreaterThan(1000); // three tries
    if (!SOAK) holder.kill('SIGKILL');
    await once(holder, 'exit');
    await isUsedBy(dir);
  });
});
