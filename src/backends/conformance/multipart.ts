/** Conformance: uploads in parts. */
import assert from 'node:assert/strict';
import { allOf, assertBytes, benchCase, body, rejects } from './bench.js';

export const multipartCases = [
  benchCase('parts become one object, with what the upload was opened with', async (bench) => {
    const { client, bucket, prefix, hash, can } = bench;
    const key = `${prefix}joined`;
    const bodies = [body(can.minPartBytes + 10), body(can.minPartBytes, 2), body(7, 3)];
    const described = { contentType: 'text/plain', userMetadata: { a: 'b' } };
    const uploadId = await client.createMultipart(bucket, key, described);
    let moved = 0;
    const onBytes = (delta: number): void => {
      moved += delta;
    };
    const parts = await Promise.all(
      bodies.map((part, at) => client.uploadPart(bucket, key, uploadId, at + 1, part, { onBytes })),
    );
    assert.deepEqual(
      parts.map(({ partNumber }) => partNumber),
      [1, 2, 3],
    );
    assert.equal(await client.headObject(bucket, key), null);
    assert.deepEqual(await allOf(client.listObjects(bucket, prefix)), []);
    const whole = Buffer.concat(bodies);
    const options = { xxh128: hash.oneShot(whole) };
    assert.equal((await client.completeMultipart(bucket, key, uploadId, parts, options)).created, true);
    const { data, head } = await client.getObject(bucket, key);
    assertBytes(data, whole);
    assert.equal(moved, whole.length);
    assert.equal(head.contentType, 'text/plain');
    assert.deepEqual(head.userMetadata, { a: 'b' });
  }),

  benchCase('a repeated part replaces the earlier one, numbers may have gaps', async (bench) => {
    const { client, bucket, prefix, can } = bench;
    const key = `${prefix}replaced`;
    const uploadId = await client.createMultipart(bucket, key);
    const last = await client.uploadPart(bucket, key, uploadId, 10_000, body(9));
    const first = await client.uploadPart(bucket, key, uploadId, 3, body(can.minPartBytes));
    const again = await client.uploadPart(bucket, key, uploadId, 3, body(can.minPartBytes, 2));
    await rejects(client.completeMultipart(bucket, key, uploadId, [first, last]), 'InvalidMultipart', {
      key,
    });
    await client.completeMultipart(bucket, key, uploadId, [again, last]);
    assertBytes(
      (await client.getObject(bucket, key)).data,
      Buffer.concat([body(can.minPartBytes, 2), body(9)]),
    );
  }),

  benchCase('a list of parts that does not fit is InvalidMultipart, and the upload stays', async (bench) => {
    const { client, bucket, prefix, can } = bench;
    const key = `${prefix}list`;
    const uploadId = await client.createMultipart(bucket, key);
    const one = await client.uploadPart(bucket, key, uploadId, 1, body(can.minPartBytes));
    const two = await client.uploadPart(bucket, key, uploadId, 2, body(5));
    const lists = [
      [],
      [two, one],
      [one, one],
      [one, { ...two, partNumber: 3 }],
      [one, { ...two, etag: '"none"' }],
    ];
    for (const parts of lists) {
      await rejects(client.completeMultipart(bucket, key, uploadId, parts), 'InvalidMultipart', { key });
    }
    assert.equal(await client.headObject(bucket, key), null);
    await client.completeMultipart(bucket, key, uploadId, [one, two]);
    assert.equal((await client.headObject(bucket, key))?.size, can.minPartBytes + 5);
  }),

  benchCase('a part number is 1 to 10000', async ({ client, bucket, prefix }) => {
    const key = `${prefix}numbers`;
    const uploadId = await client.createMultipart(bucket, key);
    for (const number of [0, -1, 10_001, 1.5]) {
      await rejects(client.uploadPart(bucket, key, uploadId, number, body(1)), 'InvalidConfig', { key });
    }
    await client.abortMultipart(bucket, key, uploadId);
  }),

  benchCase('a digest that does not fit the joined bytes stores nothing', async (bench) => {
    const { client, bucket, prefix, hash, can } = bench;
    if (!can.checksWithoutBody) return;
    const key = `${prefix}digest`;
    const uploadId = await client.createMultipart(bucket, key);
    const part = await client.uploadPart(bucket, key, uploadId, 1, body(50));
    const wrong = { xxh128: hash.oneShot(body(51)) };
    await rejects(client.completeMultipart(bucket, key, uploadId, [part], wrong), 'ChecksumMismatch', {
      key,
    });
    assert.equal(await client.headObject(bucket, key), null);
    await client.abortMultipart(bucket, key, uploadId);
  }),

  benchCase('ifAbsent on completion keeps the object that is there, and the upload', async (bench) => {
    const { client, bucket, prefix, can } = bench;
    if (!can.conditionalWrites) return;
    const key = `${prefix}conditional`;
    const uploadId = await client.createMultipart(bucket, key, { userMetadata: { late: 'yes' } });
    const part = await client.uploadPart(bucket, key, uploadId, 1, body(50));
    await client.putObject(bucket, key, body(1));
    const outcome = await client.completeMultipart(bucket, key, uploadId, [part], { ifAbsent: true });
    assert.equal(outcome.created, false);
    const head = await client.headObject(bucket, key);
    assert.equal(head?.size, 1);
    assert.deepEqual(head?.userMetadata, {});
    await client.abortMultipart(bucket, key, uploadId);
  }),

  benchCase('an upload that is completed, aborted or unknown is NoSuchUpload', async (bench) => {
    const { client, bucket, prefix, can } = bench;
    const key = `${prefix}gone`;
    const completed = await client.createMultipart(bucket, key);
    const part = await client.uploadPart(bucket, key, completed, 1, body(5));
    await client.completeMultipart(bucket, key, completed, [part]);
    const aborted = await client.createMultipart(bucket, key);
    await client.uploadPart(bucket, key, aborted, 1, body(6));
    await client.abortMultipart(bucket, key, aborted);
    for (const uploadId of [completed, aborted, 'never-there', '../../escape']) {
      await rejects(client.uploadPart(bucket, key, uploadId, 1, body(5)), 'NoSuchUpload', { key });
      if (!can.repeatsCompletion) {
        await rejects(client.completeMultipart(bucket, key, uploadId, [part]), 'NoSuchUpload', { key });
      }
      await client.abortMultipart(bucket, key, uploadId);
    }
    assertBytes((await client.getObject(bucket, key)).data, body(5));
  }),

  benchCase('an upload belongs to its key', async ({ client, bucket, prefix }) => {
    const uploadId = await client.createMultipart(bucket, `${prefix}mine`);
    await rejects(client.uploadPart(bucket, `${prefix}other`, uploadId, 1, body(1)), 'NoSuchUpload');
    await client.uploadPart(bucket, `${prefix}mine`, uploadId, 1, body(1));
    await client.abortMultipart(bucket, `${prefix}mine`, uploadId);
  }),

  benchCase('open uploads are listed by key, and nowhere else', async ({ client, bucket, prefix, can }) => {
    if (!can.listsUploads) return;
    const keys = ['b', 'a/1', 'a/0', 'a.'].map((name) => prefix + name);
    const ids = new Map<string, string>();
    for (const key of keys) ids.set(key, await client.createMultipart(bucket, key));
    const open = await allOf(client.listMultipart(bucket, prefix));
    assert.deepEqual(
      open.map(({ key }) => key),
      [`${prefix}a.`, `${prefix}a/0`, `${prefix}a/1`, `${prefix}b`],
    );
    for (const { key, uploadId, initiated } of open) {
      assert.equal(uploadId, ids.get(key));
      assert.ok(Math.abs(initiated - Date.now() / 1000) < 3600);
    }
    assert.equal((await allOf(client.listMultipart(bucket, `${prefix}a/`))).length, 2);
    assert.deepEqual(await allOf(client.listObjects(bucket, prefix)), []);
    for (const { key, uploadId } of open) await client.abortMultipart(bucket, key, uploadId);
    assert.deepEqual(await allOf(client.listMultipart(bucket, prefix)), []);
  }),
];
