import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { certificates } from './certificates.js';
import { noise } from './contents.js';
import {
  cutRequest,
  cutResponse,
  drop,
  type Fault,
  garbleRequest,
  garbleResponse,
  ignoreHeaders,
  latency,
  loseAnswer,
  throttleRequest,
  throttleResponse,
} from './fault.js';
import { startFaultProxy, useFaultProxy } from './fault-proxy.js';
import { requireServer } from './require-server.js';
import {
  accessDenied,
  authorizationHeaderMalformed,
  bare,
  errorInside200,
  errorInside200AfterDone,
  expiredToken,
  html200,
  internalError,
  kmsDenied,
  kmsError,
  notImplemented,
  permanentRedirect,
  requestTimeout,
  requestTimeTooSkewed,
  slowDown,
} from './s3-faults.js';
import { sdkClient } from './sdk-client.js';
import { useVersity } from './versitygw.js';

const MIB = 1024 * 1024;
const Bucket = 'bucket';
const describeS3 = requireServer('versitygw');

const put = (Key: string, Body: Uint8Array | string = 'content'): PutObjectCommand =>
  new PutObjectCommand({ Bucket, Key, Body });
const get = (Key: string): GetObjectCommand => new GetObjectCommand({ Bucket, Key });
const head = (Key: string): HeadObjectCommand => new HeadObjectCommand({ Bucket, Key });

async function bodyOf(client: S3Client, key: string): Promise<Uint8Array> {
  const { Body } = await client.send(get(key));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/** What the client saw of the connection, or of S3's answer. */
async function failure(promise: Promise<unknown>): Promise<{ name: string; code?: string; status?: number }> {
  try {
    await promise;
  } catch (error) {
    const { name, code, $metadata } = error as { name: string; code?: string } & {
      $metadata?: { httpStatusCode?: number };
    };
    return { name, ...(code && { code }), ...($metadata && { status: $metadata.httpStatusCode ?? 0 }) };
  }
  throw new Error('it did not fail');
}

describeS3.each([
  { name: 'HTTP', options: {} },
  { name: 'HTTPS', options: { tls: true } },
  { name: 'HTTPS, virtual-hosted', options: { tls: true, virtualDomain: true } },
])('the fault proxy over $name', ({ options }) => {
  const server = useVersity(options);
  const proxy = useFaultProxy(server);
  const connect = (): S3Client => sdkClient(server(), server().credentials, proxy().endpoint);

  it('changes nothing by itself, on kept connections, and logs what passes', async () => {
    const client = connect();
    const body = noise(3 * MIB, 1);
    await client.send(put('a b/é&+%', body));
    await client.send(head('a b/é&+%'));
    expect(Buffer.compare(await bodyOf(client, 'a b/é&+%'), body)).toBe(0);
    const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a b/' }));
    expect(listed.Contents?.[0]).toMatchObject({ Key: 'a b/é&+%', Size: body.length });
    expect(await failure(client.send(get('none')))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    await client.send(new HeadBucketCommand({ Bucket }));
    expect(proxy().requests.map(({ operation, key, status }) => [operation, key, status])).toEqual([
      ['PutObject', 'a b/é&+%', 200],
      ['HeadObject', 'a b/é&+%', 200],
      ['GetObject', 'a b/é&+%', 200],
      ['ListObjectsV2', '', 200],
      ['GetObject', 'none', 404],
      ['HeadBucket', '', 200],
    ]);
    expect(proxy().requests[2]?.responseBytes).toBe(body.length);
    expect(proxy().count('GET')).toBe(3);
    expect(new Set(proxy().requests.map(({ connection }) => connection)).size).toBe(1);
    const [first] = proxy().requests;
    expect(first?.headers.authorization).toMatch(/Signature=…$/);
  });

  it('resets, closes and loses answers; the server carries out only what it was given', async () => {
    const client = connect();
    proxy().inject({ match: { key: 'reset' }, fault: drop() });
    proxy().inject({ match: { key: 'closed' }, fault: drop('close') });
    proxy().inject({ match: { key: 'lost' }, fault: loseAnswer() });
    expect((await failure(client.send(put('reset')))).code).toBe('ECONNRESET');
    expect((await failure(client.send(put('closed')))).code).toBe('ECONNRESET');
    expect((await failure(client.send(put('lost')))).code).toBe('ECONNRESET');
    const keys = server().keys();
    expect(keys).not.toContain('reset');
    expect(keys).not.toContain('closed');
    expect(keys).toContain('lost');
    const [, , lost] = proxy().requests;
    expect(lost).toMatchObject({ serverStatus: 200, key: 'lost' });
    expect(lost).not.toHaveProperty('status');
  });

  it.each(['reset', 'close'] as const)('ends both directions within a body by %s', async (ending) => {
    const client = connect();
    const body = noise(2 * MIB, 2);
    await client.send(put('down', body));
    proxy().inject({ match: { operation: 'PutObject' }, fault: cutRequest(MIB, ending) });
    proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(-MIB, ending) });
    expect(await failure(client.send(put(`up-${ending}`, body)))).toHaveProperty('code');
    await expect(bodyOf(client, 'down')).rejects.toThrow();
    expect(server().keys()).not.toContain(`up-${ending}`);
    expect(proxy().requests[1]?.requestBytes).toBe(MIB);
    expect(proxy().requests[2]).toMatchObject({ status: 200, responseBytes: MIB });
  });

  it('garbles bodies of the right length, which the server notices on their way up', async () => {
    const client = connect();
    const body = noise(100_000, 3);
    await client.send(put('garbled', body));
    proxy().inject({ match: { operation: 'GetObject' }, fault: garbleResponse(50_000) });
    proxy().inject({ match: { operation: 'PutObject' }, fault: garbleRequest() });
    const sdk = connect();
    sdk.config.responseChecksumValidation = async () => 'WHEN_REQUIRED';
    const bytes = await bodyOf(sdk, 'garbled');
    expect(bytes.length).toBe(body.length);
    expect(Buffer.compare(bytes.subarray(0, 50_000), body.subarray(0, 50_000))).toBe(0);
    expect(
      Buffer.compare(
        bytes.subarray(50_000),
        body.subarray(50_000).map((byte) => ~byte),
      ),
    ).toBe(0);
    expect((await failure(client.send(put('bad', body)))).status).toBe(400);
    expect(server().keys()).not.toContain('bad');
  });

  it('hides headers from the server, which still accepts the signature', async () => {
    const client = connect();
    await client.send(put('twice'));
    const again = new PutObjectCommand({ Bucket, Key: 'twice', Body: 'other', IfNoneMatch: '*' });
    expect(await failure(client.send(again))).toMatchObject({ status: 412 });
    proxy().inject({ match: { headers: { 'if-none-match': '*' } }, fault: ignoreHeaders('if-none-match') });
    await client.send(again);
    expect(Buffer.from(await bodyOf(client, 'twice')).toString()).toBe('other');
  });
});

