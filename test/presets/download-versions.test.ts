/** Objects that are fetched in ranges are of one version, whoever replaces them meanwhile (spec/storage.md 4.2). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ForwardingClient } from '../../src/backends/forwarding.js';
import { withMetering } from '../../src/backends/metering.js';
import type { RangeOptions, StorageClient } from '../../src/backends/storage-client.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { legacyCasKey, type S3Location } from '../../src/model/s3-location.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { downloadFile } from '../../src/presets/download-file.js';
import { type Store, storeOf } from '../../src/presets/store.js';
import { CLIENTS, manifestFor, scratch, treeOf, useS3 } from '../faults/support.js';
import { LOCATION, noise } from '../support/contents.js';
import { STORES } from '../support/outputs.js';
import { requireServer } from '../support/require-server.js';

const MIB = 1024 * 1024;
/** Three ranges. */
const CONTENT = noise(33 * MIB + 5, 21);
const OTHER = Buffer.from(CONTENT.map((byte) => byte ^ 1));
const HASH = xxh128(CONTENT);
const MANIFEST = manifestFor({ big: CONTENT });

/** Makes one change before the ranges that demand the first etag, the next before those that demand the second, and so on. */
class Changing extends ForwardingClient {
  readonly #changed = new Map<string, Promise<unknown> | undefined>();

  constructor(
    inner: StorageClient,
    private readonly changes: (() => Promise<unknown>)[],
  ) {
    super(inner);
  }

  override async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    const etag = options?.ifMatch;
    if (etag !== undefined) {
      if (!this.#changed.has(etag)) this.#changed.set(etag, this.changes.shift()?.());
      await this.#changed.get(etag);
    }
    return super.getObjectRange(bucket, key, start, end, options);
  }
}

/** Stores bytes in two parts, so that equal ones have an etag of their own. */
async function replace(client: StorageClient, { bucket }: S3Location, key: string, bytes: Uint8Array) {
  const uploadId = await client.createMultipart(bucket, key);
  const cut = Math.min(20 * MIB, bytes.length >> 1);
  const first = await client.uploadPart(bucket, key, uploadId, 1, bytes.subarray(0, cut));
  const second = await client.uploadPart(bucket, key, uploadId, 2, bytes.subarray(cut));
  await client.completeMultipart(bucket, key, uploadId, [first, second]);
}

/** A store whose object is replaced by each of `later` while it is fetched. */
async function changing(plain: Store, first: Uint8Array, ...later: readonly Uint8Array[]) {
  const { client, location, cas } = plain;
  await client.putObject(location.bucket, cas.key(HASH), first);
  const changes = later.map((bytes) => () => replace(client, location, cas.key(HASH), bytes));
  const meter = withMetering(new Changing(client, changes));
  return { store: storeOf(meter, location), calls: () => meter.counts('getObjectRange').calls, meter };
}

async function download(store: Store, verify: 'hash' | 'size' | 'none' = 'hash') {
  const root = treeOf({ big: 'old' });
  const request = { manifest: MANIFEST, root, store, verify, conflictResolution: 'OVERWRITE' } as const;
  const error = await downloadManifestContents(request).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  expect(readdirSync(root)).toEqual(['big']);
  const file = readFileSync(join(root, 'big'));
  if (error !== undefined) expect(file.toString()).toBe('old');
  return { error, isWhole: file.equals(CONTENT) };
}

const replacedText = expect.stringContaining('was replaced in the store');

