/**
 * Whole runs of the Python library, request by request, against ours, over a store in memory
 * that records and over a real server behind a proxy that does: the same keys, the same
 * bodies, the same owner, the same objects in the end. What its stack does out of habit (parts, ranges, order, checksums) is not compared; nor is the time of a file
 * to the microsecond, which it misses (spec/storage.md 4.4).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { connectS3 } from '../../src/backends/s3/connection.js';
import type { S3Client } from '../../src/backends/s3/s3-client.js';
import { createS3DirectClient } from '../../src/backends/s3-direct.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { hasher, xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { casKey, checkCacheKey, legacyCasKey } from '../../src/model/s3-location.js';
import { downloadManifestContents, uploadManifestContents } from '../../src/presets/contents.js';
import { storeOf } from '../../src/presets/store.js';
import { uploadInputManifest } from '../../src/presets/upload-manifests.js';
import { writeTree } from '../support/contents.js';
import { useFaultProxy } from '../support/fault-proxy.js';
import { golden, goldenDocument } from '../support/golden.js';
import { fixtureDocument } from '../support/golden-files.js';
import { inOrder, type Recorded, recordingStore } from '../support/recording-client.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const FILE = 'storage/recorded_requests.json';
const base = tempDir('golden-requests');

interface FileOf {
  readonly path: string;
  readonly size: number;
  readonly hash: string;
  readonly text?: string;
  readonly fillByte?: number;
  readonly inS3: boolean;
}

interface Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly bodyLength: number;
  readonly bodyUtf8?: string;
  readonly responseStatus: number;
}

interface Scenario {
  readonly op: 'upload' | 'download';
  readonly bucket: string;
  readonly rootPrefix: string;
  readonly farmId?: string;
  readonly queueId?: string;
  readonly guid?: string;
  readonly sourceRoot?: string;
  readonly fileSystemLocationName?: string;
  readonly files: readonly FileOf[];
  readonly result: {
    readonly returned?: readonly [string, string];
    readonly s3CheckCacheKeys?: readonly string[];
    readonly processedFiles?: number;
    readonly processedBytes?: number;
    readonly mtimesUs?: Record<string, number>;
    readonly pythonError?: string;
  };
  readonly requests: readonly Request[];
  readonly manifestBody: string;
}

const contentOf = ({ text, fillByte, size }: FileOf): Buffer =>
  text === undefined ? Buffer.alloc(size, fillByte) : Buffer.from(text);

/** Method, key and answer; a range that was given is a 200 as well, one of an empty object is left out. */
function questions(requests: readonly Request[], emptyKeys: ReadonlySet<string>): string[] {
  return inOrder(
    requests
      .filter(({ method, key }) => method === 'HEAD' || (method === 'GET' && !emptyKeys.has(key)))
      .map(({ method, key, responseStatus }) => `${method} ${key} ${responseStatus === 404 ? 404 : 200}`),
  );
}

const asked = (recorded: readonly Recorded[]): string[] =>
  inOrder(
    recorded
      .filter(({ method }) => method === 'HEAD' || method === 'GET')
      .map(({ method, key, status }) => `${method} ${key} ${status}`),
  );

/** Bytes that were put under each key, in one piece or in parts. */
function stored(requests: readonly Request[]): Record<string, number> {
  const lengths: Record<string, number> = {};
  for (const { method, key, bodyLength } of requests)
    if (method === 'PUT') lengths[key] = (lengths[key] ?? 0) + bodyLength;
  return lengths;
}

function expectOwner(recorded: readonly Recorded[], requests: readonly Request[], owner: string): void {
  for (const request of requests) expect(request.headers['x-amz-expected-bucket-owner']).toBe(owner);
  expect(recorded.length).toBeGreaterThan(0);
  for (const request of recorded) expect(request.owner).toBe(owner);
}

/** A store that writes down what is asked of it, and a way around that. */
interface Place {
  readonly client: StorageClient;
  readonly inner: StorageClient;
  recorded(): readonly Recorded[];
}

