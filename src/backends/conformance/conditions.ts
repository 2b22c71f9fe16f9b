/** Conformance: digests, conditions, races, ranges, progress and copies. */
import assert from 'node:assert/strict';
import { StorageError } from '../../model/errors.js';
import { allOf, assertBytes, benchCase, body, each, rejects } from './bench.js';

export const conditionCases = [
  benchCase(
    'a digest that fits is accepted, one that does not is refused and nothing is stored',
    async (bench) => {
      const { client, bucket, prefix, hash } = bench;
      const key = `${prefix}digest`;
      const bytes = body(1000);
      const wrong = client.putObject(bucket, key, bytes, { xxh128: hash.oneShot(body(1000, 2)) });
      await rejects(wrong, 'ChecksumMismatch', { operation: 'putObject', bucket, key });
      assert.equal(await client.headObject(bucket, key), null);
      await client.putObject(bucket, key, bytes, { xxh128: hash.oneShot(bytes) });
      assert.equal((await client.headObject(bucket, key))?.size, 1000);
    },
  ),

  benchCase('ifAbsent keeps the object that is there', async ({ client, bucket, prefix, can }) => {
    if (!can.conditionalWrites) return;
    const key = `${prefix}conditional`;
    assert.equal((await client.putObject(bucket, key, body(3), { ifAbsent: true })).created, true);
    const other = { ifAbsent: true, userMetadata: { other: 'yes' } };
    assert.equal((await client.putObject(bucket, key, body(4), other)).created, false);
    const { data, head } = await client.getObject(bucket, key);
    assertBytes(data, body(3));
    assert.deepEqual(head.userMetadata, {});
  }),

  benchCase('of 20 writers with ifAbsent exactly one creates, and its bytes stay', async (bench) => {
    const { client, bucket, prefix, can } = bench;
    if (!can.conditionalWrites) return;
    for (const described of [false, true]) {
      const key = `${prefix}race-${described}`;
      const writers = Array.from({ length: 20 }, (_, at) => at);
      const outcomes = await Promise.all(
        writers.map((at) =>
          client.putObject(bucket, key, body(2000 + at, at + 1), {
            ifAbsent: true,
            ...(described && { userMetadata: { writer: String(at) } }),
          }),
        ),
      );
      const winners = writers.filter((at) => outcomes[at]?.created);
      assert.equal(winners.length, 1);
      const winner = winners[0] ?? -1;
      const { data, head } = await client.getObject(bucket, key);
      assertBytes(data, body(2000 + winner, winner + 1));
      if (described) assert.deepEqual(head.userMetadata, { writer: String(winner) });
    }
  }),

  benchCase('a reader sees one whole object while others replace it', async ({ client, bucket, prefix }) => {
    const key = `${prefix}replaced-often`;
    const bodies = [1, 2, 3, 4].map((seed) => body(100_000 + seed, seed));
    const [first = body(1)] = bodies;
    await client.putObject(bucket, key, first);
    await each(
      Array.from({ length: 64 }, (_, at) => at),
      async (at) => {
        const bytes = bodies[at % bodies.length] ?? first;
        if (at % 2 === 0) {
          await client.putObject(bucket, key, bytes);
          return;
        }
        const { data, head } = await client.getObject(bucket, key);
        assert.equal(head.size, data.length);
        const written = bodies.find((candidate) => candidate.length === data.length);
        assertBytes(data, written ?? body(0));
      },
    );
  }),

  benchCase('ranges count both ends and are cut at the last byte', async ({ client, bucket, prefix }) => {
    const key = `${prefix}ranges`;
    const bytes = body(1000);
    await client.putObject(bucket, key, bytes);
    for (const [start, end] of [
      [0, 0],
      [0, 999],
      [0, 1000],
      [0, 5_000_000],
      [999, 999],
      [998, 2000],
      [1, 998],
      [500, 500],
    ] as const) {
      assertBytes(await client.getObjectRange(bucket, key, start, end), bytes.slice(start, end + 1));
    }
    for (const start of [1000, 1001, 9_000_000]) {
      await rejects(client.getObjectRange(bucket, key, start, start + 1), 'BadRequest', {
        httpStatus: 416,
        key,
      });
    }
    for (const [start, end] of [
      [-1, 5],
      [5, 4],
      [0.5, 2],
      [0, Number.NaN],
    ] as const) {
      await rejects(client.getObjectRange(bucket, key, start, end), 'InvalidConfig', { key });
    }
  }),

  benchCase('ifMatch demands the object that was seen', async ({ client, bucket, prefix }) => {
    const key = `${prefix}match`;
    await client.putObject(bucket, key, body(100));
    const etag = (await client.headObject(bucket, key))?.etag ?? assert.fail('the store gives no etags');
    assert.equal((await client.getObjectRange(bucket, key, 0, 9, { ifMatch: etag })).length, 10);
    assert.equal((await allOf(client.listObjects(bucket, key)))[0]?.etag, etag);
    await client.putObject(bucket, key, body(100, 2));
    const stale = client.getObjectRange(bucket, key, 0, 9, { ifMatch: etag });
    await rejects(stale, 'Conflict', { httpStatus: 412, key });
  }),

  benchCase('a range tells of its whole object before any byte of it', async ({ client, bucket, prefix }) => {
    const key = `${prefix}told`;
    await client.putObject(bucket, key, body(1000));
    const etag = (await client.headObject(bucket, key))?.etag ?? assert.fail('the store gives no etags');
    for (const [start, end, ifMatch] of [
      [0, 9, undefined],
      [0, 999, undefined],
      [500, 5000, undefined],
      [999, 999, etag],
    ] as const) {
      const seen: unknown[] = [];
      await client.getObjectRange(bucket, key, start, end, {
        ...(ifMatch !== undefined && { ifMatch }),
        onObject: (object) => seen.push(object),
        onBytes: () => seen.push('bytes'),
      });
      assert.deepEqual(seen[0], { size: 1000, etag });
      assert.ok(seen.slice(1).length > 0 && seen.slice(1).every((each) => each === 'bytes'));
    }
  }),

  benchCase('a range that is refused tells nothing', async ({ client, bucket, prefix }) => {
    const key = `${prefix}quiet`;
    await client.putObject(bucket, key, body(10));
    const onObject = (): never => assert.fail('told of an object');
    const stale = client.getObjectRange(bucket, key, 0, 9, { ifMatch: '"other"', onObject });
    await rejects(stale, 'Conflict', { httpStatus: 412 });
    await rejects(client.getObjectRange(bucket, key, 10, 19, { onObject }), 'BadRequest', {
      httpStatus: 416,
    });
    await rejects(client.getObjectRange(bucket, `${prefix}absent`, 0, 9, { onObject }), 'NotFound');
  }),

  benchCase('what onObject throws ends the call, and no other', async ({ client, bucket, prefix }) => {
    const key = `${prefix}unwanted`;
    await client.putObject(bucket, key, body(3_000_000));
    const onObject = (): never => {
      throw new StorageError('SizeMismatch', 'not that large', { operation: 'test', key });
    };
    const moved = counter();
    const unwanted = client.getObjectRange(bucket, key, 0, 2_999_999, { onObject, onBytes: moved.add });
    await rejects(unwanted, 'SizeMismatch', { operation: 'test', message: 'not that large' });
    assert.equal(moved.take(), 0);
    assertBytes(await client.getObjectRange(bucket, key, 0, 9), body(10));
  }),

  benchCase('onBytes adds up to the body', async ({ client, bucket, prefix }) => {
    const key = `${prefix}counted`;
    const count = counter();
    await client.putObject(bucket, key, body(3000), { onBytes: count.add });
    assert.equal(count.take(), 3000);
    await client.getObject(bucket, key, { onBytes: count.add });
    assert.equal(count.take(), 3000);
    await client.getObjectRange(bucket, key, 10, 19, { onBytes: count.add });
    assert.equal(count.take(), 10);
    await client.copyObject(bucket, `${prefix}copy`, { bucket, key }, { onBytes: count.add });
    assert.equal(count.take(), 0);
  }),

  benchCase(
    'a copy has bytes, type and metadata of its source, or other ones that were given',
    async (bench) => {
      const { client, bucket, prefix } = bench;
      const from = { bucket, key: `${prefix}from` };
      const described = { contentType: 'text/plain', userMetadata: { a: '1', b: '2' } };
      await client.putObject(bucket, from.key, body(500), described);
      assert.equal((await client.copyObject(bucket, `${prefix}sub/to`, from)).created, true);
      const copy = await client.getObject(bucket, `${prefix}sub/to`);
      assertBytes(copy.data, body(500));
      assert.equal(copy.head.contentType, 'text/plain');
      assert.deepEqual(copy.head.userMetadata, described.userMetadata);
      await client.copyObject(bucket, `${prefix}other`, from, { userMetadata: { c: '3' } });
      const other = await client.headObject(bucket, `${prefix}other`);
      assert.deepEqual(other?.userMetadata, { c: '3' });
      assert.notEqual(other?.contentType, 'text/plain');
    },
  ),

  benchCase('a copy of nothing is NotFound and names the source', async ({ client, bucket, prefix }) => {
    const from = { bucket, key: `${prefix}nothing` };
    const copy = client.copyObject(bucket, `${prefix}to`, from);
    await rejects(copy, 'NotFound', { operation: 'copyObject', key: from.key });
    assert.equal(await client.headObject(bucket, `${prefix}to`), null);
  }),

  benchCase('a copy obeys ifAbsent and xxh128', async ({ client, bucket, prefix, hash, can }) => {
    const from = { bucket, key: `${prefix}from` };
    const to = `${prefix}to`;
    await client.putObject(bucket, from.key, body(50));
    if (can.checksWithoutBody) {
      await rejects(
        client.copyObject(bucket, to, from, { xxh128: hash.oneShot(body(51)) }),
        'ChecksumMismatch',
      );
      assert.equal(await client.headObject(bucket, to), null);
    }
    if (!can.conditionalWrites) return;
    await client.putObject(bucket, to, body(1));
    assert.equal((await client.copyObject(bucket, to, from, { ifAbsent: true })).created, false);
    assert.equal((await client.headObject(bucket, to))?.size, 1);
  }),
];

function counter(): { add: (delta: number) => void; take: () => number } {
  let sum = 0;
  return {
    add: (delta) => {
      sum += delta;
    },
    take: () => {
      const taken = sum;
      sum = 0;
      return taken;
    },
  };
}
