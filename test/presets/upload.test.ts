/** What an upload sends, skips, refuses and remembers. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlannedCall } from '../../src/backends/faults.js';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { decodeManifest } from '../../src/model/decode.js';
import type { Manifest } from '../../src/model/manifest.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { uploadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { readManifestMapping } from '../../src/presets/local-manifests.js';
import { openStore } from '../../src/presets/open-store.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import { type SubmitOptions, submitTree, submitTrees } from '../../src/presets/submit-tree.js';
import { verifyManifest } from '../../src/presets/verify-manifest.js';
import { LOCATION, noise, type TestStore, testStore, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('upload');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const MIB = 1024 * 1024;

async function storedManifest(store: TestStore, key: string | undefined): Promise<Manifest> {
  const { data } = await store.inner.getObject(LOCATION.bucket, key ?? '');
  return decodeManifest(data);
}

async function keysBelow(store: TestStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.inner.listObjects(LOCATION.bucket, `root/${prefix}/`))
    keys.push(...page.map(({ key }) => key));
  return keys;
}

const puts = ({ meter }: TestStore): number =>
  meter.counts('putObject').calls +
  meter.counts('putObjectFromFile').calls +
  meter.counts('putObjectFromFileRange').calls;

it('sends the same content once, however many files have it', async () => {
  const store = testStore();
  const root = writeTree(
    fresh(),
    Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`${n}`, 'same'])),
  );
  const { uploadStats, manifestKey } = await submitTree({ root, store });
  expect(uploadStats).toMatchObject({ totalFiles: 1000, processedFiles: 1, skippedFiles: 999 });
  expect(puts(store)).toBe(2); // the object and the manifest
  expect(
    (await verifyManifest({ manifest: await storedManifest(store, manifestKey), store })).missing,
  ).toEqual([]);
});

it('leaves a copy of the stored manifest with a line that says where it is stored', async () => {
  const store = testStore();
  const manifestWriteDir = fresh();
  const root = writeTree(fresh(), { a: 'one', b: 'two' });
  const options = { root, store, manifestWriteDir };
  const first = await submitTree(options);
  const named = await submitTree({ ...options, rootDirName: 'project' });
  for (const [folder, { manifestKey }] of [
    ['manifests', first],
    ['project_manifests', named],
  ] as const) {
    const [line, ...more] = await readManifestMapping(join(manifestWriteDir, folder));
    expect(more).toEqual([]);
    expect(line?.s3Key).toBe(manifestKey);
    const { data } = await store.inner.getObject(LOCATION.bucket, manifestKey ?? '');
    expect(readFileSync(join(manifestWriteDir, folder, line?.localFile ?? ''))).toEqual(Buffer.from(data));
  }
});

it('stores the manifest last', async () => {
  const calls: PlannedCall[] = [];
  const store = testStore((call) => {
    calls.push(call);
    return undefined;
  });
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}`, `${n}`]));
  await submitTree({ root: writeTree(fresh(), files), store });
  expect(calls.findIndex(({ key }) => key.includes('Manifests'))).toBe(calls.length - 1);
});

it.each([0, 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 32 * MIB + 1])(
  'sends a file of %d bytes as one object',
  async (size) => {
    const store = testStore();
    const content = noise(size, size);
    const { manifestKey } = await submitTree({ root: writeTree(fresh(), { f: content, g: 'g' }), store });
    const manifest = await storedManifest(store, manifestKey);
    const [file] = manifest.version === 'v2023-03-03' ? manifest.paths : [];
    expect(file).toMatchObject({ path: 'f', size });
    const { data } = await store.inner.getObject(LOCATION.bucket, store.cas.key(file?.hash ?? ''));
    expect(Buffer.from(data).equals(content)).toBe(true);
    expect(await keysBelow(store, 'Data')).toHaveLength(2);
  },
);

it.each([1, 1000, 1001, 2000, 2001, 10_500])('sends %d bytes in chunks of 1000', async (size) => {
  const store = testStore();
  const root = writeTree(fresh(), { f: noise(size, size) });
  const { manifestKey } = await submitTree({
    root,
    store,
    manifestVersion: 'v2025-12',
    chunkSizeBytes: 1000,
  });
  const manifest = await storedManifest(store, manifestKey);
  expect(await keysBelow(store, 'Data')).toHaveLength(Math.ceil(size / 1000));
  expect(await verifyManifest({ manifest, store })).toMatchObject({ missing: [], wrongSize: [] });
});

it('replaces an object of another size, with a warning', async () => {
  const store = testStore();
  const root = writeTree(fresh(), { f: 'content' });
  const { manifestKey } = await submitTree({ root, store });
  const manifest = await storedManifest(store, manifestKey);
  const [key = ''] = await keysBelow(store, 'Data');
  await store.inner.putObject(LOCATION.bucket, key, Buffer.from('torn'));
  expect((await verifyManifest({ manifest, store })).wrongSize).toMatchObject([
    { key, size: 7, storedSize: 4, paths: ['f'] },
  ]);
  const warnings: string[] = [];
  const log = (level: string, message: string): unknown => level === 'warning' && warnings.push(message);
  const { uploadStats } = await submitTree({ root, store, log });
  expect(uploadStats).toMatchObject({ processedFiles: 1 });
  expect(warnings).toEqual([expect.stringMatching(/4 bytes in the store instead of 7/)]);
  expect(await verifyManifest({ manifest, store })).toMatchObject({ checked: 1, missing: [], wrongSize: [] });
});

describe('the check cache', () => {
  const submitted = async (count: number) => {
    const store = testStore();
    const checkCache = memoryCheckCache();
    const files = Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}`, `content ${n}`]));
    const request = { root: writeTree(fresh(), files), store, checkCache };
    await submitTree(request);
    store.meter.reset();
    return { store, request };
  };

  it('spares the questions but for thirty', async () => {
    const { store, request } = await submitted(100);
    const { uploadStats } = await submitTree(request);
    expect(uploadStats).toMatchObject({ processedFiles: 0, skippedFiles: 100 });
    expect(store.meter.counts('headObject').calls).toBe(30);
    expect(puts(store)).toBe(1);
  });

  it('that lies is found out by the sample and reset, and everything is checked again', async () => {
    const { store, request } = await submitted(100);
    const stranger = ['elsewhere/Data/x.xxh128'];
    request.checkCache.store(stranger);
    const { key } = store.cas;
    // Half of the objects are gone: thirty samples miss that once in a billion runs.
    const gone = (await keysBelow(store, 'Data')).filter((_, index) => index % 2 === 0);
    const { faulty, wiped } = await withoutKeys(store, gone);
    const warnings: string[] = [];
    const seen: number[] = [];
    const { uploadStats, manifestKey } = await submitTree({
      ...request,
      store: faulty,
      log: (level, message) => level === 'warning' && warnings.push(message),
      onProgress: ({ overallCompleted }) => seen.push(overallCompleted),
    });
    expect(uploadStats).toMatchObject({ processedFiles: 50, skippedFiles: 50 });
    expect(warnings).toEqual([expect.stringMatching(/out of date/)]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(await request.checkCache.lookup(stranger)).toEqual([true]);
    const manifest = await storedManifest(wiped, manifestKey);
    expect(await verifyManifest({ manifest, store: wiped })).toMatchObject({ checked: 100, missing: [] });
    expect(key).toBe(store.cas.key);
    wiped.meter.reset();
    await submitTree({ ...request, store: wiped });
    expect(wiped.meter.counts('headObject').calls).toBe(30); // what the check found is remembered, too
  });

  it('that lies makes the upload begin again, and its reports say how far it is since', async () => {
    const { store, request } = await submitted(100);
    const { faulty } = await withoutKeys(store, await keysBelow(store, 'Data'));
    const reports: TransferProgress[] = [];
    await submitTree({ ...request, store: faulty, onProgress: (report) => void reports.push(report) });
    const again = reports.flatMap(({ operation, overallCompleted, operationDone }) =>
      operation === 'Uploading' && operationDone ? [{ overallCompleted, ...operationDone }] : [],
    );
    expect(again.length).toBeGreaterThan(0);
    for (const { overallCompleted, files } of again) expect(files).toBeLessThan(overallCompleted);
    expect(reports.at(-1)).toMatchObject({ status: 'COMPLETE', overallCompleted: 100 });
    expect(reports.at(-1)).not.toHaveProperty('operationDone');
  });

  it('is not asked with force, and is remembered into', async () => {
    const { store, request } = await submitted(50);
    await submitTree({ ...request, cacheCheck: 'force' });
    expect(store.meter.counts('headObject').calls).toBe(50);
  });

  it('remembers nothing with off', async () => {
    const store = testStore();
    const checkCache = memoryCheckCache();
    const request = { root: writeTree(fresh(), { a: 'a', b: 'b' }), store, checkCache };
    await submitTree({ ...request, cacheCheck: 'off' });
    store.meter.reset();
    await submitTree(request);
    expect(store.meter.counts('headObject').calls).toBe(2);
  });
});

it('a directory store whose objects are torn is found out by the sample, also without a check cache', async () => {
  const files = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`${n}`, `content ${n}`]));
  const root = writeTree(fresh(), files);
  const directory = fresh();
  const store = await openStore(directory);
  await submitTree({ root, store });
  const objects = readdirSync(join(directory, 'Data'));
  expect(objects).toHaveLength(1500);
  for (const name of objects) truncateSync(join(directory, 'Data', name), 3);
  const { uploadStats } = await submitTree({ root, store });
  expect(uploadStats).toMatchObject({ totalFiles: 1500, status: 'COMPLETE' });
  const manifest = (await createManifest({ root })) as Manifest;
  expect(await verifyManifest({ manifest, store })).toMatchObject({ missing: [], wrongSize: [] });
});

/** The same store without some objects. */
async function withoutKeys(store: TestStore, gone: readonly string[]) {
  const wiped = testStore();
  for await (const page of store.inner.listObjects(LOCATION.bucket, 'root/')) {
    for (const { key } of page) {
      if (gone.includes(key)) continue;
      const { data } = await store.inner.getObject(LOCATION.bucket, key);
      await wiped.inner.putObject(LOCATION.bucket, key, data);
    }
  }
  return { wiped, faulty: wiped };
}

