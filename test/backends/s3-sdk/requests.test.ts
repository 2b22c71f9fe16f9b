/** What the SDK client puts into its requests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { tempDir } from '../../support/temp-dir.js';
import { type Answer, scriptedStore } from './scripted-store.js';

const directory = tempDir('s3-sdk-requests');
const bytes = new TextEncoder().encode('the body');
const PUT: Answer = { headers: { etag: '"e"' } };

it.each([
  ['HTTPS', true, 'auto', 'UNSIGNED-PAYLOAD'],
  ['HTTPS', true, 'always', /^[0-9a-f]{64}$/],
  ['HTTPS', true, 'never', 'UNSIGNED-PAYLOAD'],
  ['HTTP', false, 'auto', /^[0-9a-f]{64}$/],
  ['HTTP', false, 'never', 'UNSIGNED-PAYLOAD'],
] as const)(
  'over %s (%s) with payloadSigning %s the payload hash is %s',
  async (_name, tls, payloadSigning, hash) => {
    const { client, seen } = await scriptedStore([PUT], { tls, payloadSigning });
    await client.putObject('bucket', 'key', bytes);
    expect(seen[0]?.headers['x-amz-content-sha256']).toMatch(hash);
    expect(seen[0]?.headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-content-sha256/);
  },
);

it('names itself, waits for no "100 Continue", sends no trailer, and its keys as keys', async () => {
  const { client, seen } = await scriptedStore([PUT]);
  await client.putObject('bucket', 'a b/ü+%&?', new Uint8Array(3_000_000), { tags: { 'a b': '&=' } });
  const headers = seen[0]?.headers ?? {};
  expect(headers['user-agent']).toMatch(/ S3A\/Deadline\/NA\/JobAttachments\/\d+\.\d+\.\d+$/);
  expect(headers.expect).toBeUndefined();
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['x-amz-trailer']).toBeUndefined();
  expect(headers['content-length']).toBe('3000000');
  expect(headers['content-type']).toBe('binary/octet-stream');
  expect(headers['x-amz-tagging']).toBe('a%20b=%26%3D');
  expect(headers['x-amz-expected-bucket-owner']).toBeUndefined();
  expect(seen[0]?.url.replace(/\?x-id=PutObject$/, '')).toBe('/bucket/a%20b/%C3%BC%2B%25%26%3F');
});

it.each([
  ['auto, with a digest', 'auto', true, 'x-amz-checksum-xxhash128'],
  ['auto, without one', 'auto', false, 'x-amz-checksum-crc32'],
  ['xxh128, with a digest', 'xxh128', true, 'x-amz-checksum-xxhash128'],
  ['xxh128, without one', 'xxh128', false, undefined],
  ['crc32, with a digest', 'crc32', true, 'x-amz-checksum-crc32'],
  ['none, with a digest', 'none', true, undefined],
] as const)('checksum %s', async (_name, checksum, promised, expected) => {
  const xxh128 = hasher.oneShot(bytes);
  const value = Buffer.from(xxh128, 'hex').toString('base64');
  const answer = { headers: { etag: '"e"', 'x-amz-checksum-xxhash128': value } };
  const { client, seen } = await scriptedStore([answer], { checksum });
  await client.putObject('bucket', 'key', bytes, promised ? { xxh128 } : {});
  const sent = Object.keys(seen[0]?.headers ?? {}).filter((name) => name.startsWith('x-amz-checksum'));
  expect(sent).toEqual(expected === undefined ? [] : [expected]);
  if (expected === 'x-amz-checksum-xxhash128') expect(seen[0]?.headers[expected]).toBe(value);
});

const LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const UPLOADS = '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>';
const CREATED = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
const COMPLETED = '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>';
const COPIED = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';
const RANGE: Answer = { status: 206, headers: { 'content-range': 'bytes 0-1/9' }, body: 'ab' };
const drain = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of pages);
};
const to = (name: string): string => join(directory, name);
const source = (): string => {
  writeFileSync(to('source'), bytes);
  return to('source');
};

it.each<[string, (client: S3Client) => Promise<unknown>, Answer]>([
  ['headObject', (client) => client.headObject('bucket', 'k'), {}],
  ['putObject', (client) => client.putObject('bucket', 'k', bytes), PUT],
  ['putObjectFromFile', (client) => client.putObjectFromFile('bucket', 'k', source()), PUT],
  ['putObjectFromFileRange', (client) => client.putObjectFromFileRange('bucket', 'k', source(), 1, 3), PUT],
  ['getObject', (client) => client.getObject('bucket', 'k'), { body: 'x' }],
  ['getObjectRange', (client) => client.getObjectRange('bucket', 'k', 0, 1), RANGE],
  ['getObjectToFile', (client) => client.getObjectToFile('bucket', 'k', to('new')), { body: 'x' }],
  [
    'getObjectToFileOffset',
    (client) => client.getObjectToFileOffset('bucket', 'k', source(), 1),
    { body: 'x' },
  ],
  [
    'copyObject',
    (client) => client.copyObject('bucket', 'k', { bucket: 'bucket', key: 'f' }),
    { body: COPIED },
  ],
  ['listObjects', (client) => drain(client.listObjects('bucket', 'k')), { body: LISTING }],
  ['createMultipart', (client) => client.createMultipart('bucket', 'k'), { body: CREATED }],
  ['uploadPart', (client) => client.uploadPart('bucket', 'k', 'u', 1, bytes), PUT],
  [
    'completeMultipart',
    (client) => client.completeMultipart('bucket', 'k', 'u', [{ partNumber: 1, etag: '"e"' }]),
    { body: COMPLETED },
  ],
  ['abortMultipart', (client) => client.abortMultipart('bucket', 'k', 'u'), { status: 204 }],
  ['listMultipart', (client) => drain(client.listMultipart('bucket', 'k')), { body: UPLOADS }],
  ['headBucket', (client) => client.headBucket('bucket', { withOwner: true }), {}],
])('%s demands the owner, in one request', async (_name, call, answer) => {
  const { client, seen, left } = await scriptedStore([answer], { expectedBucketOwner: '123456789012' });
  await call(client);
  expect(client.expectedBucketOwner()).toBe('123456789012');
  expect(seen).toHaveLength(1);
  expect(left).toEqual([]);
  expect(seen[0]?.headers['x-amz-expected-bucket-owner']).toBe('123456789012');
});

it('headBucket leaves the owner out when asked to, and tells answers apart', async () => {
  const answers = [{}, { status: 403 }, { status: 404 }, { status: 500 }];
  const { client, seen } = await scriptedStore(answers, { expectedBucketOwner: '123456789012' });
  const ask = () => client.headBucket('bucket', { withOwner: false });
  expect([await ask(), await ask(), await ask()]).toEqual(['ok', 'denied', 'missing']);
  await expect(ask()).rejects.toMatchObject({ kind: 'ServiceError', operation: 'headBucket' });
  expect(seen.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(Array(4).fill(undefined));
});

it('joined parts name their CRC32, that of the whole, and the size of the whole', async () => {
  const { client, seen } = await scriptedStore([{ body: CREATED }, PUT, PUT, { body: COMPLETED }]);
  const uploadId = await client.createMultipart('bucket', 'k');
  const parts = [
    await client.uploadPart('bucket', 'k', uploadId, 1, Buffer.from('12345')),
    await client.uploadPart('bucket', 'k', uploadId, 2, Buffer.from('6789')),
  ];
  await client.completeMultipart('bucket', 'k', uploadId, parts);
  expect(seen[0]?.headers).toMatchObject({
    'x-amz-checksum-algorithm': 'CRC32',
    'x-amz-checksum-type': 'FULL_OBJECT',
  });
  // CRC32 of "123456789" is the check value of the algorithm: cbf43926.
  expect(seen[3]?.headers).toMatchObject({
    'x-amz-checksum-crc32': Buffer.from('cbf43926', 'hex').toString('base64'),
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-mp-object-size': '9',
  });
  expect(seen[3]?.body.toString()).toContain(`<ChecksumCRC32>${parts[1]?.checksum}</ChecksumCRC32>`);
});

it('asks the connection for keys and the time at each request', async () => {
  const keys = ['AKIAFIRST', 'AKIASECOND'];
  const { client, seen } = await scriptedStore([{}, {}], {
    credentials: async () => ({ accessKeyId: keys.shift() ?? '', secretAccessKey: 'secret' }),
  });
  await client.headObject('bucket', 'k');
  await client.connection.refreshCredentials();
  client.connection.correctClock(new Date('2031-05-06T07:08:09Z'));
  await client.headObject('bucket', 'k');
  expect(seen[0]?.headers.authorization).toContain('Credential=AKIAFIRST/');
  expect(seen[1]?.headers.authorization).toContain('Credential=AKIASECOND/20310506/us-east-1/s3/');
  expect(seen[1]?.headers['x-amz-date']).toMatch(/^20310506T0708/);
});

it('metadata that no header can carry is InvalidConfig, before any request', async () => {
  const { client, seen } = await scriptedStore([]);
  for (const options of [
    { userMetadata: { a: 'ü' } },
    { userMetadata: { 'a b': 'x' } },
    { contentType: 'a\nb' },
  ]) {
    await expect(client.putObject('bucket', 'k', bytes, options)).rejects.toMatchObject({
      kind: 'InvalidConfig',
    });
    await expect(client.createMultipart('bucket', 'k', options)).rejects.toMatchObject({
      kind: 'InvalidConfig',
    });
  }
  expect(seen).toEqual([]);
});
