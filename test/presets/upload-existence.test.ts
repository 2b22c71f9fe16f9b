/** How an upload asks what the store holds, and what it believes: requests counted over the whole preset. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../src/backends/faults.js';
import type { PutOptions } from '../../src/backends/storage-client.js';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import type { Manifest } from '../../src/model/manifest.js';
import type { TransferTally, UploadUnit } from '../../src/model/upload-unit.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { openStore } from '../../src/presets/open-store.js';
import { type PresetOptions, runPreset } from '../../src/presets/preset-options.js';
import type { Store } from '../../src/presets/store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { checkAndTransfer, healingStaleCache } from '../../src/presets/upload-stages.js';
import { verifyManifest } from '../../src/presets/verify-manifest.js';
import { statsSink } from '../../src/sinks/stats-sink.js';
import { LOCATION, type TestStore, testStore, writeTree } from '../support/contents.js';
import { hashed } from '../support/stages.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('upload-existence');
const fresh = (): string => mkdtempSync(join(base, 'case-'));

interface Content {
  readonly hash: string;
  readonly bytes: Buffer;
}
const contents = (count: number, from = 0): Content[] =>
  Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(`content ${from + index}`.padEnd(14));
    return { hash: xxh128(bytes), bytes };
  });

/** Uploads contents from memory, through everything behind hashing. */
function upload(
  store: Store,
  items: readonly Content[],
  options: PresetOptions = {},
): Promise<TransferTally> {
  return healingStaleCache(store, options, (run) => {
    const source = Pipeline.from(async function* units(): AsyncGenerator<UploadUnit> {
      for (const [index, { hash, bytes }] of items.entries()) {
        const file = hashed(`f${index}`, [hash], { size: bytes.length });
        yield { file, objects: 1, object: { hash, size: bytes.length, source: { kind: 'bytes', bytes } } };
      }
    });
    return runPreset(checkAndTransfer(source, store, run).into(statsSink()), run, {
      status: 'UPLOAD_IN_PROGRESS',
      operation: 'upload',
    });
  });
}

const keyOf = (store: Store, { hash }: Content): string => store.cas.key(hash);
const cacheKeyOf = (store: Store, content: Content): string => `${LOCATION.bucket}/${keyOf(store, content)}`;

async function put(store: TestStore, items: readonly Content[]): Promise<void> {
  for (const item of items) await store.inner.putObject(LOCATION.bucket, keyOf(store, item), item.bytes);
}

async function storedOf(store: TestStore): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const page of store.inner.listObjects(LOCATION.bucket, ''))
    for (const { key, size } of page) found.set(key, size);
  return found;
}

const puts = ({ meter }: TestStore): number =>
  meter.counts('putObject').calls + meter.counts('putObjectFromFile').calls;
const heads = ({ meter }: TestStore): number => meter.counts('headObject').calls;
const questions = ({ meter }: TestStore): number =>
  heads({ meter } as TestStore) + meter.counts('listObjects').calls;

describe('20,000 objects', () => {
  const items = contents(20_000);

  it('that are unknown cost at most 300 requests beside their puts', async () => {
    const store = testStore();
    const tally = await upload(store, items);
    expect(tally).toMatchObject({ totalFiles: 20_000, processedFiles: 20_000 });
    expect([puts(store), (await storedOf(store)).size]).toEqual([20_000, 20_000]);
    expect(questions(store)).toBeLessThanOrEqual(300);
  });

  it('that are stored but in no cache cost at most 300, and at most 40 the next time', async () => {
    const store = testStore();
    await put(store, items);
    store.meter.reset();
    const checkCache = memoryCheckCache();
    expect(await upload(store, items, { checkCache })).toMatchObject({ skippedFiles: 20_000 });
    expect(store.meter.totals().calls).toBeLessThanOrEqual(300);
    store.meter.reset();
    expect(await upload(store, items, { checkCache })).toMatchObject({ skippedFiles: 20_000 });
    expect(store.meter.totals().calls).toBeLessThanOrEqual(40);
  });
});

describe('objects that appear between the question and the put', () => {
  it.each(['auto', 'put', 'list'] as const)('are left or replaced by their size: %s', async (existence) => {
    const [right, wrong, absent] = contents(3) as [Content, Content, Content];
    const store = testStore(({ method, number }) => {
      // Both come after the question and before the first put.
      if (method === 'putObject' && number === 1) {
        void store.inner.putObject(LOCATION.bucket, keyOf(store, right), right.bytes);
        void store.inner.putObject(LOCATION.bucket, keyOf(store, wrong), Buffer.from('torn'));
      }
      return undefined;
    });
    const tally = await upload(store, [right, wrong, absent], { existence, concurrency: 1 });
    expect(tally).toMatchObject({ processedFiles: 2, skippedFiles: 1 });
    expect(new Set((await storedOf(store)).values())).toEqual(new Set([14]));
  });

  it('every put that follows "absent" is conditional, and the one that replaces is not', async () => {
    const items = contents(1100);
    const conditions = new Map<string, boolean | undefined>();
    const store = testStore(({ method, key, options }) => {
      if (method === 'putObject') conditions.set(key, (options as PutOptions).ifAbsent);
      return undefined;
    });
    const [torn] = items as [Content];
    await store.inner.putObject(LOCATION.bucket, keyOf(store, torn), Buffer.from('torn'));
    await upload(store, items, { existence: 'list' });
    expect(heads(store)).toBe(0);
    expect(conditions.get(keyOf(store, torn))).toBe(false);
    conditions.delete(keyOf(store, torn));
    expect([conditions.size, new Set(conditions.values())]).toEqual([1099, new Set([true])]);
  });
});

