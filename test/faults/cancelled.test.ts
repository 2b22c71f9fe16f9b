/** Runs that are cancelled at every stage (spec/storage.md section 7, fault 19). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { CheckCache } from '../../src/caches/ports.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import type { Store } from '../../src/presets/store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { result, Sandbox } from '../support/cli.js';
import { noise, partFiles } from '../support/contents.js';
import { latency } from '../support/fault.js';
import { requireServer } from '../support/require-server.js';
import {
  CLIENTS,
  type Failure,
  failureOf,
  MIB,
  manifestFor,
  nameOf,
  PART,
  ROOT_PREFIX,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const describeS3 = requireServer('versitygw');
const COUNT = 300;
const texts = Object.fromEntries(Array.from({ length: COUNT }, (_, n) => [`d${n % 7}/f${n}`, `text ${n}`]));
/** Longer than a test may take: what is this late is never answered. */
const FOR_EVER_MS = 600_000;

describeS3.each(CLIENTS)('a cancelled run (%s)', (client) => {
  const s3 = useS3();

  /** Aborts with the nth request that matches, which then hangs like those after it. */
  function abortAt(
    stop: AbortController,
    operation: 'PutObject' | 'UploadPart' | 'GetObject',
    nth: number,
  ): void {
    s3.proxy().inject({
      match: { operation },
      ...{ skip: nth - 1, times: 'always' },
      fault: () => {
        queueMicrotask(() => stop.abort());
        return latency(FOR_EVER_MS);
      },
    });
  }

  function expectCancelled(error: Failure): void {
    expect(error).toMatchObject({ code: 'Cancelled', partialStats: { status: 'CANCELLED', failedFiles: 0 } });
    const { processedFiles = -1, skippedFiles = -1, totalFiles = -1 } = error.partialStats ?? {};
    expect(processedFiles).toBeGreaterThanOrEqual(0);
    expect(processedFiles + skippedFiles).toBeLessThanOrEqual(totalFiles);
  }

  /** Contents that a cache says the store holds. */
  async function cached(
    checkCache: CheckCache,
    store: Store,
    contents: readonly string[],
  ): Promise<string[]> {
    const keys = contents.map((text) => `${s3.bucket()}/${store.cas.key(xxh128(Buffer.from(text)))}`);
    const known = await checkCache.lookup(keys);
    return contents.filter((_, index) => known[index]);
  }

  /** Once; a server that stumbles over a part that still arrives says so, and is asked again. */
  function expectAborted(): void {
    const statuses = s3.requests('AbortMultipartUpload').map(({ status }) => status);
    expect(statuses.filter((status) => status !== 500)).toEqual([204]);
    expect(statuses.at(-1)).toBe(204);
  }

  async function expectClean(): Promise<void> {
    expect([s3.tornObjects(), s3.manifests(), await s3.uploads()]).toEqual([[], [], []]);
  }

  it('fault 19: cancelled during hashing', async () => {
    const stop = new AbortController();
    const rows = memoryHashCache();
    const hashCache = {
      ...rows,
      store: (records: Parameters<typeof rows.store>[0]): void => {
        rows.store(records);
        stop.abort();
      },
    };
    const large = Object.fromEntries([1, 2, 3, 4, 5].map((seed) => [`large${seed}`, noise(9 * MIB, seed)]));
    const store = await s3.store(client);
    const error = await failureOf(submitTree({ store, root: treeOf(large), hashCache, signal: stop.signal }));
    expectCancelled(error);
    expect(error.partialStats?.processedFiles).toBe(0);
    expect(s3.proxy().count('PutObject')).toBe(0);
    await expectClean();
  });

  it('fault 19: cancelled during small uploads', async () => {
    const stop = new AbortController();
    abortAt(stop, 'PutObject', 100);
    const checkCache = memoryCheckCache();
    const store = await s3.store(client);
    const root = treeOf(texts);
    const run = submitTree({
      store,
      root,
      checkCache,
      existence: 'put',
      concurrency: 16,
      signal: stop.signal,
    });
    const error = await failureOf(run);

    expectCancelled(error);
    const { processedFiles = 0 } = error.partialStats ?? {};
    expect(processedFiles).toBeGreaterThan(50);
    expect(processedFiles).toBeLessThanOrEqual(s3.objects().length);
    expect(s3.proxy().count('PutObject')).toBeLessThanOrEqual(100 + 16);
    // What the cache knows is there, and what the run counted is known to the cache.
    const known = await cached(checkCache, store, Object.values(texts));
    expect(known.length).toBeGreaterThanOrEqual(processedFiles);
    expect(s3.objects()).toEqual(expect.arrayContaining(known.map(nameOf)));
    await expectClean();

    s3.proxy().clear();
    const { uploadStats } = await submitTree({ store, root, checkCache });
    expect(uploadStats).toMatchObject({ totalFiles: COUNT, skippedFiles: expect.any(Number) });
    expect(uploadStats.skippedFiles).toBeGreaterThanOrEqual(processedFiles);
    expect([s3.objects().length, s3.tornObjects(), s3.manifests().length]).toEqual([COUNT, [], 1]);
  });

  it.each([
    ['an aborted signal', 'signal'],
    ['a callback that answers false', 'progress'],
  ])('fault 19: cancelled during multipart, by %s', async (_how, by) => {
    const stop = new AbortController();
    abortAt(stop, 'UploadPart', 3);
    const content = noise(4 * PART, 1);
    const checkCache = memoryCheckCache();
    const store = await s3.store(client, { partSizeBytes: PART });
    const cancel =
      by === 'signal'
        ? { signal: stop.signal }
        : { onProgress: () => (stop.signal.aborted ? false : undefined) };
    const error = await failureOf(submitTree({ store, root: treeOf({ content }), checkCache, ...cancel }));

    expectCancelled(error);
    expect(s3.proxy().count('CompleteMultipartUpload')).toBe(0);
    expectAborted();
    expect(s3.objects()).toEqual([]);
    expect(await checkCache.lookup([`${s3.bucket()}/${store.cas.key(xxh128(content))}`])).toEqual([false]);
    // The abort was answered. A part that still arrives then makes this server list the upload again, which S3 does not.
    expect([s3.tornObjects(), s3.manifests()]).toEqual([[], []]);
  });

  it.each([
    ['small files', texts],
    ['a large file', { large: noise(33 * MIB, 2) }],
  ] as [string, Record<string, string | Buffer>][])(
    'fault 19: cancelled during download of %s',
    async (what, files) => {
      await s3.putObjects(...Object.values(files));
      const stop = new AbortController();
      abortAt(stop, 'GetObject', what === 'small files' ? 100 : 2);
      const store = await s3.store(client);
      const root = scratch();
      const manifest = manifestFor(files);
      const error = await failureOf(
        downloadManifestContents({ store, manifest, root, concurrency: 16, signal: stop.signal }),
      );
      expectCancelled(error);
      const written = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      expect(written.length).toBe(error.partialStats?.processedFiles);
      for (const { parentPath, name } of written) {
        const path = join(parentPath, name);
        expect(readFileSync(path)).toEqual(Buffer.from(files[path.slice(root.length + 1)] ?? 'unknown'));
      }
      expect(partFiles(root)).toEqual([]);

      s3.proxy().clear();
      const again = await downloadManifestContents({ store, manifest, root, conflictResolution: 'SKIP' });
      expect(again).toMatchObject({
        processedFiles: Object.keys(files).length - written.length,
        skippedFiles: written.length,
      });
    },
  );
});

