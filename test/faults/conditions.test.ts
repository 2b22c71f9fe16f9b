/** Objects that others store too, and stores that support less than S3 (spec/storage.md section 7, faults 12 to 15). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise, partFiles } from '../support/contents.js';
import { ignoreHeaders } from '../support/fault.js';
import type { ProxiedRequest } from '../support/fault-log.js';
import type { FaultRule } from '../support/fault-rules.js';
import { requireServer } from '../support/require-server.js';
import { bare, invalidRequest, notImplemented } from '../support/s3-faults.js';
import {
  CLIENTS,
  MIB,
  manifestFor,
  namesOf,
  PART,
  ROOT_PREFIX,
  recordedLog,
  SOAK,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const describeS3 = requireServer('versitygw');
const isData = ({ key }: { readonly key: string }): boolean => key.startsWith(`${ROOT_PREFIX}/Data/`);
const hashOf = (content: Uint8Array | string): string => xxh128(Buffer.from(content));

describeS3.each(CLIENTS)('racing writers (%s)', (client) => {
  const s3 = useS3();
  const dataPuts = (): ProxiedRequest[] => s3.requests('PutObject').filter(isData);

  it('fault 12: 412 on a conditional PUT: skipped after a HEAD with the right size', async () => {
    await s3.putObjects('there');
    const checkCache = memoryCheckCache();
    const store = await s3.store(client);
    const root = treeOf({ 'a.txt': 'there', 'b.txt': 'new' });
    const { uploadStats } = await submitTree({ store, root, checkCache, existence: 'put' });

    expect(uploadStats).toMatchObject({ processedFiles: 1, skippedFiles: 1, skippedBytes: 5 });
    const ofThere = s3.proxy().requests.filter(({ key }) => key.includes(hashOf('there')));
    expect(ofThere.map(({ operation, status }) => [operation, status])).toEqual([
      ['PutObject', 412],
      ['HeadObject', 200],
    ]);
    expect(dataPuts().every(({ headers }) => headers['if-none-match'] === '*')).toBe(true);
    expect(await checkCache.lookup([`${s3.bucket()}/${store.cas.key(hashOf('there'))}`])).toEqual([true]);
    expect([s3.objects(), s3.tornObjects()]).toEqual([namesOf(['there', 'new']), []]);
  });

  it('fault 12: 412 and a HEAD with another size: put again without the condition', async () => {
    const { client: port, cas } = await s3.plain();
    await port.putObject(s3.bucket(), cas.key(hashOf('content')), Buffer.from('torn'));
    const store = await s3.store(client);
    const { uploadStats } = await submitTree({ store, root: treeOf({ file: 'content' }), existence: 'put' });
    expect(uploadStats).toMatchObject({ processedFiles: 1, skippedFiles: 0 });
    expect(dataPuts().map(({ status, headers }) => [status, headers['if-none-match']])).toEqual([
      [412, '*'],
      [200, undefined],
    ]);
    expect(s3.tornObjects()).toEqual([]);
  });

  it('fault 12: 412 on Complete: skipped, and the upload in parts is aborted', async () => {
    const content = noise(2 * PART + MIB, 1);
    await s3.putObjects(content);
    s3.proxy().inject({ match: { operation: 'HeadObject' }, fault: bare(404) });
    const store = await s3.store(client, { partSizeBytes: PART });
    const { uploadStats } = await submitTree({ store, root: treeOf({ file: content }) });
    expect(uploadStats).toMatchObject({ processedFiles: 0, skippedFiles: 1 });
    const [complete, ...more] = s3.requests('CompleteMultipartUpload');
    expect([complete?.status, complete?.headers['if-none-match'], more]).toEqual([412, '*', []]);
    expect(s3.proxy().count('AbortMultipartUpload')).toBe(1);
    expect([s3.objects(), s3.tornObjects(), await s3.uploads()]).toEqual([namesOf([content]), [], []]);
  });
});

describe('stores that support less than S3', () => {
  const ignored = ['if-none-match', 'x-amz-mp-object-size', 'x-amz-sdk-checksum-algorithm'];
  for (const name of ['xxhash128', 'crc32', 'type', 'algorithm']) ignored.push(`x-amz-checksum-${name}`);
  const refusing = (header: RegExp, fault: FaultRule['fault']): FaultRule => ({
    name: String(header),
    match: { where: ({ headers }) => Object.keys(headers).some((name) => header.test(name)) },
    ...{ times: 'always', optional: true, fault },
  });
  const stores: [string, FaultRule[]][] = [
    [
      'with 501 to everything',
      [
        refusing(/^if-none-match$/, notImplemented('If-None-Match')),
        refusing(/^x-amz-checksum-xxhash128$/, notImplemented('x-amz-checksum-xxhash128')),
        refusing(/^x-amz-(checksum-type|mp-object-size)$/, notImplemented('x-amz-checksum-type')),
        refusing(/^x-amz-(checksum-crc32|checksum-algorithm)$/, notImplemented('x-amz-checksum-crc32')),
      ],
    ],
    [
      'with 400 that names the checksum',
      [
        refusing(
          /^x-amz-checksum-xxhash128$/,
          invalidRequest('Unsupported header: x-amz-checksum-xxhash128'),
        ),
      ],
    ],
    [
      'and says nothing of it',
      [
        {
          match: { method: 'PUT' },
          ...{ times: 'always', optional: true },
          fault: ignoreHeaders(...ignored),
        },
      ],
    ],
  ];

  describeS3.each(CLIENTS)('%s', (client) => {
    const s3 = useS3();

    it.each(stores)(
      'fault 13: store without conditional writes, checksums or trailers, %s',
      async (_how, rules) => {
        for (const rule of rules) s3.proxy().inject(rule);
        const texts = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, `text ${n}`]));
        const files = { ...texts, large: noise(2 * PART + MIB, 2) };
        const { log, said } = recordedLog();
        const store = await s3.store(client, { partSizeBytes: PART, log });
        const root = treeOf(files);
        const { uploadStats } = await submitTree({ store, root, concurrency: 1, log });

        expect(uploadStats).toMatchObject({ processedFiles: 31, failedFiles: 0 });
        expect([s3.objects(), s3.tornObjects(), s3.manifests().length, await s3.uploads()]).toEqual([
          ...[namesOf(Object.values(files)), [], 1, []],
        ]);
        const dropped = said(/does not support/);
        expect(new Set(dropped).size, 'each feature is dropped once').toBe(dropped.length);
        const refused = s3.proxy().requests.filter(({ status = 0 }) => status === 501 || status === 400);
        expect(refused.length).toBeLessThanOrEqual(rules.length + 1);
        expect(dropped.length).toBeGreaterThan(0);
        const trailers = s3.proxy().requests.filter(({ headers }) => headers['x-amz-trailer'] !== undefined);
        expect(trailers).toEqual([]);

        // The features stay dropped.
        const before = s3.proxy().requests.length;
        await submitTree({ store, root: treeOf({ more: 'more', large: noise(2 * PART + MIB, 4) }), log });
        const later = s3.proxy().requests.slice(before);
        expect(later.filter(({ status = 0 }) => status === 501 || status === 400)).toEqual([]);
        expect(said(/does not support/)).toEqual(dropped);
      },
    );

    it('fault 13: store without conditional writes: what is stored is asked about, and not sent again', async () => {
      s3.proxy().inject(refusing(/^if-none-match$/, notImplemented('If-None-Match')));
      const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, `text ${n}`]));
      const root = treeOf(files);
      await s3.putObjects(...Object.values(files));
      const store = await s3.store(client);
      const { uploadStats } = await submitTree({ store, root, existence: 'put', concurrency: 4 });

      const { processedFiles, skippedFiles } = uploadStats;
      expect(processedFiles + skippedFiles).toBe(100);
      // Those that were on their way when the store said so.
      expect(processedFiles).toBeLessThanOrEqual(8);
      expect(s3.requests('HeadObject').length).toBeGreaterThanOrEqual(skippedFiles);
      expect([s3.objects(), s3.tornObjects()]).toEqual([namesOf(Object.values(files)), []]);
    });
  });
});

describeS3('many at once', () => {
  const s3 = useS3();

  it('fault 14: two submitters upload the same files at once', {
    timeout: SOAK ? 600_000 : 60_000,
  }, async () => {
    const count = SOAK ? 10_000 : 600;
    const files = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`d${n % 10}/f${n}`, `text ${n}`.repeat(1 + (n % 9))]),
    );
    const root = treeOf(files);
    const stores = await Promise.all(CLIENTS.map((client) => s3.store(client)));
    const submits = stores.map((store) => submitTree({ store, root }));
    const [one, two] = (await Promise.all(submits)).map(({ uploadStats }) => uploadStats);

    for (const stats of [one, two]) {
      expect(stats).toMatchObject({ totalFiles: count, failedFiles: 0, status: 'COMPLETE' });
      expect((stats?.processedFiles ?? 0) + (stats?.skippedFiles ?? 0)).toBe(count);
    }
    // Nobody overwrote anybody: each object was made by one of them.
    expect((one?.processedFiles ?? 0) + (two?.processedFiles ?? 0)).toBe(count);
    expect([s3.objects().length, s3.tornObjects()]).toEqual([count, []]);
    expect(s3.manifests()).toHaveLength(2);
    for (const key of s3.manifests()) {
      const path = join(s3.server().directory, s3.bucket(), ROOT_PREFIX, 'Manifests', key);
      const manifest = decodeManifest(readFileSync(path));
      expect(manifest).toMatchObject({ totalSize: one?.totalBytes });
    }
  });

  it.each(CLIENTS)('fault 15: 1,000 files with the same content (%s)', async (client) => {
    const files = Object.fromEntries(
      Array.from({ length: 1000 }, (_, n) => [`d${n % 10}/f${n}`, 'the same']),
    );
    const store = await s3.store(client);
    const { uploadStats } = await submitTree({ store, root: treeOf(files) });
    expect(uploadStats).toMatchObject({ processedFiles: 1, skippedFiles: 999, skippedBytes: 999 * 8 });
    expect(s3.requests('PutObject').filter(isData)).toHaveLength(1);
    expect(s3.objects()).toEqual(namesOf(['the same']));

    const root = scratch();
    const manifest = manifestFor(files);
    const stats = await downloadManifestContents({ store, manifest, root });
    expect(stats).toMatchObject({ processedFiles: 1000, skippedFiles: 0, processedBytes: 8000 });
    expect(s3.proxy().count('GetObject')).toBe(1);
    const written = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(written).toHaveLength(1000);
    for (const { parentPath, name } of written)
      expect(readFileSync(join(parentPath, name), 'utf8')).toBe('the same');
    expect(partFiles(root)).toEqual([]);
  });
});
