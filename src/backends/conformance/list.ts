/** Conformance: listings. */
import assert from 'node:assert/strict';
import { allOf, benchCase, body, each } from './bench.js';

const bytesOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const listCases = [
  benchCase('nothing found is an empty stream', async ({ client, bucket, prefix }) => {
    assert.deepEqual(await allOf(client.listObjects(bucket, `${prefix}none/`)), []);
    assert.deepEqual(await allOf(client.listObjects(bucket, `${prefix}none`)), []);
  }),

  benchCase('1001 objects come complete, in order and in pages', async ({ client, bucket, prefix }) => {
    const keys = Array.from({ length: 1001 }, (_, at) => `${prefix}many/${at}`);
    await each(keys, (key) => client.putObject(bucket, key, body(2)));
    const listed: string[] = [];
    for await (const page of client.listObjects(bucket, `${prefix}many/`)) {
      assert.ok(page.length >= 1 && page.length <= 1000, `a page has ${page.length} objects`);
      listed.push(...page.map(({ key }) => key));
    }
    assert.deepEqual(listed, keys.sort(bytesOrder));
  }),

  benchCase('the order is that of the UTF-8 bytes of whole keys', async ({ client, bucket, prefix }) => {
    const names = [
      'a',
      'a b',
      'a!',
      'a-',
      'a.x',
      'a0',
      'b/a',
      'b.a',
      'b-',
      'b0',
      'B',
      'é',
      'z',
      '\uff5e',
      '😀',
      '😀/a',
    ];
    const keys = names.filter((name) => name !== '😀').map((name) => prefix + name);
    await each(keys, (key) => client.putObject(bucket, key, body(1)));
    const listed = (await allOf(client.listObjects(bucket, prefix))).map(({ key }) => key);
    assert.deepEqual(listed, keys.sort(bytesOrder));
  }),

  benchCase('a prefix may end inside a name and matches whole beginnings only', async (bench) => {
    const { client, bucket, prefix } = bench;
    const names = ['ab', 'abc/d', 'abc/e/f', 'abd', 'b/ab', 'x/abc'];
    await each(names, (name) => client.putObject(bucket, prefix + name, body(1)));
    const list = async (end: string): Promise<string[]> =>
      (await allOf(client.listObjects(bucket, prefix + end))).map(({ key }) => key.slice(prefix.length));
    assert.deepEqual(await list('ab'), ['ab', 'abc/d', 'abc/e/f', 'abd']);
    assert.deepEqual(await list('abc'), ['abc/d', 'abc/e/f']);
    assert.deepEqual(await list('abc/'), ['abc/d', 'abc/e/f']);
    assert.deepEqual(await list('abc/e'), ['abc/e/f']);
    assert.deepEqual(await list('ab/'), []);
    assert.deepEqual(await list('abc/d/'), []);
    assert.deepEqual(await list('abc//'), []);
    assert.deepEqual(await list('../'), []);
  }),

  benchCase('an object is listed with size, time and etag as headObject has them', async (bench) => {
    const { client, bucket, prefix } = bench;
    await client.putObject(bucket, `${prefix}f`, body(123), { userMetadata: { a: 'b' } });
    const head = await client.headObject(bucket, `${prefix}f`);
    const [listed, ...more] = await allOf(client.listObjects(bucket, prefix));
    assert.deepEqual(more, []);
    assert.equal(listed?.size, 123);
    assert.equal(listed?.etag, head?.etag);
    assert.equal(Math.floor(listed?.lastModified ?? 0), Math.floor(head?.lastModified ?? -1));
  }),

  benchCase(
    'a write that is done is listed, one that failed is not',
    async ({ client, bucket, prefix, hash }) => {
      await client.putObject(bucket, `${prefix}done`, body(1));
      const wrong = { xxh128: hash.oneShot(body(2)) };
      await assert.rejects(client.putObject(bucket, `${prefix}failed`, body(1), wrong));
      const listed = await allOf(client.listObjects(bucket, prefix));
      assert.deepEqual(
        listed.map(({ key }) => key),
        [`${prefix}done`],
      );
    },
  ),

  benchCase('a listing may be left early', async ({ client, bucket, prefix }) => {
    await each(['1', '2', '3'], (name) => client.putObject(bucket, prefix + name, body(1)));
    for await (const page of client.listObjects(bucket, prefix)) {
      assert.equal(page[0]?.key, `${prefix}1`);
      break;
    }
  }),
];