describe('a source that changes', () => {
  /** Uploads a manifest after the tree was changed. */
  const uploadAfter = async (
    change: (root: string) => void,
    more: Partial<Parameters<typeof uploadManifestContents>[0]> = {},
  ) => {
    const root = writeTree(fresh(), { a: 'content', 'd/b': 'other' });
    const manifest = (await createManifest({ root })) as Manifest;
    const { mtimeNs } = statSync(join(root, 'a'), { bigint: true });
    change(root);
    if (statSync(join(root, 'a'), { throwIfNoEntry: false })?.isFile()) {
      utimesSync(join(root, 'a'), Number(mtimeNs) / 1e9, Number(mtimeNs) / 1e9);
    }
    const store = testStore();
    const checkCache = memoryCheckCache();
    const done = uploadManifestContents({ manifest, root, store, checkCache, ...more });
    const error: unknown = await done.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    return { error, store, manifest, checkCache };
  };

  it.each<[string, (path: string) => void, string]>([
    ['deleted', (path) => rmSync(path), 'FileVanished'],
    ['grown', (path) => writeFileSync(path, 'content and more'), 'FileChanged'],
    ['shrunk', (path) => writeFileSync(path, 'c'), 'FileChanged'],
    ['rewritten with equal size and time', (path) => writeFileSync(path, 'CONTENT'), 'FileChanged'],
    [
      'replaced by a directory',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
      'NotAFile',
    ],
  ])('%s: nothing is stored under its key', async (_what, change, kind) => {
    const { error, store, manifest, checkCache } = await uploadAfter((root) => change(join(root, 'a')));
    expect(error).toMatchObject({ kind, path: expect.stringMatching(/\/a$/) });
    const hash = manifest.version === 'v2023-03-03' ? (manifest.paths[0]?.hash ?? '') : '';
    expect(await store.inner.headObject(LOCATION.bucket, store.cas.key(hash))).toBeNull();
    expect(await checkCache.lookup([`bucket/${store.cas.key(hash)}`])).toEqual([false]);
  });

  it('all errors are told with collect, and the others are sent', async () => {
    const { error, store } = await uploadAfter((root) => rmSync(join(root, 'a')), { onFileError: 'collect' });
    expect(error).toBeInstanceOf(CollectedError);
    expect((error as CollectedError).errors).toMatchObject([{ kind: 'FileVanished' }]);
    expect((error as CollectedError).partialStats).toMatchObject({ processedFiles: 1, totalFiles: 2 });
    expect(await keysBelow(store, 'Data')).toHaveLength(1);
  });
});