describeS3('a process that is told to stop', () => {
  const s3 = useS3();
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());

  describe.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s', (signal, exitCode) => {
    it('fault 19: cancelled during multipart', async () => {
      sandbox.tree('tree', { large: noise(40 * MIB, 3) });
      s3.proxy().inject({
        match: { operation: 'UploadPart' },
        skip: 1,
        times: 'always',
        fault: latency(FOR_EVER_MS),
      });
      const where = [
        '--store',
        `s3://${s3.bucket()}/${ROOT_PREFIX}`,
        '--s3-endpoint-url',
        s3.proxy().endpoint,
      ];
      const args = ['submit', 'tree', ...where, '--json=envelope', '--progress', 'none'];
      const child = sandbox.start(args, { env: s3.server().env() });
      const ended = result(child);
      await expect.poll(() => s3.proxy().count('UploadPart'), { timeout: 30_000 }).toBeGreaterThan(1);
      child.kill(signal);
      const { code, stdout } = await ended;
      expect(code).toBe(exitCode);
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ status: 'cancelled', error: { code: 'Cancelled' } },
        stats: { hashing: null, upload: { processed_files: 0, total_files: 1 } },
      });
      expect([s3.objects(), s3.manifests(), await s3.uploads()]).toEqual([[], [], []]);
    });

    it('fault 19: cancelled during download', async () => {
      const files = { small: 'small', large: noise(33 * MIB, 4) };
      await s3.putObjects(...Object.values(files));
      const path = sandbox.write('manifest', Buffer.from(encodeManifest(manifestFor(files))));
      s3.proxy().inject({
        match: { operation: 'GetObject', headers: { range: true } },
        skip: 1,
        times: 'always',
        fault: latency(FOR_EVER_MS),
      });
      const where = [
        '--store',
        `s3://${s3.bucket()}/${ROOT_PREFIX}`,
        '--s3-endpoint-url',
        s3.proxy().endpoint,
      ];
      const target = sandbox.join(`target-${signal}`);
      const args = [
        'attachment',
        'download',
        '-m',
        path,
        '--destination',
        target,
        ...where,
        '--progress',
        'none',
      ];
      const child = sandbox.start(args, { env: s3.server().env() });
      const ended = result(child);
      await expect.poll(() => s3.proxy().count('GetObject'), { timeout: 30_000 }).toBe(4);
      await expect.poll(() => existsSync(join(target, 'small')), { timeout: 30_000 }).toBe(true);
      child.kill(signal);
      expect((await ended).code).toBe(exitCode);
      expect(readdirSync(target, { recursive: true })).toEqual(['small']);
    });
  });
});
