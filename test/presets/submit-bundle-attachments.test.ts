/** From the paths of a job to its attachments: what is stored, in which order, and what is not when something fails. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { FaultPlan } from '../../src/backends/faults.js';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { createHashPool } from '../../src/hashing/pool.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { AssetUploadGroup } from '../../src/model/asset-groups.js';
import { type AssetReferences, NO_REFERENCES } from '../../src/model/asset-references.js';
import { decodeManifest } from '../../src/model/decode.js';
import { StorageError } from '../../src/model/errors.js';
import { decodeAssetRoot, decodeLocationName } from '../../src/model/metadata.js';
import type { StorageProfile } from '../../src/model/storage-profile.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { localManifestFolder, readManifestMapping } from '../../src/presets/local-manifests.js';
import { planBundleAttachments } from '../../src/presets/plan-bundle-attachments.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import {
  type SubmitBundleAttachmentsRequest,
  submitBundleAttachments,
} from '../../src/presets/submit-bundle-attachments.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { LOCATION, type TestStore, testStore, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = realpathSync(tempDir('submit-bundle-attachments'));
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const ZEROS = { processedFiles: 0, processedBytes: 0, skippedFiles: 0, totalFiles: 0, status: 'COMPLETE' };

/** LOCAL locations, each named after its directory. */
const local = (root: string, ...names: readonly string[]): StorageProfile => ({
  locations: names.map((name) => ({ name, path: join(root, name), locationType: 'LOCAL' })),
});

type More = Partial<Omit<SubmitBundleAttachmentsRequest, 'assetReferences' | 'store'>>;
function requestOf(
  cwd: string,
  references: Partial<AssetReferences>,
  more: More & { readonly store?: TestStore } = {},
) {
  const store = more.store ?? testStore();
  return { cwd, assetReferences: { ...NO_REFERENCES, ...references }, ...more, store };
}

async function keysOf({ inner }: TestStore, folder: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of inner.listObjects(LOCATION.bucket, `${LOCATION.rootPrefix}/${folder}/`))
    keys.push(...page.map(({ key }) => key));
  return keys;
}

async function manifestAt({ inner }: TestStore, path = '') {
  const key = path.startsWith(LOCATION.rootPrefix) ? path : `${LOCATION.rootPrefix}/Manifests/${path}`;
  const { data, head } = await inner.getObject(LOCATION.bucket, key);
  const { assetRoot } = decodeAssetRoot(head.userMetadata, key);
  return { manifest: decodeManifest(data), hash: xxh128(data), assetRoot, head };
}

const guids = () => {
  let count = 0;
  return () => `${++count}`.padStart(32, '0');
};

it('stores equal contents of two groups once, and a manifest for each', async () => {
  const root = writeTree(fresh(), { 'A/d/x': 'same', 'A/d/e/y': 'other', 'B/x': 'same' });
  const request = requestOf(
    root,
    { inputDirectories: ['A'], inputFilenames: ['B/x'], outputDirectories: ['A/out', 'A/d'] },
    { storageProfile: local(root, 'A', 'B'), newGuid: guids(), farmId: 'farm-1', queueId: 'queue-2' },
  );
  const result = await submitBundleAttachments(request);
  const { store } = request;
  const [a, b] = [join(root, 'A'), join(root, 'B')];
  const input = (guid: number, path: string): string =>
    `farm-1/queue-2/Inputs/${`${guid}`.padStart(32, '0')}/${xxh128(Buffer.from(path))}_input`;
  const [first, second] = [await manifestAt(store, input(1, a)), await manifestAt(store, input(2, b))];
  expect(result.attachments).toEqual({
    manifests: [
      {
        ...{ rootPath: a, fileSystemLocationName: 'A', rootPathFormat: 'posix' },
        ...{ inputManifestPath: input(1, a), inputManifestHash: first.hash },
        outputRelativeDirectories: ['d', 'out'],
      },
      {
        ...{ rootPath: b, fileSystemLocationName: 'B', rootPathFormat: 'posix' },
        ...{ inputManifestPath: input(2, b), inputManifestHash: second.hash },
      },
    ],
    fileSystem: 'COPIED',
  });
  expect(JSON.parse(result.attachmentsJson ?? '')).toEqual(result.attachments);
  const same = { path: 'x', hash: xxh128(Buffer.from('same')), size: 4 };
  expect(first.manifest).toMatchObject({ paths: [{ path: 'd/e/y' }, { ...same, path: 'd/x' }] });
  expect(second.manifest).toMatchObject({ paths: [same], totalSize: 4 });
  expect([first.assetRoot, second.assetRoot]).toEqual([a, b]);
  expect(decodeLocationName(first.head.userMetadata)).toBe('A');
  expect(await keysOf(store, 'Data')).toHaveLength(2);
  expect(result.manifestKeys).toEqual([input(1, a), input(2, b)].map((key) => `root/Manifests/${key}`));
  expect(result.hashingStats).toMatchObject({ processedFiles: 3, processedBytes: 13, skippedFiles: 0 });
  expect(result.uploadStats).toMatchObject({ totalFiles: 3, processedFiles: 2, skippedFiles: 1 });
  expect(result.groups).toMatchObject({ totalInputFiles: 3, totalInputBytes: 13 });
});

