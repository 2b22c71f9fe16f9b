/** The client against a real server, with and without a proxy that misbehaves in between. */
import { afterEach, describe, expect, it } from 'vitest';
import { partialBodyOf } from '../../../src/backends/partial-body.js';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import type { S3Settings } from '../../../src/backends/s3/settings.js';
import { createS3DirectClient } from '../../../src/backends/s3-direct.js';
import { serverDateOf } from '../../../src/backends/server-date.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { CancelledError } from '../../../src/pipeline/errors.js';
import { cutResponse, drop, garbleRequest, ignoreHeaders } from '../../support/fault.js';
import { useFaultProxy } from '../../support/fault-proxy.js';
import { requireServer } from '../../support/require-server.js';
import {
  accessDenied,
  bare,
  errorInside200,
  html200,
  invalidRequest,
  notImplemented,
  requestTimeTooSkewed,
  s3Error,
} from '../../support/s3-faults.js';
import { useVersity } from '../../support/versitygw.js';

const MIB = 1024 * 1024;
const clients: S3Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function clientOf(settings: S3Settings): Promise<S3Client> {
  const client = createS3DirectClient(await connectS3(settings), { xxh128: hasher });
  clients.push(client);
  return client;
}

/** Bytes that differ from place to place. */
function bytes(length: number, seed = 1): Buffer {
  const all = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) all[at] = (at * 31 + (at >> 8) * seed + seed) & 0xff;
  return all;
}

