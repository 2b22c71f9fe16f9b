/** Objects that our clients write boto3 and s5cmd read, and the other way round: whole, in parts and in ranges. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { StorageClient } from '../../src/backends/storage-client.js';
import type { S3ClientName } from '../../src/presets/open-s3-store.js';
import { openStore } from '../../src/presets/open-store.js';
import { noise } from '../support/contents.js';
import { runScript } from '../support/interop-python.js';
import { runS5cmd } from '../support/peers.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const MIB = 1 << 20;
/** Contents by key; the large one goes in parts with everybody. */
const OBJECTS: ReadonlyMap<string, Buffer> = new Map([
  ['prefix/empty', Buffer.alloc(0)],
  ['prefix/one', noise(1, 1)],
  ['prefix/a b+c', noise(1000, 2)],
  ['prefix/Größe/世界 🎬', noise(1001, 3)],
  [`prefix/quotes ' " (x)!*~`, noise(1002, 4)],
  ['prefix/percent %41 & = ? # ; : @ , $', noise(1003, 5)],
  ['prefix/large', noise(17 * MIB + 3, 6)],
]);
const KEYS = [...OBJECTS.keys()];

requireServer('versitygw', 'python', 's5cmd')('objects', { timeout: 120_000 }, () => {
  const server = useVersity({ buckets: ['boto3', 's5cmd'] });
  const base = tempDir('interop-objects');
  const files = new Map<string, string>();
  beforeAll(async () => {
    for (const [index, [key, content]] of [...OBJECTS].entries()) {
      const file = join(base, `content-${index}`);
      writeFileSync(file, content);
      files.set(key, file);
    }
    await runScript(server(), 'objects.py', { bucket: 'boto3', write: Object.fromEntries(files), read: [] });
    for (const [key, file] of files)
      await s5cmd('cp', '--raw', '--part-size', '5', file, `s3://s5cmd/${key}`);
    expect(server().keys('boto3')).toEqual(KEYS.toSorted());
    expect(server().keys('s5cmd')).toEqual(KEYS.toSorted());
  }, 120_000);

  it.each(['direct', 'sdk'] as const)(
    'that our client writes are read by boto3 and s5cmd (%s)',
    async (name) => {
      const bucket = server().newBucket();
      const metadata = { 'asset-root': '/mnt/a b', 'asset-root-json': '"/mnt/gr\\u00f6\\u00dfe"' };
      const options = { contentType: 'application/x-deadline-manifest-2023-03-03', userMetadata: metadata };
      server().clearRequests();
      await withClient(name, async (client) => {
        for (const [key, file] of files) await client.putObjectFromFile(bucket, key, file, options);
      });
      expect(server().count('UploadPart')).toBe(4); // 5 MiB each: only the large one
      const expected = { type: options.contentType, metadata };
      const read = await runScript(server(), 'objects.py', { bucket, write: {}, read: KEYS });
      expect(read).toEqual(
        Object.fromEntries(KEYS.map((key) => [key, { sha256: sha256(key), ...expected }])),
      );
      for (const key of KEYS) {
        const file = join(mkdtempSync(join(base, 'copy-')), 'file');
        await s5cmd('cp', '--raw', `s3://${bucket}/${key}`, file);
        expectSame(key, readFileSync(file));
      }
    },
  );

  it.each([
    ['direct', 'boto3'],
    ['direct', 's5cmd'],
    ['sdk', 'boto3'],
    ['sdk', 's5cmd'],
  ] as const)('are read by our client (%s) as %s wrote them', (name, bucket) =>
    withClient(name, async (client) => {
      const listed = [];
      for await (const page of client.listObjects(bucket, 'prefix/')) listed.push(...page);
      expect(listed.map(({ key, size }) => [key, size]).sort()).toEqual(
        [...OBJECTS].map(([key, { length }]) => [key, length]).sort(),
      );
      for (const [key, content] of OBJECTS) {
        const { data, head } = await client.getObject(bucket, key);
        expectSame(key, data);
        expect(head).toMatchObject({ key, size: content.length });
        expect(await client.headObject(bucket, key)).toEqual(head);
        const file = join(mkdtempSync(join(base, 'ours-')), 'file');
        await client.getObjectToFile(bucket, key, file);
        expectSame(key, readFileSync(file));
      }
      const [start, end] = [8 * MIB - 2, 8 * MIB + 5]; // across the border of boto3's parts
      const { etag = '' } = (await client.headObject(bucket, 'prefix/large')) ?? {};
      const range = await client.getObjectRange(bucket, 'prefix/large', start, end, { ifMatch: etag });
      expect(Buffer.from(range).equals(content('prefix/large').subarray(start, end + 1))).toBe(true);
    }),
  );

  async function withClient(
    client: S3ClientName,
    body: (client: StorageClient) => Promise<void>,
  ): Promise<void> {
    const settings = { ...server().settings({ partSizeBytes: 5 * MIB }), client };
    const store = await openStore('s3://boto3/prefix', { s3: settings });
    await body(store.client).finally(() => store.close());
  }

  function s5cmd(...args: readonly string[]): Promise<string> {
    return runS5cmd(args, { env: server().env() });
  }
});

function content(key: string): Buffer {
  return OBJECTS.get(key) ?? Buffer.alloc(0);
}

function sha256(key: string): string {
  return createHash('sha256').update(content(key)).digest('hex');
}

function expectSame(key: string, data: Uint8Array): void {
  expect({ key, same: content(key).equals(data) }).toEqual({ key, same: true });
}