it.each(['stop', 'collect'] as const)('writes no manifest when files fail with %s', async (onFileError) => {
  const root = writeTree(fresh(), { a: 'a', b: 'b', c: 'c' });
  const failing = new Set(['a', 'b']);
  const store = testStore(({ method, number }) =>
    method === 'putObject' && number <= failing.size
      ? { kind: 'before', error: new Error(`put ${number}`) }
      : undefined,
  );
  const error = await submitTree({ root, store, onFileError }).catch((failure: unknown) => failure);
  expect(await keysBelow(store, 'Manifests')).toEqual([]);
  if (onFileError === 'stop') expect(error).toMatchObject({ message: expect.stringMatching(/^put/) });
  else expect((error as CollectedError).errors).toHaveLength(2);
});

describe('progress', () => {
  const setup = (more: Partial<SubmitOptions>) => {
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`${n}`, `content ${n}`]));
    const store = testStore();
    return { store, done: submitTree({ root: writeTree(fresh(), files), store, ...more }) };
  };

  it('goes up to the totals', async () => {
    const reports: TransferProgress[] = [];
    await setup({ onProgress: (report) => reports.push(report) > 0 }).done;
    expect(reports.length).toBeGreaterThan(3);
    for (const { overallCompleted, overallTotal, overallBytes, overallTotalBytes } of reports) {
      expect(overallCompleted).toBeLessThanOrEqual(overallTotal);
      expect(overallBytes).toBeLessThanOrEqual(overallTotalBytes);
    }
    expect(reports.at(-1)).toMatchObject({ status: 'COMPLETE', overallCompleted: 400, overallTotal: 400 });
  });

  it('that answers false cancels', async () => {
    const { done, store } = setup({ onProgress: () => false });
    const error = await done.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).partialStats).toMatchObject({ status: 'CANCELLED' });
    expect(await keysBelow(store, 'Manifests')).toEqual([]);
  });

  it('that throws ends the run with its error', async () => {
    const broken = new Error('the listener broke');
    const { done, store } = setup({
      onProgress: () => {
        throw broken;
      },
    });
    await expect(done).rejects.toBe(broken);
    expect(await keysBelow(store, 'Manifests')).toEqual([]);
  });
});