it('gives the manifest of submitTree where one directory is all there is', async () => {
  const root = writeTree(fresh(), { 'd/a b': '1', 'd/a/c': '22', 'd/ä': '333', 'd/.h': '' });
  const { attachments } = await submitBundleAttachments(requestOf(root, { inputDirectories: ['.'] }));
  const tree = await submitTree({ root, store: testStore(), rootFrom: 'files' });
  const [ours, theirs] = [attachments?.manifests[0], tree.attachments.manifests[0]];
  expect(ours?.inputManifestHash).toBe(theirs?.inputManifestHash);
  expect(ours?.rootPath).toBe(theirs?.rootPath);
});

it.each(['v2025-12', 'v2025-12-04-beta'] as const)(
  'writes %s where that is asked for',
  async (manifestVersion) => {
    const root = writeTree(fresh(), { 'd/e/a': 'a', 'd/b': 'b' });
    const request = requestOf(root, { inputDirectories: ['d'] }, { manifestVersion });
    const { manifestKeys } = await submitBundleAttachments(request);
    const { manifest, head } = await manifestAt(request.store, manifestKeys[0]);
    expect(manifest).toMatchObject({
      version: manifestVersion,
      dirs: [{ path: 'e' }],
      files: [{ path: 'b' }, { path: 'e/a' }],
    });
    expect(head.contentType).not.toBe('application/x-deadline-manifest-2023-03-03');
  },
);

describe('without inputs', () => {
  it('sends a group for references and outputs, and no manifest', async () => {
    const root = writeTree(fresh(), { 'x/a': 'a' });
    const request = requestOf(
      root,
      { inputFilenames: ['gone'], referencedPaths: ['x/a'], outputDirectories: ['y/out'] },
      { storageProfile: local(root, 'y'), fileSystemMode: 'VIRTUAL' },
    );
    const result = await submitBundleAttachments(request);
    expect(result.attachments).toEqual({
      manifests: [
        { rootPath: root, rootPathFormat: 'posix' },
        {
          ...{ rootPath: join(root, 'y/out'), fileSystemLocationName: 'y', rootPathFormat: 'posix' },
          outputRelativeDirectories: ['.'],
        },
      ],
      fileSystem: 'VIRTUAL',
    });
    expect(result).toMatchObject({ manifestKeys: [], hashingStats: ZEROS, uploadStats: ZEROS });
    expect(request.store.meter.totals().calls).toBe(0);
  });

  it.each<[string, Partial<AssetReferences>]>([
    ['nothing is referred to', {}],
    [
      'everything is shared',
      { inputDirectories: ['s'], outputDirectories: ['s/o'], referencedPaths: ['s/r'] },
    ],
  ])('there are no attachments when %s', async (_case, references) => {
    const root = writeTree(fresh(), { 's/a': 'a' });
    const storageProfile: StorageProfile = {
      locations: [{ name: 'S', path: join(root, 's'), locationType: 'SHARED' }],
    };
    const request = requestOf(root, references, { storageProfile });
    const result = await submitBundleAttachments(request);
    expect(Object.keys(result)).not.toContain('attachments');
    expect(Object.keys(result)).not.toContain('attachmentsJson');
    expect(result).toMatchObject({ groups: { assetGroups: [], totalInputFiles: 0 }, uploadStats: ZEROS });
    expect(request.store.meter.totals().calls).toBe(0);
  });
});

