/** What the SDK client makes of answers that no real server can be brought to give. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, it } from 'vitest';
import { partialBodyOf } from '../../../src/backends/partial-body.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import { serverDateOf } from '../../../src/backends/server-date.js';
import { tempDir } from '../../support/temp-dir.js';
import { type Answer, errorDocument, scriptedStore } from './scripted-store.js';

const directory = tempDir('s3-sdk-answers');
const bytes = new Uint8Array(5);
const PARTS = [{ partNumber: 1, etag: '"e"' }];
const HTML = '<!doctype html><html><body><p>Please log in<br></body></html>';
const XHTML = '<html><body>Please log in</body></html>';
const drain = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of pages);
};

const head = (client: S3Client) => client.headObject('bucket', 'k');
const get = (client: S3Client) => client.getObject('bucket', 'k');
const range = (client: S3Client) => client.getObjectRange('bucket', 'k', 0, 9);
const put = (client: S3Client) => client.putObject('bucket', 'k', bytes);
const list = (client: S3Client) => drain(client.listObjects('bucket', 'k'));
const uploads = (client: S3Client) => drain(client.listMultipart('bucket', 'k'));
const create = (client: S3Client) => client.createMultipart('bucket', 'k');
const part = (client: S3Client) => client.uploadPart('bucket', 'k', 'u', 1, bytes);
const complete = (client: S3Client) => client.completeMultipart('bucket', 'k', 'u', PARTS);
const copy = (client: S3Client) => client.copyObject('bucket', 'k', { bucket: 'bucket', key: 'from' });

const transient = { kind: 'ServiceError', retryable: true };

it.each<[string, (client: S3Client) => Promise<unknown>, Answer, object]>([
  ['503 without a body', put, { status: 503 }, { kind: 'Throttled', retryable: true, httpStatus: 503 }],
  [
    'SlowDown',
    list,
    { status: 503, body: errorDocument('SlowDown') },
    { kind: 'Throttled', s3Code: 'SlowDown' },
  ],
  [
    'Retry-After',
    get,
    { status: 503, headers: { 'retry-after': '7' } },
    { kind: 'Throttled', retryAfterMs: 7000 },
  ],
  ['500 to a HEAD', head, { status: 500 }, { ...transient, httpStatus: 500, operation: 'headObject' }],
  ['403 to a HEAD', head, { status: 403 }, { kind: 'AccessDenied', retryable: false }],
  ['400 to a HEAD', head, { status: 400 }, { kind: 'BadRequest', retryable: false }],
  [
    'an id of the request',
    get,
    { status: 500, headers: { 'x-amz-request-id': 'R1' }, body: errorDocument('InternalError') },
    { ...transient, requestId: 'R1', s3Code: 'InternalError' },
  ],
  [
    'a redirect',
    get,
    {
      status: 301,
      headers: { 'x-amz-bucket-region': 'eu-west-1' },
      body: errorDocument('PermanentRedirect'),
    },
    { kind: 'WrongRegion', message: expect.stringContaining('eu-west-1') },
  ],
  [
    'expired keys',
    put,
    { status: 400, body: errorDocument('ExpiredToken') },
    { kind: 'ExpiredCredentials', retryable: true },
  ],
  ['an error page of a proxy', put, { status: 502, body: HTML }, { ...transient, httpStatus: 502 }],
  [
    '200 with an error to Complete',
    complete,
    { body: errorDocument('InternalError') },
    { ...transient, httpStatus: 200 },
  ],
  [
    '200 with an error to Copy',
    copy,
    { body: errorDocument('InternalError') },
    { ...transient, httpStatus: 200 },
  ],
  ['200 and nothing to Complete', complete, {}, transient],
  ['200 and nothing to Copy', copy, {}, transient],
  ['another document to Complete', complete, { body: XHTML }, transient],
  ['a page to LIST', list, { body: HTML }, transient],
  ['a page that is XML to LIST', list, { body: XHTML }, transient],
  ['nothing to LIST', list, {}, transient],
  ['a page to a list of uploads', uploads, { body: XHTML }, transient],
  ['a page to Create', create, { body: XHTML }, transient],
  ['a page to PUT', put, { body: HTML }, transient],
  ['a page to a part', part, { body: HTML }, transient],
  ['a HEAD without a size', head, { headers: { 'transfer-encoding': 'chunked' } }, transient],
  ['a page to a range', range, { body: HTML }, transient],
  [
    'another range',
    range,
    { status: 206, headers: { 'content-range': 'bytes 5-14/20' }, body: '0123456789' },
    transient,
  ],
  [
    'a list that breaks off',
    list,
    { body: '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>' },
    transient,
  ],
])('%s', async (_name, call, answer, expected) => {
  const { client, seen } = await scriptedStore([answer]);
  const error = await call(client).then(
    () => expect.fail('it was taken for an answer'),
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ name: 'StorageError', bucket: 'bucket', key: 'k', ...expected });
  expect(seen).toHaveLength(1); // no try but ours
  expect(String(error)).not.toContain('secretsecret');
});

it('the time of a store that calls ours too far off goes with the error', async () => {
  const date = 'Tue, 06 May 2031 07:08:09 GMT';
  const { client } = await scriptedStore([
    { status: 403, headers: { date }, body: errorDocument('RequestTimeTooSkewed') },
  ]);
  const error = await get(client).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'ClockSkew', retryable: true });
  expect(serverDateOf(error)).toEqual(new Date(date));
  expect(client.connection.now().getFullYear()).not.toBe(2031); // the retry policy decides
});

const CUT: Answer = { headers: { 'content-length': '10', etag: '"e"' }, body: '01234', cut: true };

it('a cut body is a network failure that carries what arrived', async () => {
  const { client } = await scriptedStore([CUT]);
  const error = await get(client).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'Network', retryable: true, operation: 'getObject' });
  const partial = partialBodyOf(error);
  expect(Buffer.from(partial?.bytes ?? []).toString()).toBe('01234');
  expect(partial).toMatchObject({ etag: '"e"', totalBytes: 10, head: { key: 'k', size: 10, etag: '"e"' } });
});

it('a cut range carries what arrived of it', async () => {
  const headers = { ...CUT.headers, 'content-range': 'bytes 0-9/50' };
  const { client } = await scriptedStore([{ ...CUT, status: 206, headers }]);
  const error = await range(client).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'Network', retryable: true, operation: 'getObjectRange' });
  expect(partialBodyOf(error)).toMatchObject({ etag: '"e"', totalBytes: 10, bytes: { length: 5 } });
});

it('a body that is cut before its first byte carries nothing', async () => {
  const { client } = await scriptedStore([{ ...CUT, body: '' }]);
  const error = await get(client).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'Network', retryable: true });
  expect(partialBodyOf(error)).toBeUndefined();
});

it('a cut body never becomes a file', async () => {
  const { client } = await scriptedStore([CUT]);
  const path = join(directory, 'cut');
  await expect(client.getObjectToFile('bucket', 'k', path)).rejects.toMatchObject({ kind: 'Network', path });
  expect(readdirSync(directory)).not.toContain('cut');
});

it('silence is a timeout, before an answer and in the middle of a body', async () => {
  const idleTimeoutMs = 200;
  const { client } = await scriptedStore([{ ...CUT, cut: false, hang: true }], { idleTimeoutMs });
  const error = await get(client).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'Timeout', retryable: true });
  expect(partialBodyOf(error)?.bytes).toHaveLength(5);
});

// spec/storage.md section 7, fault 48
it('after silence no connection that was idle is used again', async () => {
  let asleep = false;
  const { client, seen } = await scriptedStore(
    ({ connection }) => (asleep && connection < 3 ? { hang: true, headers: { 'content-length': '5' } } : {}),
    { idleTimeoutMs: 300 },
  );
  await Promise.all([head(client), head(client), head(client)]);
  asleep = true;
  await expect(get(client)).rejects.toMatchObject({ kind: 'Timeout' });
  await head(client);
  expect(seen.map(({ connection }) => connection).slice(3)).toEqual([expect.any(Number), 3]);
});

it('nobody there is a network failure that may be tried again', async () => {
  const { client } = await scriptedStore([], { endpoint: 'http://127.0.0.1:1' });
  await expect(put(client)).rejects.toMatchObject({
    kind: 'Network',
    retryable: true,
    operation: 'putObject',
  });
});

it('a certificate that nobody vouches for is a failure that stays', async () => {
  const { client } = await scriptedStore([], { tls: true, caBundle: otherAuthority() });
  await expect(put(client)).rejects.toMatchObject({ kind: 'Network', retryable: false });
});

it('an abort in the middle of a body is Cancelled', async () => {
  const { client } = await scriptedStore([{ ...CUT, cut: false, hang: true }]);
  const stop = new AbortController();
  const options = { signal: stop.signal, onBytes: () => stop.abort() };
  await expect(client.getObject('bucket', 'k', options)).rejects.toMatchObject({ code: 'Cancelled' });
});

it('a connection on which a body was refused is not used again, any other is', async () => {
  const refused = { status: 403, body: errorDocument('AccessDenied') };
  const { client, seen } = await scriptedStore([{}, {}, refused, {}, { status: 404 }, {}]);
  await head(client);
  await head(client);
  await expect(put(client)).rejects.toMatchObject({ kind: 'AccessDenied' });
  await head(client);
  expect(await head(client)).toBeNull();
  await head(client);
  expect(seen.map(({ connection }) => connection)).toEqual([0, 0, 0, 1, 1, 1]);
});

it('listings follow their tokens and decode keys only as announced', async () => {
  const page = (more: string, keys: readonly string[]): Answer => ({
    body: `<ListBucketResult>${more}${keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')}</ListBucketResult>`,
  });
  const truncated = '<IsTruncated>true</IsTruncated><NextContinuationToken>a+b=</NextContinuationToken>';
  const { client, seen } = await scriptedStore([
    page(`${truncated}<EncodingType>url</EncodingType>`, ['k%2B+%0A%E4%B8%96']),
    page(truncated, []),
    page('<IsTruncated>false</IsTruncated>', ['k%2B+']),
  ]);
  const pages: string[][] = [];
  for await (const items of client.listObjects('bucket', 'k')) pages.push(items.map(({ key }) => key));
  expect(pages).toEqual([['k+ \n世'], ['k%2B+']]);
  const tokens = seen.map(({ url }) => new URL(url, 'http://x').searchParams.get('continuation-token'));
  expect(tokens).toEqual([null, 'a+b=', 'a+b=']);
});

/** Node's own first certificate: an authority, but not the one of the test server. */
function otherAuthority(): string {
  const path = join(directory, 'other.pem');
  writeFileSync(path, rootCertificates[0] ?? '');
  return path;
}
