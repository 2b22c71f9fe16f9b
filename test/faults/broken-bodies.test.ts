/** Bodies that break, end early or are not what they should be (spec/storage.md section 7, faults 5 to 9). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { downloadManifestContents, uploadManifestContents } from '../../src/presets/contents.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise, partFiles } from '../support/contents.js';
import { cutRequest, cutResponse, type Fault, garbleResponse } from '../support/fault.js';
import type { ProxiedRequest } from '../support/fault-log.js';
import { requireServer } from '../support/require-server.js';
import {
  CLIENTS,
  entryOf,
  failureOf,
  filesIn,
  MIB,
  manifestFor,
  namesOf,
  ROOT_PREFIX,
  recordedLog,
  recordedProgress,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const describeS3 = requireServer('versitygw');
const isData = ({ key }: { readonly key: string }): boolean => key.startsWith(`${ROOT_PREFIX}/Data/`);
/** Above this, an object is fetched in ranges. */
const WHOLE = 32 * MIB;

describeS3.each([
  ['HTTP', false],
  ['HTTPS', true],
] as const)('bodies on their way up, over %s', (_transport, tls) => {
  const s3 = useS3({ tls });

  it.each(CLIENTS)('fault 05: connection reset in the middle of a PUT body (%s)', async (client) => {
    // One that is kept from hashing, and one that is read again from its file.
    const files = { small: noise(2 * MIB, 1), large: noise(9 * MIB, 2) };
    const sizes = Object.values(files).map(({ length }) => length);
    const total = 11 * MIB;
    const cut = { where: isData, operation: 'PutObject' } as const;
    s3.proxy().inject({ match: cut, fault: cutRequest(MIB + 1) });
    s3.proxy().inject({ match: cut, fault: cutRequest(MIB + 2, 'close') });
    const { onProgress, problems, bytes } = recordedProgress();
    const store = await s3.store(client);
    const { uploadStats } = await submitTree({ store, root: treeOf(files), onProgress });

    expect(uploadStats).toMatchObject({ processedFiles: 2, processedBytes: total });
    expect([s3.objects(), s3.tornObjects()]).toEqual([namesOf(Object.values(files)), []]);
    const puts = s3.requests('PutObject').filter(isData);
    expect(puts).toHaveLength(4);
    expect(
      puts
        .filter(({ status }) => status === 200)
        .map(({ requestBytes }) => requestBytes)
        .sort(),
    ).toEqual([...sizes].sort());
    expect([problems, bytes.at(-1)]).toEqual([[], total]);
  });

  it.each(CLIENTS)(
    'fault 05: the bytes told add up to the object, whatever was sent twice (%s)',
    async (client) => {
      const root = treeOf({ file: noise(9 * MIB, 3) });
      s3.proxy().inject({ match: { operation: 'PutObject' }, times: 2, fault: cutRequest(5 * MIB) });
      const { client: port, cas } = await s3.store(client);
      const hash = xxh128(readFileSync(join(root, 'file')));
      let told = 0;
      let most = 0;
      const onBytes = (delta: number): void => {
        told += delta;
        most = Math.max(most, told);
      };
      await port.putObjectFromFile(s3.bucket(), cas.key(hash), join(root, 'file'), { xxh128: hash, onBytes });
      expect([told, most]).toEqual([9 * MIB, 9 * MIB]);
      expect(s3.tornObjects()).toEqual([]);
    },
  );
});