describe('before anything is hashed', () => {
  const files = { 'd/a': 'a', 'd/b': 'bb' };

  it('shows the groups, and waits', async () => {
    const root = writeTree(fresh(), files);
    let seen: AssetUploadGroup | undefined;
    const hashPool = createHashPool();
    const hashFiles = vi.spyOn(hashPool, 'hashFiles');
    const request = requestOf(root, { inputDirectories: ['d'] }, { hashPool });
    const result = await submitBundleAttachments({
      ...request,
      onGrouped: async (groups) => {
        await new Promise((resolve) => setImmediate(resolve));
        expect([hashFiles.mock.calls.length, request.store.meter.totals().calls]).toEqual([0, 0]);
        seen = groups;
      },
    });
    await hashPool.close();
    expect(hashFiles).toHaveBeenCalled();
    expect(seen).toBe(result.groups);
    expect(seen).toMatchObject({ totalInputFiles: 2, totalInputBytes: 3 });
  });

  it('ends with what the question throws', async () => {
    const root = writeTree(fresh(), files);
    const refusal = new Error('no');
    const onGrouped = (): never => {
      throw refusal;
    };
    const request = requestOf(root, { inputDirectories: ['d'] }, { onGrouped });
    await expect(submitBundleAttachments(request)).rejects.toBe(refusal);
    expect(request.store.meter.totals().calls).toBe(0);
  });

  const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `L${n}`);
  it.each<[string, (root: string) => [Partial<AssetReferences>, More], RegExp]>([
    [
      '101 output directories',
      () => [{ outputDirectories: many(101).map((name) => `o/${name}`) }, {}],
      /outputRelativeDirectories/,
    ],
    [
      '11 roots',
      (root) => [{ outputDirectories: many(11) }, { storageProfile: local(root, ...many(11)) }],
      /at most 10 roots/,
    ],
    [
      'a location name with other characters',
      (root) => [{ outputDirectories: ['ä'] }, { storageProfile: local(root, 'ä') }],
      /fileSystemLocationName/,
    ],
    ['a queue id that makes the key too long', () => [{}, { queueId: 'q'.repeat(500) }], /inputManifestPath/],
  ])('refuses %s', async (_case, make, message) => {
    const root = writeTree(fresh(), files);
    const [references, more] = make(root);
    const onGrouped = vi.fn();
    const request = requestOf(root, { inputDirectories: ['d'], ...references }, { ...more, onGrouped });
    const failure = expect.objectContaining({
      code: 'InvalidConfig',
      message: expect.stringMatching(message),
    });
    await expect(submitBundleAttachments(request)).rejects.toEqual(failure);
    expect([onGrouped.mock.calls.length, request.store.meter.totals().calls]).toEqual([0, 0]);
  });

  it.each<More & { [name: string]: unknown }>([
    { fileSystemMode: 'copied' },
    { manifestVersion: '2023-03-03' as never },
    { directoriesInInputFilenames: 'skip' as never },
    { manifestVersion: 'v2025-12', chunkSizeBytes: 0 },
  ])('refuses %j before any file is touched', async (more) => {
    const request = requestOf(base, { inputFilenames: ['a\0b'] }, more);
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({ code: 'InvalidConfig' });
    await expect(planBundleAttachments(request)).rejects.toMatchObject({ code: 'InvalidConfig' });
  });

  it('names everything that is missing', async () => {
    const root = writeTree(fresh(), files);
    const request = requestOf(root, { inputFilenames: ['x', 'd/a', 'y'] }, { requirePathsExist: true });
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({
      code: 'MisconfiguredInputsError',
      missing: [join(root, 'x'), join(root, 'y')],
    });
    expect(request.store.meter.totals().calls).toBe(0);
  });
});

it('knows the totals from the first report, and counts up to them', async () => {
  const contents = Array.from({ length: 120 }, (_, n) => [`d/${n}`, 'x'.repeat(n)] as const);
  const root = writeTree(fresh(), Object.fromEntries(contents));
  const reports: TransferProgress[] = [];
  const onProgress = (progress: TransferProgress): void => void reports.push(progress);
  await submitBundleAttachments(requestOf(root, { inputDirectories: ['d'] }, { onProgress }));
  const totals = { overallTotal: 120, overallTotalBytes: (119 * 120) / 2 };
  for (const report of reports) expect(report).toMatchObject(totals);
  expect(reports.at(-1)).toMatchObject({ status: 'COMPLETE', overallCompleted: 120 });
  expect(reports.at(-1)?.currentKey.startsWith(`${root}/d/`)).toBe(true);
});