describeS3('faults', () => {
  const server = useVersity();
  const proxy = useFaultProxy(server);
  const connect = (): S3Client => sdkClient(server(), server().credentials, proxy().endpoint);

  it.each<[string, Fault, { name: string; status: number }]>([
    ['slowDown', slowDown(2), { name: 'SlowDown', status: 503 }],
    ['internalError', internalError(), { name: 'InternalError', status: 500 }],
    ['requestTimeout', requestTimeout(), { name: 'RequestTimeout', status: 400 }],
    ['accessDenied', accessDenied(), { name: 'AccessDenied', status: 403 }],
    ['expiredToken', expiredToken(), { name: 'ExpiredToken', status: 400 }],
    ['skewed', requestTimeTooSkewed(new Date(0)), { name: 'RequestTimeTooSkewed', status: 403 }],
    ['redirect', permanentRedirect('eu-west-1'), { name: 'PermanentRedirect', status: 301 }],
    [
      'malformed',
      authorizationHeaderMalformed('eu-west-1'),
      { name: 'AuthorizationHeaderMalformed', status: 400 },
    ],
    ['kms', kmsError(), { name: 'KMS.DisabledException', status: 400 }],
    ['kms denied', kmsDenied(), { name: 'AccessDenied', status: 403 }],
    ['notImplemented', notImplemented('If-None-Match'), { name: 'NotImplemented', status: 501 }],
  ])('answers as S3 does: %s', async (_, fault, seen) => {
    proxy().inject({ fault });
    expect(await failure(connect().send(put('refused')))).toMatchObject(seen);
    await connect()
      .send(head('x'))
      .catch(() => undefined);
    expect(proxy().requests[0]).not.toHaveProperty('serverStatus');
    expect(server().keys()).not.toContain('refused');
  });

  it('gives headers and times with the answers', async () => {
    proxy().inject({ match: { key: 'slow' }, fault: slowDown(7) });
    proxy().inject({ match: { key: 'skewed' }, fault: requestTimeTooSkewed(new Date(86_400_000)) });
    proxy().inject({ match: { key: 'bare' }, fault: bare(502) });
    const ask = (key: string): Promise<Response> => fetch(`${proxy().endpoint}/bucket/${key}`);
    expect((await ask('slow')).headers.get('retry-after')).toBe('7');
    expect((await ask('skewed')).headers.get('date')).toBe('Fri, 02 Jan 1970 00:00:00 GMT');
    const plain = await ask('bare');
    expect([plain.status, await plain.text()]).toEqual([502, '']);
  });

  it('says HTML with 200 to everything, and nothing but the status to HEAD', async () => {
    proxy().inject({ times: 2, fault: html200() });
    expect(await connect().send(head('portal'))).toMatchObject({ ContentType: 'text/html' });
    const listing = await fetch(`${proxy().endpoint}/bucket?list-type=2`);
    expect([listing.status, await listing.text()]).toEqual([200, expect.stringContaining('<!DOCTYPE html>')]);
  });

  it('hides an error in a 200, before or after the server has done it', async () => {
    const client = connect();
    const Key = 'joined';
    await client.send(put('source'));
    const copy = new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: 'bucket/source' });
    proxy().inject({ match: { operation: 'CopyObject' }, fault: errorInside200() });
    expect((await failure(client.send(copy))).name).toBe('InternalError');
    expect(server().keys()).not.toContain('copied');
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = { Bucket, Key, UploadId, PartNumber: 1 };
    const { ETag } = await client.send(new UploadPartCommand({ ...part, Body: 'part' }));
    proxy().inject({
      match: { operation: 'CompleteMultipartUpload' },
      fault: errorInside200AfterDone(),
    });
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload });
    expect((await failure(client.send(complete))).name).toBe('InternalError');
    expect(server().keys()).toContain('joined');
  });

  it('stalls until the client gives up, before and within an answer', async () => {
    const client = connect();
    await client.send(put('stalled', noise(100_000, 4)));
    proxy().inject({ match: { operation: 'HeadObject' }, fault: drop('stall') });
    proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(50_000, 'stall') });
    const soon = (): AbortSignal => AbortSignal.timeout(150);
    expect(await failure(client.send(head('stalled'), { abortSignal: soon() }))).toMatchObject({
      name: 'AbortError',
    });
    const { Body } = await client.send(get('stalled'));
    let arrived = 0;
    const reading = (async () => {
      for await (const chunk of Body as Readable) {
        arrived += (chunk as Buffer).length;
        if (arrived === 50_000) (Body as Readable).destroy();
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(arrived).toBe(50_000);
  });

  it('slows bodies down, and answers down', async () => {
    const client = connect();
    const timed = async (work: Promise<unknown>): Promise<number> => {
      const startedMs = performance.now();
      await work;
      return performance.now() - startedMs;
    };
    proxy().inject({ match: { operation: 'PutObject' }, fault: throttleRequest(1_000_000) });
    proxy().inject({ match: { operation: 'GetObject' }, fault: throttleResponse(1_000_000) });
    proxy().inject({ match: { operation: 'HeadObject' }, fault: latency(150) });
    // 600 ms each, less the pause after the last slice (50 ms), which the receiver does not wait for, and what timers are early.
    expect(await timed(client.send(put('slow', noise(600_000, 5))))).toBeGreaterThan(400);
    expect(await timed(bodyOf(client, 'slow'))).toBeGreaterThan(400);
    expect(await timed(client.send(head('slow')))).toBeGreaterThan(145);
  });

  it('streams large bodies without holding them', async () => {
    const client = connect();
    // With a content-length: after a body in chunks with a trailer versitygw leaves a second answer on the connection.
    client.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED';
    const size = 256 * MIB;
    const piece = noise(MIB, 6);
    const sent = createHash('md5');
    const pieces = function* (): Generator<Uint8Array> {
      for (let at = 0; at < size; at += MIB) {
        sent.update(piece);
        yield piece;
      }
    };
    const before = process.memoryUsage().rss;
    const up = { Bucket, Key: 'large', Body: Readable.from(pieces()), ContentLength: size };
    await client.send(new PutObjectCommand(up));
    const { Body } = await client.send(get('large'));
    const received = createHash('md5');
    for await (const chunk of Body as Readable) received.update(chunk as Buffer);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect((process.memoryUsage().rss - before) / MIB).toBeLessThan(150);
  });

  it('serves many at once, and counts them', async () => {
    const client = connect();
    const keys = Array.from({ length: 200 }, (_, index) => `many/${index}`);
    await Promise.all(keys.map((key) => client.send(put(key, key))));
    expect(proxy().count('PutObject')).toBe(200);
    expect(proxy().connections.total).toBeLessThanOrEqual(16);
    expect(proxy().inFlight.now).toBe(0);
    expect(proxy().inFlight.peak).toBeGreaterThan(1);
    expect(proxy().inFlight.peak).toBeLessThanOrEqual(16);
    expect(
      server()
        .keys()
        .filter((key) => key.startsWith('many/')),
    ).toHaveLength(200);
  });

  it('closes all connections, which clients notice and open new ones', async () => {
    const client = connect();
    await client.send(put('before'));
    proxy().closeConnections();
    await expect.poll(() => proxy().connections.open).toBe(0);
    await client.send(put('after'));
    expect(proxy().connections.total).toBe(2);
  });
});