describe('several paths', () => {
  it('are submitted below what they have in common', async () => {
    const root = writeTree(fresh(), { 'd/a': 'a', 'd/e/b': 'b', 'd/ex/c': 'c' });
    const paths = [join(root, 'd/e'), join(root, 'd/ex/c')];
    const { attachments, manifestKey } = await submitTrees({ paths, store: testStore() });
    expect(attachments.manifests).toMatchObject([{ rootPath: join(root, 'd') }]);
    expect(manifestKey).toBeDefined();
    const one = await submitTrees({ paths: [join(root, 'd/a')], store: testStore() });
    expect(one.attachments.manifests).toMatchObject([{ rootPath: join(root, 'd') }]);
  });

  it('must not be none', async () => {
    await expect(submitTrees({ paths: [], store: testStore() })).rejects.toMatchObject({
      code: 'InvalidConfig',
    });
  });
});

it('stores no manifest for a tree without files', async () => {
  const { manifestKey, attachments, uploadStats } = await submitTree({ root: fresh(), store: testStore() });
  expect(manifestKey).toBeUndefined();
  expect(attachments.manifests[0]).not.toHaveProperty('inputManifestPath');
  expect(uploadStats).toMatchObject({ totalFiles: 0, transferRate: 0 });
});

it('uploads links and executables as the formats of 2025 hold them', async () => {
  const root = writeTree(fresh(), { run: 'x', 'd/file': 'y' });
  chmodSync(join(root, 'run'), 0o755);
  symlinkSync('d/file', join(root, 'link'));
  mkdirSync(join(root, 'empty'));
  const store = testStore();
  const { manifestKey, uploadStats } = await submitTree({ root, store, manifestVersion: 'v2025-12-04-beta' });
  expect(await storedManifest(store, manifestKey)).toMatchObject({
    dirs: [{ path: 'd' }, { path: 'empty' }],
    files: [{ path: 'd/file' }, { path: 'link', symlinkTarget: 'd/file' }, { path: 'run', runnable: true }],
  });
  expect(uploadStats).toMatchObject({ totalFiles: 2 });
  renameSync(join(root, 'run'), join(root, 'walk'));
  expect(readdirSync(root)).toContain('walk');
});
