/** Conformance: cancelled calls. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CallOptions } from '../storage-client.js';
import { allOf, type Bench, benchCase, body, cancels, file, namesIn } from './bench.js';

const LARGE = 8 * 1024 * 1024;

export const cancelCases = [
  benchCase(
    'a signal that has aborted is CancelledError for every method and does nothing',
    async (bench) => {
      const { client, bucket, prefix, directory } = bench;
      await client.putObject(bucket, `${prefix}there`, body(10));
      const source = await file(directory, 'source', body(10));
      const uploadId = await client.createMultipart(bucket, `${prefix}upload`);
      for (const call of everyCall(bench, source, uploadId))
        await cancels(call({ signal: AbortSignal.abort() }));
      const listed = (await allOf(client.listObjects(bucket, prefix))).map(({ key }) => key);
      assert.deepEqual(listed, [`${prefix}there`]);
      assert.deepEqual(await namesIn(directory), ['source']);
      await client.abortMultipart(bucket, `${prefix}upload`, uploadId);
    },
  ),

  benchCase('a put that is aborted on its way leaves nothing, or has succeeded', async (bench) => {
    const { client, bucket, prefix, directory, can } = bench;
    const source = await file(directory, 'source', body(LARGE));
    const puts = {
      bytes: (key: string, options: CallOptions) => client.putObject(bucket, key, body(LARGE), options),
      file: (key: string, options: CallOptions) => client.putObjectFromFile(bucket, key, source, options),
      range: (key: string, options: CallOptions) =>
        client.putObjectFromFileRange(bucket, key, source, 0, LARGE, options),
    };
    for (const [name, put] of Object.entries(puts)) {
      const key = `${prefix}${name}`;
      const cancelled = await abortedSoon((options) => put(key, options));
      const listed = await allOf(client.listObjects(bucket, key));
      const head = await client.headObject(bucket, key);
      const sizes = [...listed, ...(head ? [head] : [])].map(({ size }) => size);
      if (!cancelled) assert.deepEqual(sizes, [LARGE, LARGE]);
      else if (can.recallsCancelledPuts) assert.deepEqual(sizes, []);
      else assert.ok(!sizes.some((size) => size !== LARGE), 'a part of the body became an object');
    }
  }),

  benchCase('a get that is aborted on its way leaves no file, or has succeeded', async (bench) => {
    const { client, bucket, prefix, directory } = bench;
    const key = `${prefix}large`;
    await client.putObject(bucket, key, body(LARGE));
    const path = join(directory, 'to');
    const cancelled = await abortedSoon((options) => client.getObjectToFile(bucket, key, path, options));
    assert.deepEqual(await namesIn(directory), cancelled ? [] : ['to']);
    await abortedSoon((options) => client.getObject(bucket, key, options));
  }),

  benchCase('a listing ends with CancelledError when its signal aborts between pages', async (bench) => {
    const { client, bucket, prefix } = bench;
    await client.putObject(bucket, `${prefix}f`, body(1));
    const stop = new AbortController();
    const drained = (async () => {
      for await (const page of client.listObjects(bucket, prefix, { signal: stop.signal })) {
        assert.equal(page.length, 1);
        stop.abort();
      }
    })();
    // A store that knew with the page that it was the last may end the listing instead.
    await drained.catch((error: unknown) => assert.equal((error as { code?: unknown }).code, 'Cancelled'));
  }),
];

/** Whether the call was cancelled; any other rejection fails the case. */
async function abortedSoon(call: (options: CallOptions) => Promise<unknown>): Promise<boolean> {
  const stop = new AbortController();
  const running = call({ signal: stop.signal });
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  try {
    await running;
    return false;
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, 'Cancelled', String(error));
    return true;
  }
}

function everyCall(
  { client, bucket, prefix, directory }: Bench,
  source: string,
  uploadId: string,
): ((options: CallOptions) => Promise<unknown>)[] {
  const there = `${prefix}there`;
  const other = `${prefix}other`;
  const to = join(directory, 'to');
  return [
    (options) => client.headObject(bucket, there, options),
    (options) => client.putObject(bucket, other, body(1), options),
    (options) => client.putObjectFromFile(bucket, other, source, options),
    (options) => client.putObjectFromFileRange(bucket, other, source, 0, 1, options),
    (options) => client.getObject(bucket, there, options),
    (options) => client.getObjectRange(bucket, there, 0, 1, options),
    (options) => client.getObjectToFile(bucket, there, to, options),
    (options) => client.getObjectToFileOffset(bucket, there, source, 0, options),
    (options) => client.copyObject(bucket, other, { bucket, key: there }, options),
    (options) => allOf(client.listObjects(bucket, prefix, options)),
    (options) => client.createMultipart(bucket, other, options),
    (options) => client.uploadPart(bucket, `${prefix}upload`, uploadId, 1, body(1), options),
    (options) =>
      client.completeMultipart(
        bucket,
        `${prefix}upload`,
        uploadId,
        [{ partNumber: 1, etag: '"x"' }],
        options,
      ),
  ];
}