/** What holds for every store; `open` gives one of its own. */
function cases(open: () => Promise<Store>): void {
  it('arrives by one request for each range, and no other, when nobody touches it', async () => {
    const { store, calls, meter } = await changing(await open(), CONTENT);
    expect(await download(store)).toEqual({ error: undefined, isWhole: true });
    expect([calls(), meter.totals().calls]).toEqual([3, 3]);
  });

  it('goes on when the same content was stored again', async () => {
    const { store, calls } = await changing(await open(), CONTENT, CONTENT);
    expect(await download(store)).toEqual({ error: undefined, isWhole: true });
    expect(calls()).toBe(5);
  });

  it('is fetched as a whole once more when a wrong content was put right', async () => {
    const { store } = await changing(await open(), OTHER, CONTENT);
    expect(await download(store)).toEqual({ error: undefined, isWhole: true });
  });

  it('is HashMismatch when its content was replaced by another', async () => {
    const { store } = await changing(await open(), CONTENT, OTHER);
    expect((await download(store)).error).toMatchObject({ kind: 'HashMismatch', path: 'big' });
  });

  it('is Conflict when it is replaced again and again', async () => {
    const { store, calls } = await changing(await open(), CONTENT, OTHER, CONTENT);
    const { error } = await download(store);
    expect(error).toMatchObject({ kind: 'Conflict', path: 'big', message: replacedText });
    expect(calls()).toBe(5);
  });

  it.each(['size', 'none'] as const)('is Conflict with verify: %s, and never torn', async (verify) => {
    const { store } = await changing(await open(), CONTENT, OTHER);
    const { error } = await download(store, verify);
    expect(error).toMatchObject({ kind: 'Conflict', path: 'big', message: replacedText });
  });

  it.each([
    ['shorter', CONTENT.subarray(0, -1)],
    ['longer', Buffer.concat([CONTENT, Buffer.of(1)])],
  ])('is SizeMismatch when a %s one took its place', async (_what, bytes) => {
    const { store } = await changing(await open(), CONTENT, bytes);
    const { error } = await download(store);
    expect(error).toMatchObject({
      kind: 'SizeMismatch',
      message: expect.stringContaining(`${bytes.length} bytes in the store instead of ${CONTENT.length}`),
    });
  });
}

describe.each(STORES)('an object in ranges, over %s', (_kind, openClient) => {
  const open = async (): Promise<Store> => storeOf(await openClient(scratch()), LOCATION);
  cases(open);

  it('of another size ends by the first answer', async () => {
    const { store, meter } = await changing(await open(), CONTENT.subarray(0, -1));
    expect((await download(store)).error).toMatchObject({ kind: 'SizeMismatch' });
    expect(meter.totals().calls).toBe(1);
  });

  it('is of one version under the key of old releases too', async () => {
    const { client } = await open();
    const key = legacyCasKey(LOCATION, HASH);
    await client.putObject(LOCATION.bucket, key, CONTENT);
    const again = () => replace(client, LOCATION, key, CONTENT);
    const asked: unknown[] = [];
    const seen = new (class extends Changing {
      override getObjectRange(...call: Parameters<StorageClient['getObjectRange']>) {
        if (call[1] === key) asked.push(call[4]?.ifMatch !== undefined);
        return super.getObjectRange(...call);
      }
    })(client, []);
    expect(await download(storeOf(seen, LOCATION))).toEqual({ error: undefined, isWhole: true });
    expect(asked).toEqual([false, true, true]);
    const replaced = storeOf(new Changing(client, [again]), LOCATION);
    expect(await download(replaced)).toEqual({ error: undefined, isWhole: true });
  });

  it('is one version in memory and at an offset too', async () => {
    const { store } = await changing(await open(), OTHER, CONTENT);
    const request = { store, hash: HASH, size: CONTENT.length };
    const { bytes } = await downloadFile({ ...request, target: 'memory' });
    expect(CONTENT.equals(bytes)).toBe(true);
  });
});

requireServer('versitygw')('an object in ranges, over S3', () => {
  const s3 = useS3();

  it.each(CLIENTS)('every range but the first demands the etag of the first (%s)', async (client) => {
    await s3.putObjects(CONTENT);
    const { error } = await download(await s3.store(client));
    expect(error).toBeUndefined();
    const { etag } = (await (await s3.plain()).cas.head(HASH)) ?? {};
    expect(etag).toBeDefined();
    const gets = s3.requests('GetObject').map(({ headers }) => [headers.range, headers['if-match']]);
    const [first, ...others] = gets;
    expect(first).toEqual(['bytes=0-16777215', undefined]);
    expect(others.sort()).toEqual([
      ['bytes=16777216-33554431', etag],
      [`bytes=33554432-${CONTENT.length - 1}`, etag],
    ]);
    expect(s3.proxy().count('HeadObject')).toBe(0);
  });

  it.each(CLIENTS)('another size ends the first answer before its body (%s)', async (client) => {
    const { client: plain, cas } = await s3.plain();
    await plain.putObject(s3.bucket(), cas.key(HASH), Buffer.concat([CONTENT, Buffer.alloc(9)]));
    const { error } = await download(await s3.store(client));
    expect(error).toMatchObject({ kind: 'SizeMismatch', path: 'big' });
    expect(s3.proxy().requests).toHaveLength(1);
    expect(s3.proxy().requests[0]?.responseBytes).toBeLessThan(16 * MIB);
  });

  describe.each(CLIENTS)('%s', (client) => {
    cases(() => s3.store(client));
  });
});
