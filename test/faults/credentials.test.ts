/** Requests that are refused for who asks, or when (spec/storage.md section 7, faults 4 and 22 to 24). */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { S3Credentials } from '../../src/backends/s3/settings.js';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { systemClock } from '../../src/pipeline/clock.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise, partFiles } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import { accessDenied, bare, expiredToken, requestTimeTooSkewed, s3Error } from '../support/s3-faults.js';
import {
  CLIENTS,
  failureOf,
  MIB,
  manifestFor,
  namesOf,
  PART,
  ROOT_PREFIX,
  recordedLog,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const describeS3 = requireServer('versitygw');
const MINUTE_MS = 60_000;
const isData = ({ key }: { readonly key: string }): boolean => key.startsWith(`${ROOT_PREFIX}/Data/`);
const texts = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n % 7}/f${n}`, `text ${n}`]));

describeS3.each(CLIENTS)('a refused caller (%s)', (client) => {
  const s3 = useS3();

  it.each(['stop', 'collect'] as const)(
    'fault 04: HEAD 403: the run fails at once (%s)',
    async (onFileError) => {
      s3.proxy().inject({ match: { operation: 'HeadObject' }, times: 'always', fault: bare(403) });
      s3.proxy().inject({ match: { operation: 'GetObject' }, fault: accessDenied() });
      const dir = scratch();
      const checkCache = openCheckCache({ dir });
      checkCache.store(['other-bucket/root/Data/0.xxh128']);
      await checkCache.flush();
      const store = await s3.store(client);
      const root = treeOf(texts(500));
      const request = { store, root, checkCache, onFileError, existence: 'head', concurrency: 8 } as const;
      const error = await failureOf(submitTree(request));

      expect(error).toMatchObject({
        kind: 'AccessDenied',
        httpStatus: 403,
        operation: 'headObject',
        attempts: 1,
      });
      expect(error.hint).toContain('HEAD needs s3:GetObject');
      expect(error.hint).toContain('s3:ListBucket');
      const used = new Set(s3.proxy().requests.map(({ operation }) => operation));
      expect(used).toEqual(new Set(['HeadObject', 'GetObject']));
      expect(s3.proxy().count('HeadObject')).toBeLessThanOrEqual(8);
      expect(s3.proxy().count('GetObject'), 'the reason is asked for once').toBe(1);
      expect([s3.objects(), s3.manifests()]).toEqual([[], []]);
      const keys = namesOf(Object.values(texts(500))).map(
        (name) => `${s3.bucket()}/${ROOT_PREFIX}/Data/${name}`,
      );
      expect(new Set(await checkCache.lookup(keys))).toEqual(new Set([false]));
      expect(await checkCache.lookup(['other-bucket/root/Data/0.xxh128'])).toEqual([true]);
      await checkCache.close();
    },
  );

  it('fault 04: HEAD 403 for the sample of the check cache: the run fails, and the cache stays', async () => {
    const files = texts(50);
    const checkCache = memoryCheckCache();
    const store = await s3.store(client);
    const root = treeOf(files);
    await submitTree({ store, root, checkCache });
    const puts = s3.proxy().count('PutObject');
    s3.proxy().inject({ match: { operation: 'HeadObject' }, times: 'always', fault: bare(403) });
    const error = await failureOf(submitTree({ store, root, checkCache }));
    expect(error).toMatchObject({ kind: 'AccessDenied', hint: expect.stringContaining('HEAD needs') });
    expect([s3.proxy().count('PutObject'), s3.manifests().length]).toEqual([puts, 1]);
    const keys = namesOf(Object.values(files)).map((name) => `${s3.bucket()}/${ROOT_PREFIX}/Data/${name}`);
    expect(new Set(await checkCache.lookup(keys))).toEqual(new Set([true]));
  });

  it.each([
    ['InvalidAccessKeyId', 403, 'InvalidCredentials', 'the access key is wrong or was deleted'],
    ['ExpiredToken', 400, 'ExpiredCredentials', 'sign in again'],
    ['AllAccessDisabled', 403, 'AccessDenied', 'check which credentials are active'],
  ])('the %s that a HEAD hides is told', async (s3Code, httpStatus, kind, hint) => {
    s3.proxy().inject({ match: { operation: 'HeadObject' }, times: 'always', fault: bare(403) });
    const fault = { answer: s3Error(httpStatus, s3Code) };
    s3.proxy().inject({ match: { operation: 'GetObject' }, times: 'always', fault });
    const store = await s3.store(client);
    const error = await failureOf(submitTree({ store, root: treeOf(texts(50)), existence: 'head' }));
    expect(error).toMatchObject({ kind, s3Code, hint: expect.stringContaining(hint) });
  });

  it('a clock that only the document of a GET calls wrong is corrected', async () => {
    s3.proxy().inject({ match: { operation: 'HeadObject' }, fault: bare(403) });
    s3.proxy().inject({ match: { operation: 'GetObject' }, fault: requestTimeTooSkewed(new Date()) });
    const { log, lines } = recordedLog();
    const store = await s3.store(client, { log });
    const { uploadStats } = await submitTree({ store, root: treeOf(texts(1)), existence: 'head' });
    expect(uploadStats).toMatchObject({ processedFiles: 1 });
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      expect.stringMatching(/^debug: headObject ".*": the store answered 403 \(try 1\)$/),
      expect.stringMatching(
        /^debug: getObjectRange ".*": .* 403 RequestTimeTooSkewed: .* \(try 1, request id FAULTPROXY000001\)$/,
      ),
    ]);
  });

  it('fault 04: a 403 on the first upload names what an upload needs', async () => {
    s3.proxy().inject({ match: { operation: 'PutObject' }, times: 'always', fault: accessDenied() });
    const error = await failureOf(submitTree({ store: await s3.store(client), root: treeOf(texts(1)) }));
    expect(error).toMatchObject({ kind: 'AccessDenied', hint: expect.stringContaining('s3:PutObject') });
    expect(s3.proxy().count('PutObject')).toBe(1);
  });

  it('fault 22: credentials expire mid-run, refreshable', async () => {
    let generation = 0;
    const keys = async (): Promise<S3Credentials> => {
      generation += 1;
      return { ...s3.server().credentials, sessionToken: `token-${generation}` };
    };
    // The server knows no session tokens; the proxy plays the part of the service that gave them.
    let asked = 0;
    let expired = false;
    const isOld = (): boolean => {
      asked += 1;
      if (asked === 40) expired = true;
      return expired && generation === 1;
    };
    s3.proxy().inject({ match: { where: isOld }, times: 'always', fault: expiredToken() });
    s3.proxy().inject({ times: 'always', fault: { withoutHeaders: ['x-amz-security-token'] } });
    const files = { ...texts(150), large: noise(2 * PART + MIB, 1) };
    const store = await s3.store(client, { credentials: keys, partSizeBytes: PART });
    const { uploadStats } = await submitTree({ store, root: treeOf(files) });

    expect(uploadStats).toMatchObject({ processedFiles: 151, failedFiles: 0 });
    expect(generation).toBe(2);
    expect(s3.proxy().requests.some(({ status }) => status === 400)).toBe(true);
    expect([s3.objects(), s3.tornObjects(), s3.manifests().length, await s3.uploads()]).toEqual([
      ...[namesOf(Object.values(files)), [], 1, []],
    ]);
  });

  it('fault 22: keys that are about to expire are renewed once, before any request is refused', async () => {
    let generation = 0;
    let laterMs = 0;
    const now = (): number => Date.now() + laterMs;
    const keys = async (): Promise<S3Credentials> => {
      generation += 1;
      return { ...s3.server().credentials, expiration: new Date(now() + 12 * MINUTE_MS) };
    };
    const store = await s3.store(client, { credentials: keys, clock: { ...systemClock, now } });
    await submitTree({ store, root: treeOf(texts(2)) });
    expect(generation).toBe(1);
    laterMs = 8 * MINUTE_MS; // four minutes are left, and the server still takes the time for right
    await submitTree({ store, root: treeOf(texts(100)) });
    expect(generation).toBe(2);
    expect(s3.proxy().requests.filter(({ status = 0 }) => status === 400 || status === 403)).toEqual([]);
  });

  it.each(['stop', 'collect'] as const)(
    'fault 23: credentials expire, not refreshable (%s)',
    async (onFileError) => {
      const files = texts(300);
      const root = treeOf(files);
      const expiring = s3.proxy().inject({ skip: 150, times: 'always', fault: expiredToken() });
      const checkCache = memoryCheckCache();
      const { log, lines } = recordedLog();
      const store = await s3.store(client, { log });
      const request = { store, root, checkCache, existence: 'put', concurrency: 16, log } as const;
      const error = await failureOf(submitTree({ ...request, onFileError }));

      expect(error).toMatchObject({
        kind: 'ExpiredCredentials',
        name: 'StorageError',
        s3Code: 'ExpiredToken',
      });
      expect(error.hint).toContain('completed files are kept');
      expect(error).not.toHaveProperty('errors');
      expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
      expect(expiring.struck, 'no request per file').toBeLessThanOrEqual(2 * 16);
      const stored = s3.objects().length;
      expect(stored).toBeGreaterThan(100);
      expect([s3.manifests(), s3.tornObjects()]).toEqual([[], []]);

      s3.proxy().clear();
      const again = await s3.store(client);
      const { uploadStats } = await submitTree({ store: again, root, checkCache });
      // What was stored stays, also what the server carried out after the run had ended.
      expect(uploadStats).toMatchObject({ totalFiles: 300, failedFiles: 0 });
      expect(uploadStats.skippedFiles).toBeGreaterThanOrEqual(stored);
      expect(s3.requests('PutObject').filter(isData).length).toBeLessThanOrEqual(300 - stored);
      expect([s3.objects().length, s3.tornObjects(), s3.manifests().length]).toEqual([300, [], 1]);
    },
  );

  it('fault 23: a download that meets expired credentials keeps what is written', async () => {
    const files = texts(100);
    await s3.putObjects(...Object.values(files));
    s3.proxy().inject({ skip: 40, times: 'always', fault: expiredToken() });
    const root = scratch();
    const manifest = manifestFor(files);
    const store = await s3.store(client);
    const error = await failureOf(
      downloadManifestContents({ store, manifest, root, onFileError: 'collect' }),
    );
    expect(error).toMatchObject({ kind: 'ExpiredCredentials', name: 'StorageError' });
    expect(partFiles(root)).toEqual([]);
    s3.proxy().clear();
    const again = await s3.store(client);
    const stats = await downloadManifestContents({
      store: again,
      manifest,
      root,
      conflictResolution: 'SKIP',
    });
    expect(stats.skippedFiles).toBeGreaterThan(0);
    expect(stats.processedFiles + stats.skippedFiles).toBe(100);
    for (const [path, text] of Object.entries(files))
      expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });

  it.each([
    ['ahead', 20],
    ['behind', -20],
  ])('fault 24: client clock 20 minutes off: %s', async (_how, minutes) => {
    const now = (): number => Date.now() + minutes * MINUTE_MS;
    const dir = scratch();
    const files = { ...texts(20), large: noise(2 * PART + MIB, 2) };
    const root = treeOf(files);
    const settings = { clock: { ...systemClock, now }, partSizeBytes: PART };
    const store = await s3.store(client, settings);
    const checkCache = openCheckCache({ dir, now });
    const { uploadStats } = await submitTree({ store, root, checkCache, concurrency: 8 });

    expect(uploadStats).toMatchObject({ processedFiles: 21, failedFiles: 0 });
    expect([s3.objects(), s3.tornObjects(), s3.manifests().length]).toEqual([
      namesOf(Object.values(files)),
      [],
      1,
    ]);
    // The real server refuses what is 15 minutes off: that is what was asked before the first answer came, and no more.
    const refused = s3.proxy().requests.filter(({ status }) => status === 403);
    expect(refused[0]?.index).toBe(0);
    expect(refused.length).toBeLessThanOrEqual(8);
    await checkCache.close();

    // Somebody whose clock is right: rows of the future are believed up to a day.
    const right = openCheckCache({ dir });
    const again = await s3.store(client);
    const second = await submitTree({ store: again, root, checkCache: right });
    expect(second.uploadStats).toMatchObject({ processedFiles: 0, skippedFiles: 21 });
    expect(s3.proxy().requests.filter(({ status }) => status === 403)).toEqual(refused);
    await right.close();
  });
});

describe('the check cache and the future', () => {
  it.each([
    ['20 minutes', 20 * MINUTE_MS, true],
    ['a day less a minute', 1439 * MINUTE_MS, true],
    ['a day and a minute', 1441 * MINUTE_MS, false],
  ])('fault 24: a row of %s ahead is tolerated up to a day', async (_what, aheadMs, hit) => {
    const dir = scratch();
    const key = `bucket/root/Data/${xxh128(Buffer.from('a'))}.xxh128`;
    const ahead = openCheckCache({ dir, now: () => Date.now() + aheadMs });
    ahead.store([key]);
    await ahead.close();
    const cache = openCheckCache({ dir });
    expect(await cache.lookup([key])).toEqual([hit]);
    await cache.close();
    rmSync(dir, { recursive: true });
  });
});