requireServer('versitygw')('s3-direct', () => {
  const server = useVersity();
  const proxy = useFaultProxy(server);
  const throughProxy = (more: Partial<S3Settings> = {}): Promise<S3Client> =>
    clientOf(server().settings({ endpoint: proxy().endpoint, ...more }));

  describe('digests', () => {
    it('are named once the store has shown that it checks them, and not compared here any more', async () => {
      const client = await throughProxy();
      const bucket = server().newBucket();
      const body = bytes(1000);
      expect(client.features.xxh128).toBe('unknown');
      await client.putObject(bucket, 'a', body, { xxh128: hasher.oneShot(body) });
      expect(client.features.xxh128).toBe('yes');
      const wrong = client.putObject(bucket, 'b', body, { xxh128: hasher.oneShot(bytes(999)) });
      await expect(wrong).rejects.toMatchObject({ kind: 'ChecksumMismatch', httpStatus: 400, key: 'b' });
      expect(server().keys(bucket)).toEqual(['a']);
      const puts = proxy().requests.filter(({ method }) => method === 'PUT');
      expect(puts.map(({ headers }) => headers['x-amz-checksum-xxhash128'])).toHaveLength(2);
      expect(puts.some(({ headers }) => 'x-amz-checksum-crc32' in headers)).toBe(false);
    });

    it('that a store ignores are dropped after one HEAD, and CRC-32 takes their place', async () => {
      proxy().inject({
        match: { operation: 'PutObject' },
        times: 'always',
        fault: ignoreHeaders('x-amz-checksum-xxhash128', 'x-amz-sdk-checksum-algorithm'),
      });
      const client = await throughProxy();
      const bucket = server().newBucket();
      for (const key of ['a', 'b', 'c']) {
        await client.putObject(bucket, key, bytes(10), { xxh128: hasher.oneShot(bytes(10)) });
      }
      expect(client.features.xxh128).toBe('no');
      expect(proxy().count('HeadObject')).toBe(1);
      expect(proxy().requests.map(({ headers }) => headers['x-amz-checksum-crc32'] !== undefined)).toEqual([
        ...[false, false],
        ...[true, true],
      ]);
      const wrong = client.putObject(bucket, 'd', bytes(10), { xxh128: hasher.oneShot(bytes(11)) });
      await expect(wrong).rejects.toMatchObject({ kind: 'ChecksumMismatch', httpStatus: undefined });
      expect(server().keys(bucket)).toEqual(['a', 'b', 'c']);
    });

    it('that a store refuses are dropped, and the put is made again', async () => {
      proxy().inject({
        match: { headers: { 'x-amz-checksum-xxhash128': true } },
        fault: invalidRequest('The x-amz-checksum-xxhash128 header is not a valid checksum header.'),
      });
      const client = await throughProxy();
      const bucket = server().newBucket();
      for (const key of ['a', 'b']) {
        const outcome = await client.putObject(bucket, key, bytes(10), { xxh128: hasher.oneShot(bytes(10)) });
        expect(outcome.created).toBe(true);
      }
      expect(proxy().count('PutObject')).toBe(3);
      expect(client.features.xxh128).toBe('no');
    });

    it('that a store counts otherwise are dropped at the second misfit, for the first may be the network', async () => {
      proxy().inject({
        match: { headers: { 'x-amz-checksum-xxhash128': true } },
        times: 2,
        fault: {
          answer: s3Error(400, 'BadDigest', { message: 'The XXHASH128 you specified did not match.' }),
        },
      });
      const client = await throughProxy();
      const bucket = server().newBucket();
      const put = (): Promise<unknown> =>
        client.putObject(bucket, 'a', bytes(10), { xxh128: hasher.oneShot(bytes(10)) });
      await expect(put()).rejects.toMatchObject({
        kind: 'ChecksumMismatch',
        httpStatus: 400,
        retryable: true,
      });
      await expect(put()).resolves.toMatchObject({ created: true });
      expect(client.features.xxh128).toBe('no');
    });

    it.each([
      ['auto', 'x-amz-checksum-xxhash128', 'x-amz-checksum-crc32'],
      ['xxh128', 'x-amz-checksum-xxhash128', undefined],
      ['crc32', 'x-amz-checksum-crc32', 'x-amz-checksum-crc32'],
      ['none', undefined, undefined],
    ] as const)('checksum %j: %s with a digest, %s without', async (checksum, named, unnamed) => {
      const client = await throughProxy({ checksum });
      const bucket = server().newBucket();
      await client.putObject(bucket, 'a', bytes(10), { xxh128: hasher.oneShot(bytes(10)) });
      await client.putObject(bucket, 'b', bytes(10));
      const puts = proxy().requests.filter(({ method }) => method === 'PUT');
      const checksums = puts.map(({ headers }) =>
        Object.keys(headers).find((name) => name.startsWith('x-amz-checksum-')),
      );
      expect(checksums).toEqual([named, unnamed]);
    });

    it.each([
      ['signed', 'auto'],
      ['with a checksum only', 'never'],
    ] as const)('a body, %s, that is altered on its way is refused', async (_name, payloadSigning) => {
      const client = await throughProxy({ payloadSigning });
      const bucket = server().newBucket();
      await client.putObject(bucket, 'first', bytes(100), { xxh128: hasher.oneShot(bytes(100)) });
      proxy().inject({ match: { key: 'altered' }, times: 2, fault: garbleRequest(50) });
      const put = client.putObject(bucket, 'altered', bytes(100), { xxh128: hasher.oneShot(bytes(100)) });
      await expect(put).rejects.toMatchObject({ kind: 'ChecksumMismatch', httpStatus: 400, retryable: true });
      const unnamed = client.putObject(bucket, 'altered', bytes(100));
      await expect(unnamed).rejects.toMatchObject({ kind: 'ChecksumMismatch', httpStatus: 400 });
      expect(server().keys(bucket)).toEqual(['first']);
    });
  });

  it('a condition that a store does not know is dropped', async () => {
    proxy().inject({ match: { headers: { 'if-none-match': '*' } }, fault: notImplemented('If-None-Match') });
    const client = await throughProxy();
    const bucket = server().newBucket();
    for (const seed of [1, 2]) {
      expect((await client.putObject(bucket, 'a', bytes(10, seed), { ifAbsent: true })).created).toBe(true);
    }
    expect(client.features).toMatchObject({ conditionalWrites: false, crc32: true });
    expect(proxy().count('PutObject')).toBe(3);
  });

  describe('parts', () => {
    const upload = async (client: S3Client, bucket: string): Promise<void> => {
      const uploadId = await client.createMultipart(bucket, 'joined');
      const parts = [
        await client.uploadPart(bucket, 'joined', uploadId, 1, bytes(5 * MIB)),
        await client.uploadPart(bucket, 'joined', uploadId, 2, bytes(100, 2)),
      ];
      await client.completeMultipart(bucket, 'joined', uploadId, parts);
      const { data } = await client.getObject(bucket, 'joined');
      expect(Buffer.concat([bytes(5 * MIB), bytes(100, 2)]).equals(data)).toBe(true);
    };

    it('have a checksum each, and one over all that the store computes too', async () => {
      const client = await throughProxy();
      await upload(client, server().newBucket());
      expect(client.features.fullObjectChecksum).toBe(true);
      const [created, first, , completed] = proxy().requests;
      expect(created?.headers['x-amz-checksum-type']).toBe('FULL_OBJECT');
      expect(first?.headers['x-amz-checksum-crc32']).toMatch(/^[\w+/]{6}==$/);
      expect(completed?.headers['x-amz-checksum-crc32']).toMatch(/^[\w+/]{6}==$/);
      expect(completed?.headers['x-amz-mp-object-size']).toBe(String(5 * MIB + 100));
    });

    it('do without the one over all where the store refuses it', async () => {
      proxy().inject({
        match: { headers: { 'x-amz-checksum-type': 'FULL_OBJECT' } },
        fault: invalidRequest('The FULL_OBJECT checksum type is not supported.'),
      });
      const client = await throughProxy();
      await upload(client, server().newBucket());
      expect(client.features).toMatchObject({ fullObjectChecksum: false, crc32: true });
    });

    it('do without any where the store refuses them', async () => {
      proxy().inject({
        match: { headers: { 'x-amz-checksum-algorithm': true } },
        fault: notImplemented('x-amz-checksum-algorithm'),
      });
      const client = await throughProxy();
      await upload(client, server().newBucket());
      expect(client.features.crc32).toBe(false);
      expect(proxy().requests[1]?.headers).not.toHaveProperty('x-amz-checksum-type');
      expect(proxy().requests[2]?.headers).not.toHaveProperty('x-amz-checksum-crc32');
    });

    it('that were altered on their way are refused', async () => {
      const client = await throughProxy({ payloadSigning: 'never' });
      const bucket = server().newBucket();
      const uploadId = await client.createMultipart(bucket, 'joined');
      proxy().inject({ match: { operation: 'UploadPart' }, fault: garbleRequest(50) });
      const part = client.uploadPart(bucket, 'joined', uploadId, 1, bytes(100));
      await expect(part).rejects.toMatchObject({ kind: 'ChecksumMismatch', retryable: true });
    });

    it.each(['InternalError', 'SlowDown'])('a completion that answers 200 with %s failed', async (code) => {
      const client = await throughProxy();
      const bucket = server().newBucket();
      const uploadId = await client.createMultipart(bucket, 'joined');
      const part = await client.uploadPart(bucket, 'joined', uploadId, 1, bytes(100));
      proxy().inject({ match: { operation: 'CompleteMultipartUpload' }, fault: errorInside200(code) });
      await expect(client.completeMultipart(bucket, 'joined', uploadId, [part])).rejects.toMatchObject({
        ...{ kind: code === 'SlowDown' ? 'Throttled' : 'ServiceError', retryable: true, s3Code: code },
      });
    });
  });

  it('a copy that answers 200 with an error failed', async () => {
    const client = await throughProxy();
    const bucket = server().newBucket();
    await client.putObject(bucket, 'a', bytes(10));
    proxy().inject({ match: { operation: 'CopyObject' }, fault: errorInside200() });
    const copy = client.copyObject(bucket, 'b', { bucket, key: 'a' });
    await expect(copy).rejects.toMatchObject({ kind: 'ServiceError', retryable: true });
  });

  describe('broken answers', () => {
    it.each([
      ['reset', 'reset'],
      ['closed', 'close'],
    ] as const)('a body whose connection is %s gives what arrived', async (_name, ending) => {
      const client = await throughProxy();
      const bucket = server().newBucket();
      const body = bytes(3 * MIB);
      await client.putObject(bucket, 'a', body);
      const etag = (await client.headObject(bucket, 'a'))?.etag;
      proxy().inject({ match: { operation: 'GetObject' }, times: 2, fault: cutResponse(2 * MIB, ending) });
      let moved = 0;
      const count = (delta: number): void => {
        moved += delta;
      };
      for (const [get, whole] of [
        [() => client.getObject(bucket, 'a', { onBytes: count }), body],
        [() => client.getObjectRange(bucket, 'a', 100, 3 * MIB - 1, { onBytes: count }), body.subarray(100)],
      ] as const) {
        moved = 0;
        const error = await get().catch((cause: unknown) => cause);
        expect(error).toMatchObject({ kind: 'Network', retryable: true, key: 'a' });
        const arrived = partialBodyOf(error);
        expect(arrived).toMatchObject({ etag, totalBytes: whole.length });
        expect(arrived?.bytes.length).toBe(moved);
        expect(moved).toBeLessThanOrEqual(2 * MIB);
        expect(whole.subarray(0, moved).equals(arrived?.bytes ?? Buffer.alloc(0))).toBe(true);
      }
      expect((await client.getObject(bucket, 'a')).data.length).toBe(body.length);
    });

    it('a web page in place of a listing is a fault of the service, and no empty listing', async () => {
      proxy().inject({ match: { operation: 'ListObjectsV2' }, fault: html200() });
      const client = await throughProxy();
      const pages = client.listObjects(server().newBucket(), '')[Symbol.asyncIterator]();
      await expect(pages.next()).rejects.toMatchObject({ kind: 'ServiceError', operation: 'listObjects' });
    });

    it('a web page in place of a range is a fault of the service', async () => {
      const client = await throughProxy();
      const bucket = server().newBucket();
      await client.putObject(bucket, 'a', bytes(100));
      proxy().inject({ match: { operation: 'GetObject' }, fault: html200() });
      await expect(client.getObjectRange(bucket, 'a', 10, 19)).rejects.toMatchObject({
        kind: 'ServiceError',
      });
    });

    it('silence is a timeout', async () => {
      proxy().inject({ fault: drop('stall') });
      const client = await throughProxy({ idleTimeoutMs: 200 });
      const head = client.headObject(server().newBucket(), 'a');
      await expect(head).rejects.toMatchObject({ kind: 'Timeout', retryable: true });
    });

    it('a connection that is reset is a fault of the network', async () => {
      proxy().inject({ fault: drop('reset') });
      const client = await throughProxy();
      const put = client.putObject(server().newBucket(), 'a', bytes(100));
      await expect(put).rejects.toMatchObject({ kind: 'Network', retryable: true });
    });
  });

  describe('early refusals', () => {
    it('close their connection, so that the next request is not taken for the rest of the body', async () => {
      const client = await clientOf(server().settings());
      const bucket = server().newBucket();
      await client.putObject(bucket, 'there', bytes(10));
      const work = Array.from({ length: 40 }, async (_, at) => {
        const refused = await client.putObject(bucket, 'there', bytes(200_000), { ifAbsent: true });
        expect(refused.created).toBe(false);
        expect((await client.putObject(bucket, `new-${at}`, bytes(1000), { ifAbsent: true })).created).toBe(
          true,
        );
        expect((await client.headObject(bucket, 'there'))?.size).toBe(10);
      });
      await Promise.all(work);
      expect(server().keys(bucket)).toHaveLength(41);
    });

    it('count though the body was not taken', async () => {
      proxy().inject({ match: { key: 'denied' }, fault: { ...accessDenied(), readsBody: false } });
      const client = await throughProxy();
      const bucket = server().newBucket();
      const denied = client.putObject(bucket, 'denied', bytes(100_000));
      await expect(denied).rejects.toMatchObject({ kind: 'AccessDenied', httpStatus: 403, retryable: false });
      await client.putObject(bucket, 'next', bytes(1000));
    });

    it('a bare 400 on a used connection is worth a try on a fresh one, where it counts', async () => {
      const client = await throughProxy({ maxConnections: 1 });
      const bucket = server().newBucket();
      await client.putObject(bucket, 'a', bytes(10));
      proxy().inject({ match: { operation: 'GetObject' }, times: 2, fault: bare(400) });
      await expect(client.getObject(bucket, 'a')).rejects.toMatchObject({ kind: 'Network', retryable: true });
      await expect(client.getObject(bucket, 'a')).rejects.toMatchObject({
        ...{ kind: 'BadRequest', httpStatus: 400, retryable: false },
      });
      expect(proxy().connections.total).toBe(2);
    });
  });

  it('a clock that is off is told the time of the store', async () => {
    const client = await throughProxy();
    const serverDate = new Date(Math.floor(Date.now() / 1000) * 1000 + 20 * 60_000);
    proxy().inject({ match: { operation: 'GetObject' }, fault: requestTimeTooSkewed(serverDate) });
    const error: unknown = await client.getObject(server().newBucket(), 'a').catch((cause: unknown) => cause);
    expect(error).toMatchObject({ kind: 'ClockSkew', retryable: true });
    expect(serverDateOf(error)).toEqual(serverDate);
  });

  describe('the expected owner', () => {
    it('goes with every call but the probe', async () => {
      const client = await throughProxy({ expectedBucketOwner: server().accessKeyId });
      expect(client.expectedBucketOwner()).toBe(server().accessKeyId);
      const bucket = server().newBucket();
      await client.putObject(bucket, 'a', bytes(10));
      await client.headObject(bucket, 'a');
      await client.getObject(bucket, 'a');
      await client.getObjectRange(bucket, 'a', 0, 1);
      await client.copyObject(bucket, 'b', { bucket, key: 'a' });
      for await (const page of client.listObjects(bucket, '')) expect(page).toHaveLength(2);
      const uploadId = await client.createMultipart(bucket, 'c');
      const part = await client.uploadPart(bucket, 'c', uploadId, 1, bytes(10));
      for await (const page of client.listMultipart(bucket, '')) expect(page).toHaveLength(1);
      await client.completeMultipart(bucket, 'c', uploadId, [part]);
      await client.abortMultipart(bucket, 'c', uploadId);
      expect(await client.headBucket(bucket, { withOwner: true })).toBe('ok');
      const owners = new Set(proxy().requests.map(({ headers }) => headers['x-amz-expected-bucket-owner']));
      expect([...owners]).toEqual([server().accessKeyId]);
      expect(proxy().requests).toHaveLength(12);
      const probe = await throughProxy({ expectedBucketOwner: server().accessKeyId });
      expect(await probe.headBucket(bucket, { withOwner: false })).toBe('ok');
      expect(proxy().requests.at(-1)?.headers).not.toHaveProperty('x-amz-expected-bucket-owner');
    });

    it('that is another account is refused, and the probe tells', async () => {
      const client = await clientOf(server().settings({ expectedBucketOwner: '999999999999' }));
      const bucket = server().newBucket();
      await expect(client.putObject(bucket, 'a', bytes(10))).rejects.toMatchObject({ httpStatus: 403 });
      expect(server().keys(bucket)).toEqual([]);
      expect(await client.headBucket(bucket, { withOwner: true })).toBe('denied');
      expect(await client.headBucket(bucket, { withOwner: false })).toBe('ok');
      expect(await client.headBucket('no-such-bucket', { withOwner: false })).toBe('missing');
    });
  });

  it('names itself as the clients of the service do', async () => {
    const client = await throughProxy();
    await client.headObject(server().newBucket(), 'a');
    expect(proxy().requests[0]?.headers['user-agent']).toMatch(
      /\bS3A\/Deadline\/NA\/JobAttachments\/\d+\.\d+/,
    );
  });

  it('a put that is aborted at any time has left nothing, or has succeeded', async () => {
    const client = await clientOf(server().settings());
    const bucket = server().newBucket();
    const outcomes = new Map<string, boolean>();
    await client.putObject(bucket, 'first', bytes(10));
    for (let round = 0; round < 60; round += 1) {
      const key = `k${round}`;
      const stop = new AbortController();
      const put = client.putObject(bucket, key, bytes(round % 2 === 0 ? 16_384 : 2 * MIB), {
        signal: stop.signal,
      });
      const timer = setTimeout(() => stop.abort(), round % 10);
      const created = await put.then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(CancelledError);
          return false;
        },
      );
      clearTimeout(timer);
      outcomes.set(key, created);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const there = new Set(server().keys(bucket));
    for (const [key, created] of outcomes) expect([key, there.has(key)]).toEqual([key, created]);
  });
});