const denied = new StorageError('AccessDenied', 'no', { httpStatus: 403 });
const failing =
  (name: string, error: Error): FaultPlan =>
  ({ method }) =>
    method === name ? { kind: 'before', error } : undefined;

describe('a store that refuses', () => {
  it.each(['stop', 'collect'] as const)(
    'HEAD with 403 ends the run at once with %s, sends nothing and teaches nothing',
    async (onFileError) => {
      const items = contents(300);
      const store = testStore(failing('headObject', denied));
      const checkCache = memoryCheckCache();
      await expect(upload(store, items, { checkCache, onFileError })).rejects.toBe(denied);
      expect([puts(store), heads(store) <= 64]).toEqual([0, true]);
      expect(await checkCache.lookup(items.map((item) => cacheKeyOf(store, item)))).not.toContain(true);
    },
  );

  it('a LIST that is no list ends the run, and nothing is recorded', async () => {
    const items = contents(1500);
    const html = new StorageError('ServiceError', 'the answer is no XML', { httpStatus: 200 });
    const store = testStore(failing('listObjects', html));
    const checkCache = memoryCheckCache();
    await expect(upload(store, items, { checkCache, existence: 'list' })).rejects.toBe(html);
    expect(puts(store)).toBe(0);
    expect(await checkCache.lookup(items.map((item) => cacheKeyOf(store, item)))).not.toContain(true);
  });
});

