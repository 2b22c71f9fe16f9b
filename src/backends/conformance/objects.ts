/** Conformance: single objects in memory. */
import assert from 'node:assert/strict';
import { allOf, assertBytes, type Bench, benchCase, body, rejects } from './bench.js';

const AWKWARD = [
  'blank &+%é世\'"',
  'a+b=c;d,e',
  '%2F%00',
  'ünï/cödé/世界/😀',
  '-dash',
  '~tilde',
  '(1) [2] {3}',
  'x.metadata.json',
  '.hidden',
  'ends.',
];

export const objectCases = [
  benchCase(
    'an absent object is null for headObject and NotFound for reads',
    async ({ client, bucket, prefix }) => {
      const key = `${prefix}absent`;
      assert.equal(await client.headObject(bucket, key), null);
      assert.equal(await client.headObject(bucket, `${prefix}no/such/folder/absent`), null);
      await rejects(client.getObject(bucket, key), 'NotFound', {
        operation: 'getObject',
        bucket,
        key,
        retryable: false,
      });
      await rejects(client.getObjectRange(bucket, key, 0, 1), 'NotFound', {
        operation: 'getObjectRange',
        bucket,
        key,
      });
    },
  ),

  benchCase('a stored object is given back with its size and time', async ({ client, bucket, prefix }) => {
    const key = `${prefix}object`;
    const bytes = body(70_001);
    const before = Date.now() / 1000 - 3600; // clocks of stores differ
    assert.equal((await client.putObject(bucket, key, bytes)).created, true);
    const head = await client.headObject(bucket, key);
    assert.equal(head?.key, key);
    assert.equal(head?.size, bytes.length);
    assert.deepEqual(head?.userMetadata, {});
    assert.ok((head?.lastModified ?? 0) > before);
    const got = await client.getObject(bucket, key);
    assertBytes(got.data, bytes);
    assert.equal(got.head.size, bytes.length);
    assert.equal(got.head.etag, head?.etag);
  }),

  benchCase('an object of 0 bytes is an object', async ({ client, bucket, prefix }) => {
    const key = `${prefix}empty`;
    await client.putObject(bucket, key, new Uint8Array(0));
    assert.equal((await client.headObject(bucket, key))?.size, 0);
    assert.equal((await client.getObject(bucket, key)).data.length, 0);
    await rejects(client.getObjectRange(bucket, key, 0, 0), 'BadRequest', { httpStatus: 416, key });
  }),

  benchCase('the bytes given back belong to the caller, the bytes stored to the store', async (bench) => {
    const { client, bucket, prefix } = bench;
    const key = `${prefix}owned`;
    const given = body(100);
    await client.putObject(bucket, key, given);
    given.fill(0);
    (await client.getObject(bucket, key)).data.fill(0);
    assertBytes((await client.getObject(bucket, key)).data, body(100));
    (await client.getObjectRange(bucket, key, 0, 99)).fill(0);
    assertBytes((await client.getObject(bucket, key)).data, body(100));
  }),

  benchCase('a put replaces the object, its metadata included', async ({ client, bucket, prefix }) => {
    const key = `${prefix}replaced`;
    await client.putObject(bucket, key, body(10), { contentType: 'text/plain', userMetadata: { a: '1' } });
    const first = await client.headObject(bucket, key);
    assert.equal((await client.putObject(bucket, key, body(10, 2))).created, true);
    const second = await client.headObject(bucket, key);
    assertBytes((await client.getObject(bucket, key)).data, body(10, 2));
    assert.deepEqual(second?.userMetadata, {});
    assert.notEqual(second?.contentType, 'text/plain');
    if (first?.etag !== undefined) assert.notEqual(second?.etag, first.etag);
  }),

  benchCase('keys are opaque', async ({ client, bucket, prefix }) => {
    const keys = AWKWARD.map((name) => prefix + name);
    for (const [at, key] of keys.entries()) await client.putObject(bucket, key, body(at + 1, at + 1));
    for (const [at, key] of keys.entries()) {
      assertBytes((await client.getObject(bucket, key)).data, body(at + 1, at + 1));
      assert.equal((await client.headObject(bucket, key))?.key, key);
    }
    const listed = (await allOf(client.listObjects(bucket, prefix))).map(({ key }) => key);
    assert.deepEqual(listed.sort(), [...keys].sort());
  }),

  benchCase('nothing is normalised: composed and decomposed letters are two keys', async (bench) => {
    const { client, bucket, prefix } = bench;
    await client.putObject(bucket, `${prefix}\u00e9`, body(1));
    await client.putObject(bucket, `${prefix}e\u0301`, body(2));
    assert.equal((await client.headObject(bucket, `${prefix}\u00e9`))?.size, 1);
    assert.equal((await client.headObject(bucket, `${prefix}e\u0301`))?.size, 2);
  }),

  benchCase('a key may be the beginning of another', async ({ client, bucket, prefix, can }) => {
    await client.putObject(bucket, `${prefix}ab`, body(1));
    await client.putObject(bucket, `${prefix}abc`, body(2));
    assert.equal(await client.headObject(bucket, `${prefix}ab/c`), null);
    const below = client.putObject(bucket, `${prefix}ab/c`, body(3));
    if (!can.keysBelowKeys) {
      await rejects(below, 'NotSupported', { key: `${prefix}ab/c` });
      return;
    }
    await below;
    assert.equal((await client.headObject(bucket, `${prefix}ab`))?.size, 1);
    assert.equal((await client.headObject(bucket, `${prefix}ab/c`))?.size, 3);
  }),

  benchCase('a key above another is refused where it cannot be, and is never "there"', async (bench) => {
    const { client, bucket, prefix, can } = bench;
    await client.putObject(bucket, `${prefix}up/down`, body(1));
    assert.equal(await client.headObject(bucket, `${prefix}up`), null);
    await rejects(client.getObject(bucket, `${prefix}up`), 'NotFound');
    if (can.keysBelowKeys) return;
    await rejects(client.putObject(bucket, `${prefix}up`, body(1)), 'NotSupported');
    await rejects(client.putObject(bucket, `${prefix}up`, body(1), { ifAbsent: true }), 'NotSupported');
  }),

  benchCase('content type, metadata and tags are kept', async ({ client, bucket, prefix }) => {
    const key = `${prefix}described`;
    const userMetadata = { 'asset-root': '/mnt/a b', 'asset-root-json': '"\\u00e9"', empty: 'x' };
    const options = { contentType: 'application/x-deadline-manifest-2023-03-03', userMetadata };
    await client.putObject(bucket, key, body(5), { ...options, tags: { kind: 'test' } });
    for (const head of [await client.headObject(bucket, key), (await client.getObject(bucket, key)).head]) {
      assert.deepEqual(head?.userMetadata, userMetadata);
      assert.equal(head?.contentType, options.contentType);
    }
    assert.deepEqual(
      (await allOf(client.listObjects(bucket, prefix))).map((object) => object.key),
      [key],
    );
  }),

  benchCase("the caller's options are not written to", async ({ client, bucket, prefix, hash }) => {
    const bytes = body(9);
    const options = Object.freeze({ xxh128: hash.oneShot(bytes), userMetadata: Object.freeze({ a: 'b' }) });
    await client.putObject(bucket, `${prefix}frozen`, bytes, options);
    assert.equal((await client.headObject(bucket, `${prefix}frozen`))?.userMetadata['a'], 'b');
  }),

  benchCase('a bucket that is not there is BucketNotFound for every method', async (bench) => {
    const { prefix, directory, can } = bench;
    if (can.missingBucket === undefined) return;
    const bucket = can.missingBucket;
    const head = bench.client.headObject(bucket, `${prefix}key`);
    const silent = await head.catch((error: unknown) =>
      assert.equal((error as { code?: unknown }).code, 'BucketNotFound'),
    );
    assert.ok(silent === null || silent === undefined);
    for (const call of everyCall(bench, bucket, `${prefix}key`, directory))
      await rejects(call(), 'BucketNotFound', { bucket });
  }),

  benchCase('an empty key is InvalidConfig', async ({ client, bucket }) => {
    await rejects(client.headObject(bucket, ''), 'InvalidConfig');
    await rejects(client.putObject(bucket, '', body(1)), 'InvalidConfig');
    await rejects(client.getObject(bucket, ''), 'InvalidConfig');
  }),
];

function everyCall(
  { client }: Bench,
  bucket: string,
  key: string,
  directory: string,
): (() => Promise<unknown>)[] {
  return [
    () => client.putObject(bucket, key, body(1)),
    () => client.getObject(bucket, key),
    () => client.getObjectRange(bucket, key, 0, 1),
    () => client.getObjectToFile(bucket, key, `${directory}/to`),
    () => client.copyObject(bucket, key, { bucket, key }),
    () => allOf(client.listObjects(bucket, key)),
    () => client.createMultipart(bucket, key),
    () => client.uploadPart(bucket, key, 'none', 1, body(1)),
    () => client.completeMultipart(bucket, key, 'none', [{ partNumber: 1, etag: '"x"' }]),
    () => allOf(client.listMultipart(bucket, key)),
  ];
}