it('asks the hash cache, also for the same name in two groups', async () => {
  const root = writeTree(fresh(), { 'A/x': 'one', 'B/x': 'two' });
  const more = { storageProfile: local(root, 'A', 'B'), hashCache: memoryHashCache() };
  const references = { inputDirectories: ['A', 'B'] };
  const first = await submitBundleAttachments(requestOf(root, references, more));
  const again = await submitBundleAttachments(requestOf(root, references, more));
  expect(first.hashingStats).toMatchObject({ processedFiles: 2, skippedFiles: 0 });
  expect(again.hashingStats).toMatchObject({ processedFiles: 0, skippedFiles: 2 });
  const hashes = ({ attachments }: typeof first) =>
    attachments?.manifests.map(({ inputManifestHash }) => inputManifestHash);
  expect(hashes(again)).toEqual(hashes(first));
});

it('finds out that the check cache is wrong, and counts what it did once', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`A/${n}`, `${n}`]));
  const root = writeTree(fresh(), { ...files, 'B/0': 'zero' });
  const checkCache = memoryCheckCache();
  const more = { storageProfile: local(root, 'A', 'B'), checkCache };
  const references = { inputDirectories: ['A', 'B'] };
  await submitBundleAttachments(requestOf(root, references, more));
  const request = requestOf(root, references, more); // another store, which holds nothing
  const { hashingStats, uploadStats } = await submitBundleAttachments(request);
  expect(uploadStats).toMatchObject({ totalFiles: 41, processedFiles: 41 });
  expect(hashingStats).toMatchObject({ totalFiles: 41 });
  expect(await keysOf(request.store, 'Data')).toHaveLength(41);
});

it('writes local copies, with a line for each', async () => {
  const root = writeTree(fresh(), { 'A/x': 'one', 'B/x': 'two' });
  const manifestWriteDir = fresh();
  const more = { storageProfile: local(root, 'A', 'B'), manifestWriteDir, rootDirName: 'job' };
  const request = requestOf(root, { inputDirectories: ['A', 'B'] }, more);
  const { manifestKeys, attachments } = await submitBundleAttachments(request);
  const folder = localManifestFolder(manifestWriteDir, 'job');
  const lines = await readManifestMapping(folder);
  expect(lines.map(({ s3Key }) => s3Key)).toEqual(manifestKeys);
  expect(lines.map(({ localFile }) => xxh128(readFileSync(join(folder, localFile))))).toEqual(
    attachments?.manifests.map(({ inputManifestHash }) => inputManifestHash),
  );
});

describe('when something fails', () => {
  const references = { inputDirectories: ['A', 'B'] };
  const planted = () => {
    const root = writeTree(fresh(), { 'A/x': 'one', 'A/y': 'two', 'B/x': 'three' });
    return { root, more: { storageProfile: local(root, 'A', 'B') } };
  };
  const broken = new StorageError('AccessDenied', 'made for this test');
  const onPut =
    (wanted: (key: string) => boolean): FaultPlan =>
    ({ method, key = '' }) =>
      method.startsWith('putObject') && wanted(key) ? { kind: 'before', error: broken } : undefined;

  it.each<[string, (key: string) => boolean, number]>([
    ['an object', (key) => key.includes(xxh128(Buffer.from('three'))), 0],
    ['the first manifest', (key) => key.includes('/Manifests/'), 0],
    ['the second manifest', (key) => key.includes(`/${'2'.padStart(32, '0')}/`), 1],
  ])('with %s, the whole call does', async (_case, wanted, manifests) => {
    const { root, more } = planted();
    const store = testStore(onPut(wanted));
    const request = requestOf(root, references, { ...more, store, newGuid: guids() });
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await keysOf(store, 'Manifests')).toHaveLength(manifests);
  });

  it.each(['stop', 'collect'] as const)(
    'with a file that is gone meanwhile, no manifest is stored (%s)',
    async (onFileError) => {
      const { root, more } = planted();
      const request = requestOf(root, references, { ...more, onFileError });
      const onGrouped = (): void => rmSync(join(root, 'A/y'));
      const error: unknown = await submitBundleAttachments({ ...request, onGrouped }).catch(
        (thrown) => thrown,
      );
      const vanished = expect.objectContaining({ code: 'FileVanished' });
      if (onFileError === 'stop') expect(error).toEqual(vanished);
      else {
        expect(error).toBeInstanceOf(CollectedError);
        expect((error as CollectedError).errors).toEqual([vanished]);
        expect(await keysOf(request.store, 'Data')).toHaveLength(2);
      }
      expect(await keysOf(request.store, 'Manifests')).toEqual([]);
    },
  );
});

