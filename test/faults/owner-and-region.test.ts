/** Rows 25 and 26 of the fault table (spec/storage.md section 7): the bucket is somebody else's, or somewhere else. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { listOutputManifests } from '../../src/presets/list-outputs.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { Sandbox } from '../support/cli.js';
import type { Fault } from '../support/fault.js';
import { JOB } from '../support/outputs.js';
import { requireServer } from '../support/require-server.js';
import { authorizationHeaderMalformed, bare, permanentRedirect } from '../support/s3-faults.js';
import { CLIENTS, manifestFor, ROOT_PREFIX, scratch, treeOf, useS3 } from './support.js';

const OTHER_ACCOUNT = '210987654321';
const OWNER_HEADER = 'x-amz-expected-bucket-owner';
const FILES = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [`d${index % 3}/${index}.txt`, `content ${index}`]),
);

requireServer('versitygw')('a bucket of another account', () => {
  const s3 = useS3();
  const sandboxes: Sandbox[] = [];
  afterEach(() => {
    for (const sandbox of sandboxes.splice(0)) sandbox.remove();
  });

  /** Every request named the owner that is expected and was refused, but for the one of the probe. */
  function nothingWasReadOrWritten(): void {
    const [withOwner, without, ...more] = s3.requests('HeadBucket');
    expect(more).toEqual([]);
    expect([withOwner?.headers[OWNER_HEADER], withOwner?.status]).toEqual([OTHER_ACCOUNT, 403]);
    expect([without?.headers[OWNER_HEADER], without?.status]).toEqual([undefined, 200]);
    const others = s3.proxy().requests.filter(({ operation }) => operation !== 'HeadBucket');
    expect(others.length).toBeGreaterThan(0);
    for (const { headers, serverStatus = 403 } of others) {
      expect(headers[OWNER_HEADER]).toBe(OTHER_ACCOUNT);
      expect(serverStatus).toBe(403); // or given up before it was answered, when the run had ended
    }
  }

  const mismatch = {
    kind: 'BucketOwnerMismatch',
    code: 'BucketOwnerMismatch',
    httpStatus: 403,
    message: expect.stringContaining(OTHER_ACCOUNT),
    hint: expect.stringMatching(/owned by another account than 210987654321: fix the name of the bucket/),
  };

  it.each(CLIENTS)('fault 25: bucket in another account, a submission (%s)', async (client) => {
    const store = await s3.store(client, { expectedBucketOwner: OTHER_ACCOUNT });
    const checkCache = memoryCheckCache();
    const root = treeOf(FILES);
    await expect(submitTree({ root, store, checkCache })).rejects.toMatchObject(mismatch);
    nothingWasReadOrWritten();
    expect(s3.server().keys(s3.bucket())).toEqual([]);
    const keys = Object.values(FILES).map(
      (text) => `${s3.bucket()}/${store.cas.key(xxh128(Buffer.from(text)))}`,
    );
    expect(await checkCache.lookup(keys)).not.toContain(true);
  });

  it.each(CLIENTS)('fault 25: bucket in another account, a download and a listing (%s)', async (client) => {
    await s3.putObjects(...Object.values(FILES));
    const before = s3.server().keys(s3.bucket());
    const store = await s3.store(client, { expectedBucketOwner: OTHER_ACCOUNT });
    const root = join(scratch(), 'target');
    const manifest = manifestFor(FILES);
    // Also with `collect` it is one error, not one per file.
    const download = downloadManifestContents({ manifest, root, store, onFileError: 'collect' });
    await expect(download).rejects.toMatchObject(mismatch);
    await expect(listOutputManifests({ ...JOB, store })).rejects.toMatchObject(mismatch);
    nothingWasReadOrWritten();
    expect(
      s3
        .proxy()
        .requests.every(({ operation, responseBytes }) => operation !== 'GetObject' || responseBytes < 1000),
    ).toBe(true);
    expect(
      existsSync(root)
        ? readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        : [],
    ).toEqual([]);
    expect(s3.server().keys(s3.bucket())).toEqual(before);
  });

  it('fault 25: bucket in another account, as the command line says it', async () => {
    const sandbox = new Sandbox();
    sandboxes.push(sandbox);
    sandbox.tree('tree', FILES);
    const { code, stderr } = await sandbox.run(
      [
        ...[
          'submit',
          'tree',
          '--store',
          `s3://${s3.bucket()}/${ROOT_PREFIX}`,
          '--bucket-owner',
          OTHER_ACCOUNT,
        ],
        ...['--s3-endpoint-url', s3.proxy().endpoint, '--progress', 'none'],
      ],
      { env: s3.server().env() },
    );
    expect(code).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/owned by another account than 210987654321/);
    nothingWasReadOrWritten();
    expect(s3.server().keys(s3.bucket())).toEqual([]);
  });
});

requireServer('versitygw')('a bucket in another region', () => {
  const s3 = useS3();
  const manifest = manifestFor(FILES);
  const wrongRegion = {
    kind: 'WrongRegion',
    code: 'WrongRegion',
    retryable: false,
    attempts: 1,
    hint: expect.stringMatching(/is in the region us-east-1: set it$/),
  };

  /** None of them was tried again. */
  function eachOnce(): void {
    const seen = s3.proxy().requests.map(({ method, path, query }) => `${method} ${path}?${query}`);
    expect(new Set(seen).size).toBe(seen.length);
  }

  it.each(CLIENTS)('fault 26: wrong region, as the server itself answers (%s)', async (client) => {
    await s3.putObjects(...Object.values(FILES));
    const before = s3.server().keys(s3.bucket());
    const store = await s3.store(client, { region: 'eu-west-1' });
    const root = join(scratch(), 'target');
    await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject(wrongRegion);
    await expect(listOutputManifests({ ...JOB, store })).rejects.toMatchObject(wrongRegion);
    const tree = treeOf({ new: 'new' });
    for (const existence of ['head', 'list', 'put'] as const)
      await expect(submitTree({ root: tree, store, existence })).rejects.toMatchObject(wrongRegion);
    eachOnce();
    expect(s3.server().keys(s3.bucket())).toEqual(before);
  });

  const answers: readonly (readonly [string, Fault])[] = [
    ['301 PermanentRedirect', permanentRedirect('us-east-1')],
    ['301 without a document', bare(301, { 'x-amz-bucket-region': 'us-east-1' })],
    ['307 without a document', bare(307, { 'x-amz-bucket-region': 'us-east-1' })],
    ['400 AuthorizationHeaderMalformed', authorizationHeaderMalformed('us-east-1')],
  ];
  it.each(CLIENTS.flatMap((client) => answers.map(([answer, fault]) => ({ client, answer, fault }))))(
    'fault 26: wrong region, S3 says $answer, to a HEAD too ($client)',
    async ({ client, fault }) => {
      s3.proxy().inject({ times: 'always', fault });
      const store = await s3.store(client, { region: 'eu-west-1' });
      const submission = submitTree({ root: treeOf(FILES), store, existence: 'head' });
      await expect(submission).rejects.toMatchObject(wrongRegion);
      expect(s3.proxy().count('PutObject')).toBe(0);
      eachOnce();
      expect(s3.server().keys(s3.bucket())).toEqual([]);
    },
  );
});
