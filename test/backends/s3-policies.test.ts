/**
 * The policies of an S3 store as one stack, over both clients, against a real server behind the
 * fault proxy: what each does alone is in its own test.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { withAdaptiveLimit } from '../../src/backends/adaptive-limit.js';
import { withBandwidthLimit } from '../../src/backends/bandwidth-limit.js';
import { body } from '../../src/backends/conformance/bench.js';
import { withGuidance } from '../../src/backends/guidance.js';
import { withMultipart } from '../../src/backends/multipart.js';
import { type RetryPolicy, withRetries } from '../../src/backends/retry.js';
import { connectS3, type S3Connection } from '../../src/backends/s3/connection.js';
import type { S3Client } from '../../src/backends/s3/s3-client.js';
import type { S3Settings } from '../../src/backends/s3/settings.js';
import { createS3DirectClient } from '../../src/backends/s3-direct.js';
import { createS3SdkClient } from '../../src/backends/s3-sdk.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { sweepOrphans } from '../../src/backends/sweep-orphans.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { cutRequest, cutResponse, loseAnswer } from '../support/fault.js';
import { useFaultProxy } from '../support/fault-proxy.js';
import { requireServer } from '../support/require-server.js';
import {
  expiredToken,
  internalError,
  invalidPart,
  requestTimeTooSkewed,
  slowDown,
} from '../support/s3-faults.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const MIB = 1024 * 1024;
const PART = 5 * MIB;
const large = body(2 * PART + 100_000);
const xxh128 = hasher.oneShot(large);
const KEY = 'root/Data/large';
const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const clients: [string, (connection: S3Connection) => S3Client][] = [
  ['s3-direct', (connection) => createS3DirectClient(connection, { xxh128: hasher })],
  ['s3-sdk', (connection) => createS3SdkClient(connection, { xxh128: hasher })],
];

requireServer('versitygw').each(clients)('%s', (_name, create) => {
  const server = useVersity();
  const proxy = useFaultProxy(server);
  const directory = tempDir('s3-policies');
  const open: S3Client[] = [];
  afterEach(async () => {
    for (const client of open.splice(0)) await client.close();
  });

  /** The stack of the product, on a bucket of its own. */
  async function store(policy: RetryPolicy = {}, settings: Partial<S3Settings> = {}) {
    const connection = await connectS3(server().settings({ endpoint: proxy().endpoint, ...settings }));
    const raw = create(connection);
    open.push(raw);
    const paced = withBandwidthLimit(withAdaptiveLimit(raw));
    const retried = withRetries(paced, {
      ...{ initialBackoffMs: 1, throttleInitialMs: 1, xxh128: hasher },
      refreshCredentials: () => connection.refreshCredentials(),
      correctClock: (date) => connection.correctClock(date),
      ...policy,
    });
    const parts = withMultipart(retried, { xxh128: hasher, partSizeBytes: PART });
    const headBucket: S3Client['headBucket'] = (bucket, options) => raw.headBucket(bucket, options);
    return { client: withGuidance(parts, { headBucket }), bucket: server().newBucket() };
  }

  async function uploads(client: StorageClient, bucket: string): Promise<number> {
    let count = 0;
    for await (const page of client.listMultipart(bucket, '')) count += page.length;
    return count;
  }

  async function file(): Promise<string> {
    const path = join(directory, 'large');
    await writeFile(path, large);
    return path;
  }

  it('a large file travels in parts; one that is cut or throttled is sent again alone', async () => {
    const { client, bucket } = await store();
    proxy().inject({ match: { operation: 'UploadPart' }, fault: cutRequest(MIB) });
    proxy().inject({ match: { operation: 'UploadPart' }, fault: slowDown() });
    const deltas: number[] = [];
    const outcome = await client.putObjectFromFile(bucket, KEY, await file(), {
      ...{ xxh128, ifAbsent: true },
      onBytes: (delta) => deltas.push(delta),
    });
    expect(outcome.created).toBe(true);
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(large.length);
    expect(proxy().count('UploadPart')).toBe(5);
    expect(hasher.oneShot((await client.getObject(bucket, KEY)).data)).toBe(xxh128);
    expect(await uploads(client, bucket)).toBe(0);
  });

  it('an object that is there stays, and no upload is left', async () => {
    const { client, bucket } = await store();
    await client.putObject(bucket, KEY, body(10));
    const outcome = await client.putObjectFromFile(bucket, KEY, await file(), { xxh128, ifAbsent: true });
    expect(outcome.created).toBe(false);
    expect((await client.headObject(bucket, KEY))?.size).toBe(10);
    expect(await uploads(client, bucket)).toBe(0);
  });

  // spec/storage.md section 7, fault 10
  it('parts that are refused are uploaded again, once', async () => {
    const { client, bucket } = await store();
    proxy().inject({ match: { operation: 'CompleteMultipartUpload' }, fault: invalidPart() });
    await client.putObjectFromFile(bucket, KEY, await file(), { xxh128 });
    expect(proxy().count('CreateMultipartUpload')).toBe(2);
    proxy().inject({ match: { operation: 'CompleteMultipartUpload' }, times: 2, fault: invalidPart() });
    const again = client.putObjectFromFile(bucket, `${KEY}-2`, await file(), { xxh128 });
    await expect(again).rejects.toMatchObject({ kind: 'InvalidMultipart' });
    expect(await client.headObject(bucket, `${KEY}-2`)).toBeNull();
    expect(await uploads(client, bucket)).toBe(0);
  });

  // fault 11
  it('a completion whose answer is lost is found', async () => {
    const { client, bucket } = await store();
    proxy().inject({ match: { operation: 'CompleteMultipartUpload' }, times: 3, fault: loseAnswer() });
    const outcome = await client.putObjectFromFile(bucket, KEY, await file(), { xxh128 });
    expect(outcome.created).toBe(true);
    expect(proxy().count('CreateMultipartUpload')).toBe(1);
    expect(hasher.oneShot((await client.getObject(bucket, KEY)).data)).toBe(xxh128);
  });

  // fault 17
  it('a file that is not what was hashed is FileChanged, and nothing is stored or left', async () => {
    const { client, bucket } = await store();
    const wrong = { xxh128: hasher.oneShot(body(7)) };
    await expect(client.putObjectFromFile(bucket, KEY, await file(), wrong)).rejects.toMatchObject({
      kind: 'FileChanged',
    });
    expect(proxy().count('CompleteMultipartUpload')).toBe(0);
    expect(await client.headObject(bucket, KEY)).toBeNull();
    expect(await uploads(client, bucket)).toBe(0);
  });

  // fault 19
  it('a cancelled upload is aborted', async () => {
    const { client, bucket } = await store();
    proxy().inject({
      match: { operation: 'UploadPart' },
      times: 3,
      optional: true,
      fault: { latencyMs: 60_000 },
    });
    const stop = new AbortController();
    const put = client.putObjectFromFile(bucket, KEY, await file(), { xxh128, signal: stop.signal });
    const ended = expect(put).rejects.toMatchObject({ code: 'Cancelled' });
    await expect.poll(() => proxy().count('UploadPart')).toBe(3);
    stop.abort();
    await ended;
    expect(await uploads(client, bucket)).toBe(0);
  });

  // fault 20
  it('what a killed process left is swept', async () => {
    const { client, bucket } = await store();
    const id = await client.createMultipart(bucket, 'root/Data/orphan');
    await client.createMultipart(bucket, 'root/Manifests/other');
    const location = { bucket, rootPrefix: 'root' };
    expect(await sweepOrphans(client, location)).toMatchObject({ aborted: [], kept: 1 });
    const soon = { now: () => Date.now() + 25 * 3_600_000, monotonic: () => 0, sleep: async () => undefined };
    const swept = await sweepOrphans(client, location, { clock: soon });
    expect(swept.aborted).toMatchObject([{ key: 'root/Data/orphan', uploadId: id }]);
    expect(await uploads(client, bucket)).toBe(1);
  });

  // fault 6
  it('a body that is cut is gone on with, not begun again', async () => {
    const { client, bucket } = await store();
    await client.putObject(bucket, 'body', body(3 * MIB));
    proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(2 * MIB) });
    proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(MIB / 2, 'close') });
    const deltas: number[] = [];
    const { data, head } = await client.getObject(bucket, 'body', { onBytes: (delta) => deltas.push(delta) });
    expect(hasher.oneShot(data)).toBe(hasher.oneShot(body(3 * MIB)));
    expect(head).toMatchObject({ key: 'body', size: 3 * MIB });
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(3 * MIB);
    const gets = proxy().requests.filter(({ operation }) => operation === 'GetObject');
    const ranges = gets.map(({ headers }) => headers['range']);
    expect(gets).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    for (const range of ranges.slice(1)) {
      const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(String(range)) ?? [];
      expect(Number(start)).toBeGreaterThan(0);
      expect(Number(end)).toBe(3 * MIB - 1);
    }
    expect(gets.slice(1).every(({ headers }) => headers['if-match'] === head.etag)).toBe(true);
  });

  it('an object that was replaced between the pieces is fetched whole', async () => {
    const { client, bucket } = await store({ initialBackoffMs: 200 });
    await client.putObject(bucket, 'body', body(3 * MIB));
    proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(2 * MIB) });
    const getting = client.getObject(bucket, 'body');
    await expect.poll(() => proxy().count('GetObject'), { interval: 5 }).toBe(1);
    const direct = create(await connectS3(server().settings()));
    open.push(direct);
    await direct.putObject(bucket, 'body', body(3 * MIB, 2));
    expect(hasher.oneShot((await getting).data)).toBe(hasher.oneShot(body(3 * MIB, 2)));
  });

  // fault 3
  it('a HEAD that fails is asked again', async () => {
    const { client, bucket } = await store();
    proxy().inject({ match: { operation: 'HeadObject' }, fault: internalError() });
    expect(await client.headObject(bucket, 'none')).toBeNull();
    expect(proxy().count('HeadObject')).toBe(2);
  });

  // fault 2
  it('a store that throttles for ever ends in Throttled, after the tries, with nothing left', async () => {
    const { client, bucket } = await store({ throttleMaxAttempts: 4, maxBackoffMs: 20 });
    const rule = proxy().inject({
      match: { operation: 'UploadPart' },
      times: 99,
      optional: true,
      fault: slowDown(),
    });
    await expect(client.putObject(bucket, KEY, large)).rejects.toMatchObject({
      ...{ kind: 'Throttled', httpStatus: 503, attempts: 4 },
      hint: expect.stringContaining('maxConnections'),
    });
    expect(rule.struck).toBeLessThanOrEqual(12);
    expect(await uploads(client, bucket)).toBe(0);
    expect(await client.headObject(bucket, KEY)).toBeNull();
  });

  // fault 22
  it('credentials that expired are renewed once for all', async () => {
    let asked = 0;
    const credentials = async () => {
      asked += 1;
      return server().credentials;
    };
    const { client, bucket } = await store({}, { credentials });
    await client.headObject(bucket, 'none');
    const before = asked;
    proxy().inject({ times: 5, fault: expiredToken() });
    const keys = [1, 2, 3, 4, 5].map((n) => `key${n}`);
    await Promise.all(keys.map((key) => client.putObject(bucket, key, body(10))));
    expect(asked).toBe(before + 1);
    expect(server().keys(bucket)).toEqual(keys);
  });

  // fault 23
  it('credentials that cannot be renewed are one error, not one per file', async () => {
    const { client, bucket } = await store();
    proxy().inject({ times: 'always', fault: expiredToken() });
    const puts = Array.from({ length: 50 }, (_, n) => client.putObject(bucket, `key${n}`, body(10)));
    const errors = new Set(
      (await Promise.allSettled(puts)).map((put) => put.status === 'rejected' && put.reason),
    );
    expect(errors.size).toBe(1);
    expect([...errors][0]).toMatchObject({ kind: 'ExpiredCredentials' });
  });

  // fault 24
  it('a clock that is off is corrected, for all later requests too', async () => {
    const { client, bucket } = await store();
    const ahead = new Date(Date.now() + 300_000); // within what the real server tolerates
    proxy().inject({ fault: requestTimeTooSkewed(ahead) });
    await client.putObject(bucket, 'key', body(10));
    await client.headObject(bucket, 'key');
    const dates = proxy().requests.map(({ headers }) => String(headers['x-amz-date']));
    const minutes = dates.map((date) => Date.parse(date.replace(AMZ_DATE, '$1-$2-$3T$4:$5:$6Z')) / 60_000);
    const [first = 0, ...later] = minutes;
    expect(later.map((minute) => Math.round(minute - first))).toEqual([5, 5]);
  });

  // fault 25
  it('a bucket of another account is BucketOwnerMismatch', async () => {
    const { client, bucket } = await store({}, { expectedBucketOwner: '210987654321' });
    const error = await client.putObject(bucket, 'key', body(10)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'BucketOwnerMismatch' });
    expect(String((error as { hint?: unknown }).hint)).toContain('210987654321');
    expect(proxy().count('HeadBucket')).toBe(2);
    expect(server().keys(bucket)).toEqual([]);
  });
});