describe('is cancelled', () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`d/${n}`, `content ${n}`]));
  const partialStats = { status: 'CANCELLED' };

  it('before it begins', async () => {
    const request = requestOf(base, { inputFilenames: ['a\0b'] }, { signal: AbortSignal.abort() });
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({ code: 'Cancelled', partialStats });
    expect(request.store.meter.totals().calls).toBe(0);
  });

  it('while it asks', async () => {
    const root = writeTree(fresh(), files);
    const stop = new AbortController();
    const more = { signal: stop.signal, onGrouped: () => stop.abort() };
    const request = requestOf(root, { inputDirectories: ['d'] }, more);
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({ code: 'Cancelled', partialStats });
    expect(request.store.meter.totals().calls).toBe(0);
  });

  it('while it uploads: no manifest is stored', async () => {
    const root = writeTree(fresh(), files);
    const stop = new AbortController();
    const store = testStore(({ method, number }) => {
      if (method === 'putObject' && number === 20) stop.abort();
      return undefined;
    });
    const request = requestOf(root, { inputDirectories: ['d'] }, { store, signal: stop.signal });
    const error: unknown = await submitBundleAttachments(request).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ partialStats: { ...partialStats, totalFiles: 300 } });
    expect(await keysOf(store, 'Manifests')).toEqual([]);
  });

  it('by a report that answers false', async () => {
    const root = writeTree(fresh(), files);
    const request = requestOf(root, { inputDirectories: ['d'] }, { onProgress: () => false });
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({ code: 'Cancelled' });
    expect(await keysOf(request.store, 'Manifests')).toEqual([]);
  });
});

describe('a plan', () => {
  it('agrees with the submission that follows', async () => {
    const root = writeTree(fresh(), { 'A/x': 'same', 'A/y': 'other', 'B/x': 'same' });
    mkdirSync(join(root, 'C'));
    const more = { storageProfile: local(root, 'A', 'B', 'C'), hashCache: memoryHashCache() };
    const references = { inputDirectories: ['A', 'B', 'C'] };
    const onGrouped = vi.fn();
    const request = requestOf(root, references, { ...more, onGrouped });
    const plan = await planBundleAttachments(request);
    expect(plan).toMatchObject({
      ...{ files: 3, bytes: 13, filesToSend: 2, bytesToSend: 9 },
      requests: { head: 2, put: 4 },
      groups: { totalInputFiles: 3 },
    });
    expect(plan.groups.assetGroups).toHaveLength(3);
    expect(onGrouped).toHaveBeenCalledOnce();
    const { meter } = request.store;
    expect(meter.counts('listObjects').calls).toBe(1); // for the bucket
    expect(meter.totals().calls).toBe(meter.counts('headObject').calls + 1);
    const { uploadStats, groups } = await submitBundleAttachments(request);
    expect(uploadStats).toMatchObject({ processedFiles: plan.filesToSend, processedBytes: plan.bytesToSend });
    expect(groups).toEqual(plan.groups);
    const puts = meter.counts('putObject').calls + meter.counts('putObjectFromFile').calls;
    expect(puts).toBe(plan.requests.put);
  });

  it('of nothing is free', async () => {
    const plan = await planBundleAttachments(requestOf(fresh(), { inputDirectories: ['.'] }));
    expect(plan).toMatchObject({ files: 0, bytes: 0, requests: { head: 0, put: 0 }, estimatedCostUsd: 0 });
    expect(plan.groups.assetGroups).toHaveLength(1);
  });
});
