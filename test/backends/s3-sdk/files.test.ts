/** Files through lib-storage, against a real server: parts, proofs, and nothing left behind (spec/storage.md 2.7, 3.4). */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import { createS3SdkClient } from '../../../src/backends/s3-sdk.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { requireServer } from '../../support/require-server.js';
import { sdkClient } from '../../support/sdk-client.js';
import { tempDir } from '../../support/temp-dir.js';
import { useVersity } from '../../support/versitygw.js';

const PART = 5 * 1024 * 1024;
const directory = tempDir('s3-sdk-files');
const other = hasher.oneShot(new Uint8Array(1));
let files = 0;

function file(size: number): { path: string; bytes: Buffer; xxh128: string } {
  files += 1;
  const bytes = Buffer.alloc(size, `file ${files}: `);
  const path = join(directory, String(files));
  writeFileSync(path, bytes);
  return { path, bytes, xxh128: hasher.oneShot(bytes) };
}

requireServer('versitygw')('files of the SDK client', () => {
  const server = useVersity();
  let bucket: string;
  let client: S3Client;
  beforeAll(async () => {
    client = createS3SdkClient(await connectS3(server().settings({ partSizeBytes: PART })), {
      xxh128: hasher,
    });
  });
  afterAll(() => client?.close());
  beforeEach(() => {
    bucket = server().newBucket();
    server().clearRequests();
  });

  async function uploads(): Promise<number> {
    let open = 0;
    for await (const page of client.listMultipart(bucket, '')) open += page.length;
    return open;
  }

  it.each([
    ['0 bytes', 0, 1, 0],
    ['one part', PART, 1, 0],
    ['the threshold', 2 * PART, 1, 0],
    ['a byte more', 2 * PART + 1, 0, 3],
    ['four parts', 4 * PART, 0, 4],
  ])('%s travels as it should', async (_name, size, puts, parts) => {
    const { path, bytes, xxh128 } = file(size);
    let moved = 0;
    const onBytes = (delta: number): void => {
      moved += delta;
    };
    const outcome = await client.putObjectFromFile(bucket, 'k', path, { xxh128, onBytes });
    expect(outcome).toMatchObject({ created: true, etag: expect.any(String) });
    expect(moved).toBe(size);
    expect([server().count('PutObject'), server().count('UploadPart')]).toEqual([puts, parts]);
    expect(bytes.equals((await client.getObject(bucket, 'k')).data)).toBe(true);
    expect(await uploads()).toBe(0);
  });

  it('the store keeps what proves the bytes: the digest of a single PUT, the CRC32 of all parts together', async () => {
    const independent = sdkClient(server());
    const [small, large] = [file(1000), file(3 * PART)];
    await client.putObjectFromFile(bucket, 'small', small.path, { xxh128: small.xxh128 });
    await client.putObjectFromFile(bucket, 'large', large.path, { xxh128: large.xxh128 });
    const head = (Key: string) =>
      independent.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(await head('small')).toMatchObject({
      ChecksumXXHASH128: Buffer.from(small.xxh128, 'hex').toString('base64'),
    });
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(large.bytes));
    expect(await head('large')).toMatchObject({
      ChecksumCRC32: sum.toString('base64'),
      ChecksumType: 'FULL_OBJECT',
      ContentType: 'binary/octet-stream',
    });
    independent.destroy();
  });

  it.each([
    ['one PUT', 1000],
    ['parts', 3 * PART],
  ])('a file that is not what was hashed is never completed: %s', async (_name, size) => {
    const { path } = file(size);
    const put = client.putObjectFromFile(bucket, 'k', path, { xxh128: other });
    await expect(put).rejects.toMatchObject({ kind: 'FileChanged', path, httpStatus: undefined });
    expect(server().keys(bucket)).toEqual([]);
    expect(await uploads()).toBe(0);
    expect(server().count('PutObject') + server().count('CompleteMultipartUpload')).toBe(0);
  });

  it('a file that grows while it travels is FileChanged', async () => {
    const { path } = file(12 * PART);
    const grow = (): void => appendFileSync(path, 'x');
    const put = client.putObjectFromFile(bucket, 'k', path, { onBytes: grow });
    await expect(put).rejects.toMatchObject({ kind: 'FileChanged', path });
    expect(server().keys(bucket)).toEqual([]);
    expect(await uploads()).toBe(0);
  });

  it('an abort between parts ends the upload before it is Cancelled', async () => {
    const { path } = file(8 * PART);
    const stop = new AbortController();
    const options = { signal: stop.signal, onBytes: () => stop.abort() };
    await expect(client.putObjectFromFile(bucket, 'k', path, options)).rejects.toMatchObject({
      code: 'Cancelled',
    });
    expect(await uploads()).toBe(0);
    expect(server().count('AbortMultipartUpload')).toBeGreaterThan(0);
    expect(server().count('UploadPart')).toBeLessThan(8);
    expect(server().keys(bucket)).toEqual([]);
  });

  it('parts for a key that has an object are given up, and the object stays', async () => {
    const { path } = file(3 * PART);
    await client.putObject(bucket, 'k', new Uint8Array(7));
    expect(await client.putObjectFromFile(bucket, 'k', path, { ifAbsent: true })).toEqual({ created: false });
    expect((await client.headObject(bucket, 'k'))?.size).toBe(7);
    expect(await uploads()).toBe(0);
  });

  it('a part of a file travels in parts too', async () => {
    const { path, bytes } = file(4 * PART);
    const range = bytes.subarray(1, 1 + 3 * PART);
    const options = { xxh128: hasher.oneShot(range), contentType: 'text/plain', userMetadata: { a: 'b' } };
    await client.putObjectFromFileRange(bucket, 'k', path, 1, range.length, options);
    const { data, head } = await client.getObject(bucket, 'k');
    expect(range.equals(data)).toBe(true);
    expect(head).toMatchObject({ contentType: 'text/plain', userMetadata: { a: 'b' } });
    expect(server().count('UploadPart')).toBe(3);
  });

  it('a bucket that is not there fails before any part', async () => {
    const { path } = file(3 * PART);
    const put = client.putObjectFromFile('no-such-bucket', 'k', path);
    await expect(put).rejects.toMatchObject({ kind: 'BucketNotFound', operation: 'putObjectFromFile' });
    expect(server().count('UploadPart')).toBe(0);
  });
});
