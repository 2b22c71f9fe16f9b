/** How far a body in memory is, while it is sent. */
import { expect, it, onTestFinished } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import { createS3DirectClient } from '../../../src/backends/s3-direct.js';
import type { CallOptions } from '../../../src/backends/storage-client.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { plainServer } from './plain-server.js';

const MIB = 1024 * 1024;
const BODY = Buffer.alloc(5 * MIB + 1, 'body');

/** A store that takes a body only when some of it was told, and refuses the first one. */
async function storeOf(told: Promise<void>, bodies: Buffer[]): Promise<S3Client> {
  let requests = 0;
  const { origin } = await plainServer((request, response) => {
    void told.then(async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      bodies.push(Buffer.concat(pieces));
      requests += 1;
      if (requests > 1) response.writeHead(200, { etag: '"e"' }).end();
      else response.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>');
    });
  });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example-of-a-secret' };
  const client = createS3DirectClient(
    await connectS3({ endpoint: origin, region: 'eu-west-1', expectedBucketOwner: 'none', credentials }),
    { xxh128: hasher },
  );
  onTestFinished(() => client.close());
  return client;
}

it.each<[string, (client: S3Client, options: CallOptions) => Promise<unknown>]>([
  ['an object', (client, options) => client.putObject('bucket', 'key', BODY, { ...options, ifAbsent: true })],
  ['a part', (client, options) => client.uploadPart('bucket', 'key', 'id', 1, BODY, options)],
])('%s is told while it is sent, and from its beginning when it is sent again', async (_what, put) => {
  let first: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    first = resolve;
  });
  const bodies: Buffer[] = [];
  const client = await storeOf(told, bodies);
  const states: number[] = [0];
  await put(client, {
    onBytes: (delta) => {
      first();
      states.push((states.at(-1) ?? 0) + delta);
    },
  });
  const once = [0, 1, 2, 3, 4, 5].map((slices) => slices * MIB);
  expect(states).toEqual([...once, BODY.length, ...once, BODY.length]);
  expect(bodies.map((body) => body.equals(BODY))).toEqual([true, true]);
});
