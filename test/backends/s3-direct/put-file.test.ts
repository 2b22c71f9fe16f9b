/** Files that are too large for memory are streamed; what is sent is proven before it can become an object. */
import { appendFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import type { S3Settings } from '../../../src/backends/s3/settings.js';
import { createS3DirectClient } from '../../../src/backends/s3-direct.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { useFaultProxy } from '../../support/fault-proxy.js';
import { requireServer } from '../../support/require-server.js';
import { accessDenied, invalidRequest, preconditionFailed } from '../../support/s3-faults.js';
import { tempDir } from '../../support/temp-dir.js';
import { useVersity } from '../../support/versitygw.js';

const MIB = 1024 * 1024;
/** Above the five MiB that the clients here hold in memory; ends within a piece. */
const LARGE = 7 * MIB + 13;

const clients: S3Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function clientOf(settings: S3Settings): Promise<S3Client> {
  const connection = await connectS3({ ...settings, partSizeBytes: 5 * MIB });
  const client = createS3DirectClient(connection, { xxh128: hasher });
  clients.push(client);
  return client;
}

function body(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 7 + (at >> 10) + seed) & 0xff;
  return bytes;
}

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(tempDir('put-file'), 'source');
  await writeFile(path, bytes);
  return path;
}

describe.each([
  ['signed, over HTTP', {}, {}],
  ['unsigned, over HTTP', {}, { payloadSigning: 'never' }],
  ['unsigned, over HTTPS', { tls: true }, {}],
] as const)('%s', (_name, options, more) => {
  requireServer('versitygw')('a large file', () => {
    const server = useVersity(options);

    it.each([undefined, hasher.oneShot(body(LARGE))])(
      'is stored as it is, with digest %s',
      async (xxh128) => {
        const client = await clientOf(server().settings(more));
        const path = await file(body(LARGE));
        let moved = 0;
        const onBytes = (delta: number): void => {
          moved += delta;
        };
        await client.putObjectFromFile(server().bucket, 'whole', path, {
          onBytes,
          ...(xxh128 && { xxh128 }),
        });
        expect(moved).toBe(LARGE);
        expect(body(LARGE).equals(await readFile(join(server().directory, server().bucket, 'whole')))).toBe(
          true,
        );
        await client.putObjectFromFileRange(server().bucket, 'range', path, 100, LARGE - 200);
        const { data } = await client.getObject(server().bucket, 'range');
        expect(
          body(LARGE)
            .subarray(100, LARGE - 100)
            .equals(data),
        ).toBe(true);
      },
    );

    const OLD = 1_000_000;
    it.each<[string, (path: string) => void, withoutDigest: boolean]>([
      ['rewritten', (path) => writeFileSync(path, body(LARGE, 2)), true],
      ['grown', (path) => appendFileSync(path, 'more'), true],
      ['cut', (path) => truncateSync(path, LARGE - 1), true],
      [
        'rewritten with equal size and time', // which nothing but a digest tells
        (path) => {
          writeFileSync(path, body(LARGE, 2));
          utimesSync(path, OLD, OLD);
        },
        false,
      ],
    ])('that is %s while it is sent stores nothing', async (_change, change, withoutDigest) => {
      const client = await clientOf(server().settings(more));
      const bucket = server().newBucket();
      const path = await file(body(LARGE));
      for (const xxh128 of [hasher.oneShot(body(LARGE)), ...(withoutDigest ? [undefined] : [])]) {
        writeFileSync(path, body(LARGE));
        utimesSync(path, OLD, OLD);
        let changes = 0;
        const onBytes = (): void => {
          changes += 1;
          if (changes === 1) change(path);
        };
        const put = client.putObjectFromFile(bucket, 'a', path, { onBytes, ...(xxh128 && { xxh128 }) });
        await expect(put).rejects.toMatchObject({ kind: 'FileChanged', path });
        expect(changes).toBeGreaterThan(0);
        expect(server().keys(bucket)).toEqual([]);
      }
    });

    it('that is changed after its last byte was sent is stored as it was', async () => {
      const client = await clientOf(server().settings(more));
      const bucket = server().newBucket();
      const path = await file(body(LARGE));
      let moved = 0;
      const onBytes = (delta: number): void => {
        moved += delta;
        if (moved === LARGE) appendFileSync(path, 'more');
      };
      await client.putObjectFromFile(bucket, 'a', path, { onBytes });
      expect(server().keys(bucket)).toEqual(['a']);
      expect((await client.headObject(bucket, 'a'))?.size).toBe(LARGE);
    });

    it('that is cancelled on its way stores nothing', async () => {
      const client = await clientOf(server().settings(more));
      const bucket = server().newBucket();
      const stop = new AbortController();
      const onBytes = (): void => stop.abort();
      const put = client.putObjectFromFile(bucket, 'a', await file(body(LARGE)), {
        onBytes,
        signal: stop.signal,
      });
      await expect(put).rejects.toMatchObject({ code: 'Cancelled' });
      expect(server().keys(bucket)).toEqual([]);
    });
  });
});

requireServer('versitygw')('a large file', () => {
  const server = useVersity();
  const proxy = useFaultProxy(server);
  const throughProxy = (): Promise<S3Client> => clientOf(server().settings({ endpoint: proxy().endpoint }));

  it('is sent again without what the store refuses, and counted once', async () => {
    proxy().inject({
      match: { headers: { 'x-amz-checksum-xxhash128': true } },
      fault: invalidRequest('x-amz-checksum-xxhash128 is not a valid checksum header'),
    });
    const client = await throughProxy();
    let moved = 0;
    const onBytes = (delta: number): void => {
      moved += delta;
    };
    const options = { xxh128: hasher.oneShot(body(LARGE)), onBytes };
    await client.putObjectFromFile(server().newBucket(), 'a', await file(body(LARGE)), options);
    expect(moved).toBe(LARGE);
    expect(client.features.xxh128).toBe('no');
  });

  it.each([true, false])(
    'is left alone where the object is there already; body read first: %s',
    async (readsBody) => {
      proxy().inject({ match: { operation: 'PutObject' }, fault: { ...preconditionFailed(), readsBody } });
      const client = await throughProxy();
      let moved = 0;
      const onBytes = (delta: number): void => {
        moved += delta;
      };
      const path = await file(body(LARGE));
      const outcome = await client.putObjectFromFile(server().newBucket(), 'a', path, {
        ifAbsent: true,
        onBytes,
      });
      expect(outcome.created).toBe(false);
      expect(moved).toBe(LARGE);
    },
  );

  it('that is refused early is refused for the reason given', async () => {
    proxy().inject({ match: { operation: 'PutObject' }, fault: { ...accessDenied(), readsBody: false } });
    const client = await throughProxy();
    const path = await file(body(LARGE));
    const put = client.putObjectFromFile(server().newBucket(), 'a', path);
    await expect(put).rejects.toMatchObject({ kind: 'AccessDenied', httpStatus: 403, path });
  });
});
