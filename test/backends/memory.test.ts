import { expect, it } from 'vitest';
import { MemoryClient } from '../../src/backends/memory.js';
import { hasher } from '../../src/hashing/xxh128.js';

it('has the buckets, the owner and the clock that it was given', async () => {
  const client = new MemoryClient({
    xxh128: hasher,
    buckets: ['a', 'b'],
    expectedBucketOwner: '123456789012',
    now: () => 5000,
  });
  expect(client.expectedBucketOwner()).toBe('123456789012');
  await client.putObject('a', 'key', new Uint8Array(3));
  expect(await client.headObject('a', 'key')).toMatchObject({
    size: 3,
    lastModified: 5,
    contentType: 'binary/octet-stream',
  });
  expect(await client.headObject('b', 'key')).toBeNull();
  await expect(client.headObject('c', 'key')).rejects.toMatchObject({ kind: 'BucketNotFound', bucket: 'c' });
});

it('copies between buckets, and an upload belongs to its bucket', async () => {
  const client = new MemoryClient({ xxh128: hasher, buckets: ['a', 'b'] });
  expect(client.expectedBucketOwner()).toBeUndefined();
  await client.putObject('a', 'key', new Uint8Array(3));
  await client.copyObject('b', 'key', { bucket: 'a', key: 'key' });
  expect((await client.headObject('b', 'key'))?.size).toBe(3);
  const uploadId = await client.createMultipart('a', 'key');
  await expect(client.uploadPart('b', 'key', uploadId, 1, new Uint8Array(1))).rejects.toMatchObject({
    kind: 'NoSuchUpload',
  });
});