async function upload(c: Scenario, owner: string, { client, inner, recorded }: Place): Promise<void> {
  const { bucket, rootPrefix, farmId = '', queueId = '', guid = '', sourceRoot = '' } = c;
  const store = storeOf(client, { bucket, rootPrefix });
  const files = Object.fromEntries(c.files.map((file) => [file.path, contentOf(file)]));
  const root = writeTree(mkdtempSync(join(base, 'up-')), files);
  for (const file of c.files.filter(({ inS3 }) => inS3))
    await inner.putObject(bucket, casKey(store.location, file.hash), contentOf(file));
  const manifest = decodeManifest(c.manifestBody);
  const checkCache = memoryCheckCache();
  await uploadManifestContents({ manifest, root, store, checkCache });
  const uploaded = await uploadInputManifest({
    ...{ store, manifest, farmId, queueId, newGuid: () => guid, rootPathFormat: 'posix' },
    assetRoot: sourceRoot,
    fileSystemLocationName: c.fileSystemLocationName,
  });

  expect([uploaded.inputManifestPath, uploaded.inputManifestHash]).toEqual(c.result.returned);
  expect(await checkCache.lookup(c.result.s3CheckCacheKeys ?? [])).toEqual(c.files.map(() => true));
  expect(
    c.files.map(({ hash }) => checkCacheKey(store.location, casKey(store.location, hash))).sort(),
  ).toEqual(c.result.s3CheckCacheKeys);
  expect(asked(recorded())).toEqual(questions(c.requests, new Set()));
  const puts = recorded()
    .filter(({ method }) => method === 'PUT')
    .map(({ key }) => key);
  expect(inOrder(puts)).toEqual(Object.keys(stored(c.requests)).sort());
  for (const [key, length] of Object.entries(stored(c.requests))) {
    const { data } = await inner.getObject(bucket, key);
    expect(data.length).toBe(length);
    const text = c.requests.find(
      (request) => request.key === key && request.bodyUtf8 !== undefined,
    )?.bodyUtf8;
    if (text !== undefined) expect(Buffer.from(data).toString()).toBe(text);
  }
  for (const { hash } of c.files) {
    expect(xxh128((await inner.getObject(bucket, casKey(store.location, hash))).data)).toBe(hash);
  }
  expectOwner(recorded(), c.requests, owner);
}

async function download(c: Scenario, owner: string, { client, inner, recorded }: Place): Promise<void> {
  const { bucket, rootPrefix } = c;
  const store = storeOf(client, { bucket, rootPrefix });
  const answered = new Set(
    c.requests.filter(({ responseStatus }) => responseStatus !== 404).map(({ key }) => key),
  );
  for (const file of c.files) {
    const key = casKey(store.location, file.hash);
    const legacy = legacyCasKey(store.location, file.hash);
    if (file.inS3) await inner.putObject(bucket, key, contentOf(file));
    else if (answered.has(legacy)) await inner.putObject(bucket, legacy, contentOf(file));
  }
  const manifest = decodeManifest(c.manifestBody);
  const root = mkdtempSync(join(base, 'down-'));
  const run = downloadManifestContents({ manifest, root, store });
  if (c.result.pythonError === undefined) {
    const stats = await run;
    const { processedFiles, processedBytes } = c.result;
    expect(stats).toMatchObject({ processedFiles, processedBytes });
  } else {
    await expect(run).rejects.toMatchObject({ kind: 'NotFound' });
  }
  for (const [path, us] of Object.entries(c.result.mtimesUs ?? {})) {
    const mtimeUs = Number(statSync(join(root, path), { bigint: true }).mtimeNs / 1000n);
    expect(manifest).toMatchObject({
      paths: expect.arrayContaining([expect.objectContaining({ path, mtime: mtimeUs })]),
    });
    expect(Math.abs(mtimeUs - us)).toBeLessThanOrEqual(1);
  }
  const empty = c.files.filter(({ size }) => size === 0).map(({ hash }) => casKey(store.location, hash));
  expect(asked(recorded())).toEqual(questions(c.requests, new Set(empty)));
  expectOwner(recorded(), c.requests, owner);
}

type Open = (bucket: string, owner: string) => Promise<Place>;

function runs(open: Open): void {
  golden<Scenario, { accountId: string }>(
    FILE,
    async (c, { accountId }) => {
      const place = await open(c.bucket, accountId);
      await (c.op === 'upload' ? upload(c, accountId, place) : download(c, accountId, place));
    },
    'scenarios',
  );
}

runs(async (bucket, owner) => {
  const { client, inner } = recordingStore(bucket, owner);
  return { client, inner, recorded: () => client.recorded };
});

requireServer('versitygw')('over S3', () => {
  // The server knows one account: that of its own key.
  const account = String(fixtureDocument(FILE)['accountId']);
  const server = useVersity({ env: { ROOT_ACCESS_KEY: account } });
  const proxy = useFaultProxy(server);
  const clients: S3Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  runs(async (bucket, owner) => {
    rmSync(join(server().directory, bucket), { recursive: true, force: true });
    server().newBucket(bucket);
    const keys = { accessKeyId: account, secretAccessKey: server().secretAccessKey };
    const connect = async (endpoint: string): Promise<StorageClient> => {
      const settings = server().settings({ endpoint, credentials: keys, expectedBucketOwner: owner });
      const client = createS3DirectClient(await connectS3(settings), { xxh128: hasher });
      clients.push(client);
      return client;
    };
    const recorded = (): Recorded[] =>
      proxy().requests.map(({ method, key, status = 0, headers }) => ({
        ...{ method: method as Recorded['method'], bucket, key, status: status === 206 ? 200 : status },
        owner: String(headers['x-amz-expected-bucket-owner']),
      }));
    return { client: await connect(proxy().endpoint), inner: await connect(server().endpoint), recorded };
  });
});

goldenDocument<{ accountId: string }>(FILE, ({ accountId }) => {
  expect(accountId).toMatch(/^\d{12}$/);
});