describeS3('bodies on their way down', () => {
  const s3 = useS3();

  it.each(CLIENTS)('fault 06: reset in the middle of a GET body (%s)', async (client) => {
    const files = { file: noise(3 * MIB, 4) };
    await s3.putObjects(files.file);
    s3.proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(2 * MIB) });
    const root = scratch();
    const { onProgress, problems } = recordedProgress();
    const store = await s3.store(client);
    const stats = await downloadManifestContents({ store, manifest: manifestFor(files), root, onProgress });

    expect(stats).toMatchObject({ processedFiles: 1, processedBytes: 3 * MIB });
    expect(xxh128(readFileSync(join(root, 'file')))).toBe(xxh128(files.file));
    const [first, second, ...rest] = s3.requests('GetObject');
    expect(rest).toEqual([]);
    expect(first?.headers.range).toBeUndefined();
    const start = Number(/^bytes=(\d+)-3145727$/.exec(second?.headers.range ?? '')?.[1]);
    expect(start).toBeGreaterThan(0);
    expect(start).toBeLessThanOrEqual(2 * MIB);
    expect(second?.headers['if-match']).toMatch(/^"?[0-9a-f]{32}"?$/);
    expect([problems, partFiles(root)]).toEqual([[], []]);
  });

  it('fault 06: what arrives after a resumption is verified like all else', async () => {
    const files = { file: noise(3 * MIB, 5) };
    await s3.putObjects(files.file);
    s3.proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(2 * MIB) });
    s3.proxy().inject({
      match: { operation: 'GetObject', headers: { range: true } },
      fault: garbleResponse(),
    });
    const root = scratch();
    await downloadManifestContents({ store: await s3.store(), manifest: manifestFor(files), root });
    expect(xxh128(readFileSync(join(root, 'file')))).toBe(xxh128(files.file));
    // Cut, resumed and garbled, and once more from the beginning.
    expect(s3.requests('GetObject').map(({ headers }) => headers.range !== undefined)).toEqual([
      ...[false, true, false],
    ]);
  });

  it('fault 06: a range of a large object is resumed within the range', async () => {
    const files = { file: noise(WHOLE + MIB, 6) };
    await s3.putObjects(files.file);
    s3.proxy().inject({
      match: { operation: 'GetObject', headers: { range: 'bytes=16777216-33554431' } },
      fault: cutResponse(3 * MIB),
    });
    const root = scratch();
    await downloadManifestContents({ store: await s3.store(), manifest: manifestFor(files), root });
    expect(xxh128(readFileSync(join(root, 'file')))).toBe(xxh128(files.file));
    const ends = s3.requests('GetObject').map(({ headers }) => /-(\d+)$/.exec(headers.range ?? '')?.[1]);
    expect(ends.filter((end) => end === '33554431')).toHaveLength(2);
    const resumed = s3.requests('GetObject').filter(({ headers }) => headers['if-match'] !== undefined);
    expect(resumed.some(({ headers }) => headers.range?.endsWith('-33554431'))).toBe(true);
  });

  const early: [string, Fault][] = [
    ['reset before Content-Length', cutResponse(700)],
    ['closed before Content-Length', cutResponse(700, 'close')],
    ['closed before the first byte', cutResponse(0, 'close')],
    [
      'no Content-Length, closed',
      { ...cutResponse(700, 'close'), withoutResponseHeaders: ['content-length'] },
    ],
  ];
  describe.each(CLIENTS)('%s', (client) => {
    it.each(early)('fault 07: GET body that ends early: %s', async (_how, fault) => {
      const files = { 'd/file': noise(1000, 7) };
      await s3.putObjects(files['d/file']);
      s3.proxy().inject({ match: { operation: 'GetObject' }, fault });
      const root = scratch();
      const store = await s3.store(client);
      await downloadManifestContents({ store, manifest: manifestFor(files), root });
      expect(readFileSync(join(root, 'd/file'))).toEqual(files['d/file']);
      expect(s3.proxy().count('GetObject')).toBe(2);
    });

    it.each(early)('fault 07: GET bodies that always end early leave no file: %s', async (_how, fault) => {
      const files = { 'd/file': noise(1000, 8) };
      await s3.putObjects(files['d/file']);
      s3.proxy().inject({
        match: { operation: 'GetObject' },
        times: 'always',
        fault: { ...fault, response: { ...fault.response, afterBytes: 0 } },
      });
      const root = scratch();
      const store = await s3.store(client);
      const error = await failureOf(downloadManifestContents({ store, manifest: manifestFor(files), root }));
      expect(error).toMatchObject({ kind: 'Network', attempts: 3, retryable: true });
      expect(s3.proxy().count('GetObject')).toBe(3);
      expect(filesIn(root)).toEqual([]);
    });

    it('fault 08: GET body of right length, wrong content, once', async () => {
      const files = { file: noise(10_000, 9) };
      await s3.putObjects(files.file);
      s3.proxy().inject({ match: { operation: 'GetObject' }, fault: garbleResponse(5000) });
      const root = scratch();
      await downloadManifestContents({ store: await s3.store(client), manifest: manifestFor(files), root });
      expect(readFileSync(join(root, 'file'))).toEqual(files.file);
      const connections = s3.requests('GetObject').map(({ connection }) => connection);
      expect(connections).toHaveLength(2);
      expect(new Set(connections).size, 'the fresh fetch comes over a new connection').toBe(2);
    });

    it('fault 08: GET body of right length, wrong content, twice', async () => {
      const files = { 'd/file': noise(10_000, 10) };
      await s3.putObjects(files['d/file']);
      s3.proxy().inject({ match: { operation: 'GetObject' }, times: 2, fault: garbleResponse(5000) });
      const root = treeOf({ 'd/file': 'what was there' });
      const store = await s3.store(client);
      const error = await failureOf(
        downloadManifestContents({
          ...{ store, root, manifest: manifestFor(files) },
          conflictResolution: 'OVERWRITE',
        }),
      );
      const at = { bucket: s3.bucket(), key: store.cas.key(xxh128(files['d/file'])) };
      expect(error).toMatchObject({
        kind: 'HashMismatch',
        ...at,
        message: expect.stringContaining(
          `"s3://${at.bucket}/${at.key}" is corrupt: its content for "d/file"`,
        ),
      });
      expect(s3.proxy().count('GetObject')).toBe(2);
      expect(filesIn(root)).toEqual(['d/file']);
      expect(readFileSync(join(root, 'd/file'), 'utf8')).toBe('what was there');
    });
  });

  it('fault 08: a large object with wrong content is fetched afresh once, then HashMismatch', async () => {
    const files = { file: noise(WHOLE + MIB, 11) };
    await s3.putObjects(files.file);
    const isLast = ({ headers }: ProxiedRequest): boolean =>
      headers.range?.startsWith(`bytes=${WHOLE}-`) ?? false;
    const last = { operation: 'GetObject', where: isLast } as const;
    s3.proxy().inject({ match: last, fault: garbleResponse() });
    const store = await s3.store();
    const manifest = manifestFor(files);
    const root = scratch();
    await downloadManifestContents({ store, manifest, root });
    expect(xxh128(readFileSync(join(root, 'file')))).toBe(xxh128(files.file));
    expect(s3.proxy().count('GetObject')).toBe(6);

    s3.proxy().inject({ match: last, times: 2, fault: garbleResponse() });
    const empty = scratch();
    const error = await failureOf(downloadManifestContents({ store, manifest, root: empty }));
    expect([error.kind, filesIn(empty)]).toEqual(['HashMismatch', []]);
    expect(s3.proxy().count('GetObject')).toBe(12);
  });
});

