/** Row 47 of the fault table (spec/storage.md section 7): a proxy or a captive portal answers instead of the store, with 200 and a page. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { listOutputManifests } from '../../src/presets/list-outputs.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise, partFiles } from '../support/contents.js';
import { JOB } from '../support/outputs.js';
import { requireServer } from '../support/require-server.js';
import { html200 } from '../support/s3-faults.js';
import type { S3Operation } from '../support/s3-request.js';
import {
  CLIENTS,
  failureOf,
  MIB,
  manifestFor,
  nameOf,
  namesOf,
  PART,
  ROOT_PREFIX,
  recordedLog,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const PAGE = '<!DOCTYPE html><html><body>Please sign in to the network.</body></html>';
/** A page that stands in a file, and so has a time. */
const staticPage = {
  answer: {
    status: 200,
    headers: {
      ...{ 'content-type': 'text/html', 'content-length': String(PAGE.length) },
      'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
    },
  },
};
/** One is empty, and one is as long as the page. */
const FILES: Readonly<Record<string, string>> = {
  a: 'content a',
  empty: '',
  'as long': 'x'.repeat(PAGE.length),
};
const MORE = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`${n}`, `content ${n}`]));

requireServer('versitygw').each(CLIENTS)('a captive portal (%s)', (client) => {
  const s3 = useS3();
  const answers = (...operations: readonly S3Operation[]) =>
    s3.proxy().inject({
      ...{ match: operations.length > 0 ? { operation: operations } : {}, times: 'always', fault: html200() },
    });
  const unparsable = {
    kind: 'ServiceError',
    httpStatus: 200,
    attempts: 3,
    hint: expect.stringMatching(/\w/),
  };
  /** Which of the contents the check cache has learned. */
  const learned = async (
    cache: ReturnType<typeof memoryCheckCache>,
    contents: readonly string[],
  ): Promise<string[]> => {
    const keys = contents.map((content) => `${s3.bucket()}/${ROOT_PREFIX}/Data/${nameOf(content)}`);
    const known = await cache.lookup(keys);
    return contents.filter((_, index) => known[index]);
  };

  it('fault 47: HTML with 200 to a LIST: ServiceError (unparsable), never recorded in a cache', async () => {
    await s3.putObjects('content a');
    answers('ListObjectsV2');
    const store = await s3.store(client);
    await expect(listOutputManifests({ ...JOB, store })).rejects.toMatchObject(unparsable);
    expect(s3.proxy().count('ListObjectsV2')).toBe(3);
    const checkCache = memoryCheckCache();
    const submission = submitTree({ root: treeOf(FILES), store, checkCache, existence: 'list' });
    await expect(submission).rejects.toMatchObject(unparsable);
    expect(s3.proxy().count('PutObject')).toBe(0);
    expect(await learned(checkCache, Object.values(FILES))).toEqual([]);
    expect(s3.manifests()).toEqual([]);
  });

  it('fault 47: HTML with 200 to a HEAD: size mismatch path: a warning, and every object is sent', async () => {
    const { 'as long': _same, ...files } = FILES;
    await s3.putObjects('content a');
    s3.proxy().inject({ match: { operation: 'HeadObject' }, times: 'always', fault: staticPage });
    const { said, log } = recordedLog();
    const store = await s3.store(client);
    const { uploadStats } = await submitTree({ root: treeOf(files), store, log, existence: 'head' });
    expect(uploadStats).toMatchObject({ totalFiles: 2, processedFiles: 2, skippedFiles: 0 });
    expect(said(/bytes in the store instead of/)).toHaveLength(2);
    expect(s3.objects()).toEqual(namesOf(Object.values(files)));
    expect(s3.tornObjects()).toEqual([]);
    const puts = s3.requests('PutObject').filter(({ key }) => key.includes('/Data/'));
    expect(puts.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
  });

  it.each(Object.keys(FILES))(
    'fault 47: HTML with 200 to a HEAD, a page without marks of an object: ServiceError, never recorded (%s)',
    async (path) => {
      const text = FILES[path] ?? '';
      const { answer } = staticPage;
      const headers = { 'content-type': 'text/html', 'content-length': String(text.length) };
      const match = { operation: 'HeadObject' as const };
      s3.proxy().inject({ match, times: 'always', fault: { answer: { ...answer, headers } } });
      const checkCache = memoryCheckCache();
      const store = await s3.store(client);
      const submission = submitTree({ root: treeOf({ [path]: text }), store, checkCache, existence: 'head' });
      await expect(submission).rejects.toMatchObject(unparsable);
      expect(await learned(checkCache, [text])).toEqual([]);
      expect(s3.server().keys(s3.bucket())).toEqual([]);
    },
  );

  it.each(['auto', 'head', 'list', 'put'] as const)(
    'fault 47: HTML with 200 to everything: the submission fails, nothing is recorded (%s)',
    async (existence) => {
      answers();
      const checkCache = memoryCheckCache();
      const store = await s3.store(client, { partSizeBytes: PART });
      const files = { ...FILES, ...MORE };
      const submission = submitTree({ root: treeOf(files), store, checkCache, existence });
      await expect(submission).rejects.toMatchObject(unparsable);
      expect(await learned(checkCache, Object.values(files))).toEqual([]);
      expect(s3.server().keys(s3.bucket())).toEqual([]);
    },
  );

  it('fault 47: HTML with 200 to everything: a large file fails, and nothing of it is recorded', async () => {
    answers();
    const large = noise(2 * PART + MIB, 1);
    const store = await s3.store(client, { partSizeBytes: PART });
    const submission = submitTree({ root: treeOf({ large }), store });
    await expect(submission).rejects.toMatchObject(unparsable);
    expect(s3.proxy().count('UploadPart')).toBe(0);
  });

  it('fault 47: HTML with 200 to a GET: HashMismatch after one fresh fetch, SizeMismatch for another length', async () => {
    answers('GetObject');
    const hashCache = memoryHashCache();
    const root = join(scratch(), 'target');
    const store = await s3.store(client);
    const { empty: _none, ...files } = FILES;
    const manifest = manifestFor(files);
    const request = { manifest, root, store, hashCache, onFileError: 'collect' } as const;
    const failure = await failureOf(downloadManifestContents(request));
    const { errors } = failure as unknown as { errors: { kind: string; path: string }[] };
    const kinds = Object.fromEntries(errors.map(({ kind, path }) => [path, kind]));
    expect(kinds).toEqual({ 'as long': 'HashMismatch', a: 'SizeMismatch' });
    const gets = s3.requests('GetObject').filter(({ key }) => key.endsWith(nameOf(FILES['as long'] ?? '')));
    expect(gets).toHaveLength(2);
    expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
    expect(partFiles(join(root, '..'))).toEqual([]);
  });

  it('fault 47: HTML with 200 to the GET of a range: the download fails, the target is untouched', async () => {
    const large = noise(33 * MIB, 2);
    await s3.putObjects(large);
    answers('GetObject');
    const root = join(scratch(), 'target');
    const store = await s3.store(client);
    const failure = await failureOf(
      downloadManifestContents({ manifest: manifestFor({ large }), root, store }),
    );
    expect(['ServiceError', 'SizeMismatch', 'HashMismatch']).toContain(failure.kind);
    expect(existsSync(root) ? readdirSync(root) : []).toEqual([]);
  });
});