describe('the check cache', () => {
  /** A store and a cache that agree, until the test breaks one of them. */
  const known = async (count: number, plan?: FaultPlan) => {
    const items = contents(count);
    const store = testStore(plan);
    await put(store, items);
    const checkCache = memoryCheckCache();
    checkCache.store(items.map((item) => cacheKeyOf(store, item)));
    const stranger = 'elsewhere/Data/x.xxh128';
    checkCache.store([stranger]);
    return { items, store, checkCache, stranger };
  };
  const lose = async (store: TestStore, items: readonly Content[]): Promise<TestStore> => {
    const rest = testStore();
    const gone = new Set(items.map((item) => keyOf(store, item)));
    for (const key of (await storedOf(store)).keys()) {
      if (gone.has(key)) continue;
      const { data } = await store.inner.getObject(LOCATION.bucket, key);
      await rest.inner.putObject(LOCATION.bucket, key, data);
    }
    return rest;
  };

  it.each([
    ['sample', 30, 30],
    ['inline', 100, 125],
    ['force', 500, 500],
    ['off', 500, 500],
  ] as const)('%s asks about %d to %d of 500 known objects', async (cacheCheck, least, most) => {
    const { items, store, checkCache } = await known(500);
    const tally = await upload(store, items, { checkCache, cacheCheck });
    expect(tally).toMatchObject({ skippedFiles: 500 });
    expect(heads(store)).toBeGreaterThanOrEqual(least);
    expect(heads(store)).toBeLessThanOrEqual(most);
  });

  it('forced asks one by one however many there are, unless a listing is asked for', async () => {
    const { items, store, checkCache } = await known(1500);
    await upload(store, items, { checkCache, cacheCheck: 'force' });
    expect(heads(store)).toBe(1500);
    store.meter.reset();
    await upload(store, items, { checkCache, cacheCheck: 'force', existence: 'list' });
    expect(heads(store)).toBe(0);
  });

  it.each(['sample', 'inline'] as const)(
    'that is wrong is reset, and what was skipped on its word is checked again: %s',
    async (cacheCheck) => {
      const { items, store, checkCache, stranger } = await known(400);
      const rest = await lose(store, items.slice(0, 200));
      const warnings: string[] = [];
      const log = (_level: string, message: string): unknown => warnings.push(message);
      for (const onFileError of ['stop', 'collect'] as const) {
        const tally = await upload(rest, items, { checkCache, cacheCheck, onFileError, log });
        const sends = onFileError === 'stop' ? 200 : 0;
        expect(tally).toMatchObject({ processedFiles: sends, skippedFiles: 400 - sends });
      }
      expect(warnings).toEqual([expect.stringMatching(/out of date/)]);
      expect((await storedOf(rest)).size).toBe(400);
      expect(await checkCache.lookup([stranger])).toEqual([true]);
    },
  );

  it('that is wrong ends a run that collects failures no earlier than it is healed', async () => {
    const { items, store, checkCache } = await known(100);
    const rest = await lose(store, items);
    const tally = await upload(rest, items, { checkCache, cacheCheck: 'inline', onFileError: 'collect' });
    expect(tally).toMatchObject({ processedFiles: 100 });
  });

  it('that is found wrong by force forgets what it knew of this store, and learns it anew', async () => {
    const { items, store, checkCache, stranger } = await known(50);
    const others = contents(10, 1000);
    checkCache.store(others.map((item) => cacheKeyOf(store, item)));
    const rest = await lose(store, items.slice(0, 1));
    const tally = await upload(rest, items, { checkCache, cacheCheck: 'force', concurrency: 1 });
    expect(tally).toMatchObject({ processedFiles: 1, skippedFiles: 49 });
    expect(await checkCache.lookup(others.map((item) => cacheKeyOf(store, item)))).not.toContain(true);
    expect(await checkCache.lookup([stranger])).toEqual([true]);
    expect(await checkCache.lookup(items.slice(1).map((item) => cacheKeyOf(store, item)))).not.toContain(
      false,
    );
  });

  it.each(['sample', 'inline'] as const)(
    'that cannot be verified is kept and not used: %s',
    async (cacheCheck) => {
      const busy = new StorageError('ServiceError', '500 after all tries', { retryable: true });
      const { items, store, checkCache } = await known(100, ({ method, number }) =>
        method === 'headObject' && number === 1 ? { kind: 'before', error: busy } : undefined,
      );
      const warnings: string[] = [];
      const log = (_level: string, message: string): unknown => warnings.push(message);
      const tally = await upload(store, items, { checkCache, cacheCheck, log });
      expect(tally).toMatchObject({ skippedFiles: 100, processedFiles: 0 });
      expect(heads(store)).toBeGreaterThanOrEqual(100); // each of them, after the first attempt's
      expect(warnings).toEqual([expect.stringMatching(/could not be verified/)]);
      const rows = await checkCache.lookup(items.map((item) => cacheKeyOf(store, item)));
      expect(rows).not.toContain(false);
    },
  );

  it.each(['sample', 'inline'] as const)(
    'whose verification is denied ends the run: %s',
    async (cacheCheck) => {
      const { items, store, checkCache } = await known(100, failing('headObject', denied));
      await expect(upload(store, items, { checkCache, cacheCheck })).rejects.toBe(denied);
      expect(await checkCache.lookup([cacheKeyOf(store, items[0] as Content)])).toEqual([true]);
    },
  );

  it('that was wrong leaves statistics of the whole run, and nothing is sent or asked twice', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}`, `content ${n}`]));
    const root = writeTree(fresh(), files);
    const checkCache = memoryCheckCache();
    const hashCache = memoryHashCache();
    const before = testStore();
    await submitTree({ root, store: before, checkCache }); // the cache knows 60 objects
    const store = testStore(); // and they are all gone
    writeTree(root, Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`new ${n}`, `new ${n}`])));
    const { uploadStats, hashingStats } = await submitTree({ root, store, checkCache, hashCache });
    expect(uploadStats).toMatchObject({ totalFiles: 100, processedFiles: 100, skippedFiles: 0 });
    expect(hashingStats).toMatchObject({ totalFiles: 100, processedFiles: 100, skippedFiles: 0 });
    expect(puts(store)).toBe(101); // and the manifest
    expect(heads(store)).toBeLessThanOrEqual(40 + 30 + 60);
  });
});

describe('a directory store', () => {
  const setup = async (count: number) => {
    const files = Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}`, `content ${n}`]));
    const root = writeTree(fresh(), files);
    const directory = fresh();
    const store = await openStore(directory);
    await submitTree({ root, store });
    const data = join(directory, 'Data');
    return { root, store, data, objects: readdirSync(data).sort() };
  };
  const isWhole = async (root: string, store: Store): Promise<void> => {
    const manifest = (await createManifest({ root })) as Manifest;
    expect(await verifyManifest({ manifest, store })).toMatchObject({ missing: [], wrongSize: [] });
  };

  it.each(['auto', 'head', 'list', 'put'] as const)(
    'has the size of every object checked, and each torn one replaced: %s',
    async (existence) => {
      const { root, store, data, objects } = await setup(700);
      for (const name of [...objects.slice(0, 3), ...objects.slice(-2)]) truncateSync(join(data, name), 3);
      for (const name of objects.slice(100, 104)) rmSync(join(data, name));
      const { uploadStats } = await submitTree({ root, store, existence });
      expect(uploadStats).toMatchObject({ totalFiles: 700, processedFiles: 9, skippedFiles: 691 });
      await isWhole(root, store);
    },
  );

  it('needs no check cache', async () => {
    const { root, store } = await setup(10);
    const checkCache = memoryCheckCache();
    await submitTree({ root, store, checkCache });
    const keys = (await createManifest({ root })) as Manifest;
    const [file] = keys.version === 'v2023-03-03' ? keys.paths : [];
    const key = `${store.cacheScope}/${store.cas.key(file?.hash ?? '')}`;
    expect(await checkCache.lookup([key])).toEqual([false]);
  });
});