describeS3('rules', () => {
  const server = useVersity();

  async function statuses(rules: (proxy: Awaited<ReturnType<typeof startFaultProxy>>) => void, asks = 6) {
    const proxy = await startFaultProxy(server(), { strict: false, seed: 7 });
    rules(proxy);
    const seen: number[] = [];
    for (let ask = 0; ask < asks; ask += 1) {
      const response = await fetch(`${proxy.endpoint}/bucket/k${ask}?x=${ask}`);
      await response.arrayBuffer();
      seen.push(response.status);
    }
    await proxy.stop();
    return seen;
  }

  it.each<[string, Parameters<Awaited<ReturnType<typeof startFaultProxy>>['inject']>[0], number[]]>([
    ['once', { fault: bare(500) }, [500, 403, 403, 403, 403, 403]],
    ['n times', { times: 2, fault: bare(500) }, [500, 500, 403, 403, 403, 403]],
    ['after some', { skip: 2, times: 2, fault: bare(500) }, [403, 403, 500, 500, 403, 403]],
    ['always', { times: 'always', fault: bare(500) }, [500, 500, 500, 500, 500, 500]],
    ['by key', { match: { key: 'k3' }, fault: bare(500) }, [403, 403, 403, 500, 403, 403]],
    ['by pattern', { match: { key: /[14]$/ }, times: 2, fault: bare(500) }, [403, 500, 403, 403, 500, 403]],
    ['by query', { match: { query: { x: '5' } }, fault: bare(500) }, [403, 403, 403, 403, 403, 500]],
    ['by method', { match: { method: 'PUT' }, fault: bare(500) }, [403, 403, 403, 403, 403, 403]],
    ['by header', { match: { headers: { host: true } }, fault: bare(500) }, [500, 403, 403, 403, 403, 403]],
    [
      'by predicate',
      { match: { where: ({ index }) => index === 1 }, fault: bare(500) },
      [403, 500, 403, 403, 403, 403],
    ],
    [
      'by a function',
      {
        times: 'always',
        fault: (request, struck) => (request.index % 2 === 0 ? bare(500 + struck) : undefined),
      },
      [500, 403, 501, 403, 502, 403],
    ],
    ['no more', { forMs: -1, fault: bare(500) }, [403, 403, 403, 403, 403, 403]],
  ])('strike %s', async (_, rule, seen) => {
    expect(await statuses((proxy) => void proxy.inject(rule))).toEqual(seen);
  });

  it('strike by a chance that the seed repeats', async () => {
    const half = (): Promise<number[]> =>
      statuses((proxy) => void proxy.inject({ chance: 0.5, fault: bare(500) }), 40);
    const seen = await half();
    const struck = seen.filter((status) => status === 500).length;
    expect(struck).toBeGreaterThan(10);
    expect(struck).toBeLessThan(30);
    expect(await half()).toEqual(seen);
  });

  it('strike in the order they were injected, until removed', async () => {
    expect(
      await statuses((proxy) => {
        proxy.inject({ times: 2, fault: bare(500) });
        proxy.inject({ times: 'always', fault: bare(501) }).remove();
        proxy.inject({ times: 2, fault: bare(502) });
      }),
    ).toEqual([500, 500, 502, 502, 403, 403]);
  });

  it('that did not strike as often as they say are complained of', async () => {
    const proxy = await startFaultProxy(server());
    proxy.inject({ name: 'never asked', match: { key: 'x' }, times: 3, fault: bare(500) });
    proxy.inject({ optional: true, fault: bare(500) });
    await fetch(`${proxy.endpoint}/bucket/x`);
    expect(() => proxy.verify()).toThrow('"never asked" struck 1 of 3 times (1 requests matched)');
    await expect(proxy.stop()).rejects.toThrow('never asked');
    await expect(fetch(`${proxy.endpoint}/bucket/x`)).rejects.toThrow();
  });
});

describe('certificates', () => {
  it('are made once per process', async () => {
    expect(await certificates()).toBe(await certificates());
  });
});