describeS3('objects of another size than the manifest says', () => {
  const s3 = useS3();
  const right = 'the right content';

  async function putWrong(): Promise<void> {
    const { client, cas } = await s3.plain();
    await client.putObject(s3.bucket(), cas.key(xxh128(Buffer.from(right))), Buffer.from('torn'));
  }

  it.each(CLIENTS)(
    'fault 09: object size differs: an upload replaces it with a warning (%s)',
    async (client) => {
      await putWrong();
      const { log, said } = recordedLog();
      const checkCache = memoryCheckCache();
      const store = await s3.store(client);
      const { uploadStats } = await submitTree({ store, root: treeOf({ file: right }), log, checkCache });

      expect(uploadStats).toMatchObject({ processedFiles: 1, skippedFiles: 0 });
      expect([s3.objects(), s3.tornObjects()]).toEqual([namesOf([right]), []]);
      expect(said(/4 bytes in the store instead of 17: it is replaced/)).toHaveLength(1);
      const [put] = s3.requests('PutObject').filter(isData);
      expect(put?.headers).not.toHaveProperty('if-none-match');
      const key = `${s3.bucket()}/${store.cas.key(xxh128(Buffer.from(right)))}`;
      expect(await checkCache.lookup([key])).toEqual([true]);
    },
  );

  it.each(CLIENTS)('fault 09: object size differs: a download is SizeMismatch (%s)', async (client) => {
    await putWrong();
    const root = scratch();
    const store = await s3.store(client);
    const error = await failureOf(
      downloadManifestContents({ store, manifest: manifestFor({ file: right }), root }),
    );
    expect(error).toMatchObject({
      kind: 'SizeMismatch',
      bucket: s3.bucket(),
      key: store.cas.key(xxh128(Buffer.from(right))),
    });
    expect(filesIn(root)).toEqual([]);
    expect(s3.proxy().count('GetObject')).toBe(1);
  });

  it('fault 09: a large object that is shorter or longer than the manifest says is SizeMismatch', async () => {
    const content = noise(WHOLE + 3 * MIB, 12);
    const { client, cas } = await s3.plain();
    const entry = entryOf('file', content);
    const manifest = { ...manifestFor({}), paths: [entry], totalSize: entry.size };
    for (const wrong of [content.subarray(0, WHOLE + MIB), Buffer.concat([content, Buffer.alloc(10)])]) {
      await client.putObject(s3.bucket(), cas.key(entry.hash), wrong);
      const root = scratch();
      const error = await failureOf(downloadManifestContents({ store: await s3.store(), manifest, root }));
      expect([error.kind, filesIn(root)]).toEqual(['SizeMismatch', []]);
    }
  });

  it('fault 09: the bytes of a file are compared before they replace anything', async () => {
    await putWrong();
    const store = await s3.store();
    const root = treeOf({ file: 'not the content of the same length'.slice(0, right.length) });
    const error = await failureOf(
      uploadManifestContents({ store, root, manifest: manifestFor({ file: right }) }),
    );
    expect(error.kind).toBe('FileChanged');
    expect(s3.tornObjects()).toEqual(namesOf([right])); // as it was
  });
});
