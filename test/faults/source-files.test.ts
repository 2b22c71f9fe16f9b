/** Files that are not what they were when they were hashed (spec/storage.md section 7, faults 16 to 18). */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { uploadManifestContents } from '../../src/presets/contents.js';
import type { S3ClientName } from '../../src/presets/open-s3-store.js';
import { openStore } from '../../src/presets/open-store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import type { S3Operation } from '../support/s3-request.js';
import {
  CLIENTS,
  type Failure,
  failureOf,
  MIB,
  manifestFor,
  namesOf,
  PART,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const describeS3 = requireServer('versitygw');
/** Files up to 4 MiB are sent as they were hashed; larger ones are read again. */
const READ_AGAIN = 6 * MIB;
/** Long before hashing, so that a hash cache takes the file's word. */
const LONG_AGO = new Date('2024-01-01T00:00:00Z');

const sockets: Server[] = [];
afterEach(() => {
  for (const server of sockets.splice(0)) server.close();
});

interface Scene {
  readonly client?: S3ClientName;
  readonly content: Buffer;
  /** When the change comes: with the first such request for the file's object. */
  readonly at?: S3Operation;
  readonly change: (path: string, content: Buffer) => void;
  /** The file's hash comes from the cache; it is not read before it is sent. */
  readonly cached?: boolean;
  readonly partSizeBytes?: number;
}

const truncated = (path: string): void => truncateSync(path, statSync(path).size - 1);
const grown = (path: string): void => appendFileSync(path, 'x');
/** Another last byte, in place, and the times as they were. */
function rewritten(path: string): void {
  const { size, atime, mtime } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from([0x55]), 0, 1, size - 1);
  closeSync(file);
  utimesSync(path, atime, mtime);
}
/** Another file of the same size and times under the name. */
function replaced(path: string, content: Buffer): void {
  const other = Buffer.from(content);
  other[0] = (other[0] ?? 0) ^ 1;
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.new`, other);
  utimesSync(`${path}.new`, atime, mtime);
  renameSync(`${path}.new`, path);
}
const changes: [string, (path: string, content: Buffer) => void][] = [
  ['grown', grown],
  ['shrunk', truncated],
  ['rewritten with equal size and restored mtime', rewritten],
  ['replaced by another of equal size and mtime', replaced],
];

describeS3.each([
  ['HTTP', false],
  ['HTTPS', true],
] as const)('files that change under the upload, over %s', (_transport, tls) => {
  const s3 = useS3({ tls });

  /** Submits a tree of which `file` changes after it was hashed; what became of the run, and of everything else. */
  async function run({
    client = 'direct',
    content,
    at = 'HeadObject',
    change,
    cached = false,
    partSizeBytes = PART,
  }: Scene) {
    const root = treeOf({ file: content, other: 'other' });
    const path = join(root, 'file');
    utimesSync(path, LONG_AGO, LONG_AGO);
    const hash = xxh128(content);
    const hashCache = memoryHashCache();
    if (cached) {
      await submitTree({ root, hashCache, store: await openStore(scratch()) });
    }
    let isChanged = false;
    const changeOnce = ({ key }: { readonly key: string }): undefined => {
      if (isChanged || !key.includes(hash)) return;
      isChanged = true;
      change(path, content);
    };
    s3.proxy().inject({ match: { operation: at }, times: 'always', optional: true, fault: changeOnce });
    const checkCache = memoryCheckCache();
    const store = await s3.store(client, { partSizeBytes });
    const error = await failureOf(submitTree({ store, root, hashCache, checkCache }));
    if (!isChanged) throw error; // of something else, before its turn
    const isRecorded = (await checkCache.lookup([`${s3.bucket()}/${store.cas.key(hash)}`]))[0];
    return { error, path, isRecorded };
  }

  async function expectNothing(
    of: Buffer,
    { isRecorded }: { isRecorded: boolean | undefined },
  ): Promise<void> {
    expect(isRecorded).toBe(false);
    expect(s3.objects().filter((name) => name !== namesOf(['other'])[0])).toEqual([]);
    expect([s3.manifests(), await s3.uploads()]).toEqual([[], []]);
    expect(
      s3
        .proxy()
        .requests.filter(
          ({ key, status, operation }) =>
            key.includes(xxh128(of)) &&
            status === 200 &&
            (operation === 'PutObject' || operation === 'CompleteMultipartUpload'),
        ),
    ).toEqual([]);
  }

  describe.each(CLIENTS)('%s', (client) => {
    it.each([
      ['one that is read again', { content: noise(READ_AGAIN, 1) }],
      ['one in parts', { content: noise(2 * PART + MIB, 2) }],
      ['one whose hash was known', { content: noise(1000, 3), cached: true }],
    ])('fault 16: file deleted after hashing: %s', async (_what, scene) => {
      const seen = await run({ ...scene, client, change: (path) => rmSync(path) });
      expect(seen.error).toMatchObject({ kind: 'FileVanished', path: seen.path });
      expect(seen.error.hint).toContain('submit again');
      await expectNothing(scene.content, seen);
    });

    it.each(changes)('fault 17: file %s, before it is read again', async (_how, change) => {
      const content = noise(READ_AGAIN, 4);
      const seen = await run({ client, content, change });
      expect(seen.error).toMatchObject({ kind: 'FileChanged', path: seen.path });
      expect(seen.error.hint).toContain('close the program that writes it');
      // Where the size tells, no byte is sent.
      const puts = s3.requests('PutObject').filter(({ key }) => key.includes(xxh128(content)));
      if (change === grown || change === truncated) expect(puts).toEqual([]);
      await expectNothing(content, seen);
    });

    it.each(changes)('fault 17: file %s, while its upload in parts begins', async (_how, change) => {
      const content = noise(2 * PART + MIB, 5);
      const seen = await run({ client, content, change, at: 'CreateMultipartUpload' });
      expect(seen.error).toMatchObject({ kind: 'FileChanged', path: seen.path });
      expect(s3.proxy().count('CompleteMultipartUpload')).toBe(0);
      expect(s3.proxy().count('AbortMultipartUpload')).toBe(1);
      await expectNothing(content, seen);
    });
  });

  it.each([
    ['its parts travel', 'UploadPart', PART],
    ['its one body travels', 'PutObject', 30 * MIB],
  ] as const)('fault 17: file rewritten behind the reader, while %s', async (_what, at, partSizeBytes) => {
    const content = noise(55 * MIB, 6);
    const seen = await run({ content, change: rewritten, at, partSizeBytes });
    expect(seen.error).toMatchObject({ kind: 'FileChanged', path: seen.path });
    await expectNothing(content, seen);
  });
});

describeS3('small files', () => {
  const s3 = useS3();

  it('fault 16: what was read once for hashing and sending needs its file no more', async () => {
    const root = treeOf({ file: 'content' });
    s3.proxy().inject({
      match: { operation: 'HeadObject' },
      ...{ optional: true, fault: () => rmSync(join(root, 'file')) as undefined },
    });
    const { uploadStats } = await submitTree({ store: await s3.store(), root });
    expect(uploadStats).toMatchObject({ processedFiles: 1 });
    expect([s3.objects(), s3.tornObjects()]).toEqual([namesOf(['content']), []]);
  });

  it('fault 16: a file of a manifest that is gone: the others are stored, and every error is told', async () => {
    const files = { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' };
    const root = treeOf({ 'b.txt': 'b' });
    const checkCache = memoryCheckCache();
    const store = await s3.store();
    const request = {
      store,
      root,
      manifest: manifestFor(files),
      checkCache,
      onFileError: 'collect',
    } as const;
    const error = await failureOf(uploadManifestContents(request));
    const errors = (error as Failure & { errors: readonly Failure[] }).errors;
    expect(errors.map(({ kind, path }) => [kind, path])).toEqual([
      ['FileVanished', join(root, 'a.txt')],
      ['FileVanished', join(root, 'c.txt')],
    ]);
    expect(s3.objects()).toEqual(namesOf(['b']));
    const keys = Object.values(files).map(
      (text) => `${s3.bucket()}/${store.cas.key(xxh128(Buffer.from(text)))}`,
    );
    expect(await checkCache.lookup(keys)).toEqual([false, true, false]);
  });

  const content = noise(READ_AGAIN, 7);
  const outside = scratch();
  writeFileSync(join(outside, 'secret'), content);
  const kinds: [string, (path: string) => void][] = [
    ['directory', (path) => mkdirSync(path)],
    ['FIFO', (path) => execFileSync('mkfifo', [path])],
    ['socket', (path) => void sockets.push(createServer().listen(path))],
    ['symlink to outside', (path) => symlinkSync(join(outside, 'secret'), path)],
    ['symlink to a device', (path) => symlinkSync('/dev/zero', path)],
  ];
  // Only who may make a device can put one in a file's place.
  const device = join(outside, 'device');
  if (spawnSync('mknod', [device, 'c', '1', '5']).status === 0)
    kinds.push(['device', (path) => execFileSync('mknod', [path, 'c', '1', '5'])]);

  describe.each(CLIENTS)('%s', (client) => {
    it.each(kinds)('fault 18: file replaced by a %s', async (_what, make) => {
      const root = treeOf({ file: content });
      const path = join(root, 'file');
      const hash = xxh128(content);
      s3.proxy().inject({
        match: { operation: 'HeadObject' },
        optional: true,
        fault: () => {
          rmSync(path);
          make(path);
          return undefined;
        },
      });
      const checkCache = memoryCheckCache();
      const store = await s3.store(client);
      const error = await failureOf(submitTree({ store, root, checkCache }));
      expect(error).toMatchObject({ kind: expect.stringMatching(/^(NotAFile|SymlinkEscape)$/), path });
      expect([s3.objects(), s3.manifests()]).toEqual([[], []]);
      expect(await checkCache.lookup([`${s3.bucket()}/${store.cas.key(hash)}`])).toEqual([false]);
    });

    it.each(kinds)('fault 18: a %s in the place of a file of a manifest', async (what, make) => {
      const root = scratch();
      make(join(root, 'file'));
      const store = await s3.store(client);
      const run = uploadManifestContents({ store, root, manifest: manifestFor({ file: content }) });
      // Inputs follow links, as the scanner does.
      if (what === 'symlink to outside') {
        expect(await run).toMatchObject({ processedFiles: 1 });
        expect(s3.tornObjects()).toEqual([]);
        return;
      }
      expect(await failureOf(run)).toMatchObject({ kind: 'NotAFile', path: join(root, 'file') });
      expect(s3.proxy().count('PutObject')).toBe(0);
    });
  });
});
