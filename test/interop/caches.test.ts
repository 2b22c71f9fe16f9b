/** One cache directory for both: what one has hashed and seen stored the other neither reads, nor asks for, nor sends. */
import { mkdtempSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import type { S3ClientName } from '../../src/presets/open-s3-store.js';
import { openStore } from '../../src/presets/open-store.js';
import { type SubmitResult, submitTree } from '../../src/presets/submit-tree.js';
import { cachesReadByPython, type PythonUpload, submittedByPython } from '../support/interop-python.js';
import { type InteropTree, interopTree } from '../support/interop-tree.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const PREFIX = 'DeadlineCloud';
/** Both ask for so many of the objects that a cache knows, to find out whether it is true (spec/storage.md 3.5). */
const SAMPLES = 30;
/** Of the tree's directory `flat`: its files are all different; its link is one of them. */
const LINKS = 3;
const CONTENTS_OF_FLAT = 40;

requireServer('versitygw', 'python')('a cache directory shared with Python', { timeout: 120_000 }, () => {
  const server = useVersity();
  const base = tempDir('interop-caches');
  let tree: InteropTree;
  beforeAll(() => {
    tree = interopTree(base);
  });

  it.each(['direct', 'sdk'] as const)('Python believes what we wrote (%s)', async (client) => {
    const place = newPlace();
    const cold = await submit(place, client);
    expect(cold.hashingStats).toMatchObject({ processedFiles: tree.files.length });
    expect(server().count('PutObject')).toBe(tree.contents + 1);

    await pythonFindsAllKnown(place);
    await weFindAllKnown(place, client); // also what Python has opened and closed again
  });

  it('we believe what Python wrote', async () => {
    const place = newPlace();
    const cold = await submittedByPython(server(), { ...place, root: tree.root });
    // Links find in the cache what their target has just put there, or come first.
    expect(cold.hashing.processed_files).toBeGreaterThanOrEqual(tree.files.length - LINKS);
    expect(cold.uploading.processed_files).toBeGreaterThanOrEqual(tree.contents);

    await weFindAllKnown(place, 'direct');
    await pythonFindsAllKnown(place);
  });

  it('each believes the part that the other wrote', async () => {
    const place = newPlace();
    const half = interopTree(mkdtempSync(join(base, 'half-')));
    await submittedByPython(server(), { ...place, root: join(half.root, 'flat') });
    const { hashingStats, uploadStats } = await submit(place, 'direct', half.root);
    const flat = half.files.filter((path) => path.startsWith('flat/'));
    // Besides the link in that directory, there is one to the same file above it.
    expect(hashingStats).toMatchObject({ skippedFiles: flat.length + 1 });
    expect(uploadStats.processedFiles).toBe(half.contents - CONTENTS_OF_FLAT);
    await pythonFindsAllKnown(place, half);
  });

  interface Place {
    readonly bucket: string;
    readonly prefix: string;
    readonly cacheDir: string;
  }

  function newPlace(): Place {
    server().clearRequests();
    return { bucket: server().newBucket(), prefix: PREFIX, cacheDir: mkdtempSync(join(base, 'cache-')) };
  }

  async function submit(place: Place, client: S3ClientName, root = tree.root): Promise<SubmitResult> {
    const warnings: string[] = [];
    const caches = { dir: place.cacheDir, warn: (message: string) => void warnings.push(message) };
    const [hashCache, checkCache] = [openHashCache(caches), openCheckCache(caches)];
    const settings = { ...server().settings(), client };
    const store = await openStore(`s3://${place.bucket}/${place.prefix}`, { s3: settings });
    const result = await submitTree({ root, store, hashCache, checkCache });
    await Promise.all([hashCache.close(), checkCache.close(), store.close()]);
    expect(warnings).toEqual([]);
    return result;
  }

  async function weFindAllKnown(place: Place, client: S3ClientName): Promise<void> {
    server().clearRequests();
    const { hashingStats, uploadStats } = await submit(place, client);
    const nothing = { processedFiles: 0, processedBytes: 0, skippedFiles: tree.files.length };
    expect({ hashingStats, uploadStats }).toMatchObject({ hashingStats: nothing, uploadStats: nothing });
    expectOnlyAManifest(SAMPLES);
  }

  async function pythonFindsAllKnown(place: Place, of = tree): Promise<void> {
    server().clearRequests();
    const { hashing, uploading, keys } = await submittedByPython(server(), { ...place, root: of.root });
    const nothing = { processed_files: 0, processed_bytes: 0, skipped_files: of.files.length };
    expect({ hashing, uploading }).toMatchObject({ hashing: nothing, uploading: nothing });
    expectOnlyAManifest(SAMPLES);
    await expectReadable(place, of, keys);
  }

  /** One manifest was sent, a sample of the objects was asked for, and nothing else reached the server. */
  function expectOnlyAManifest(samples: number): void {
    const asked = server().requests();
    const sent = asked.filter(({ operation }) => operation !== 'HeadObject');
    expect(sent).toMatchObject([{ operation: 'PutObject', path: expect.stringContaining('/Manifests/') }]);
    expect(asked.length - sent.length).toBe(samples);
  }

  async function expectReadable(place: Place, of: InteropTree, keys: PythonUpload['keys']): Promise<void> {
    const read = await cachesReadByPython(server(), {
      cacheDir: place.cacheDir,
      paths: of.files.map((path) => realpathSync(join(of.root, path))),
      keys: keys.map((key) => `${place.bucket}/${key}`),
    });
    expect(read.integrity).toEqual(['ok', 'ok']);
    expect(read.seen).toEqual(keys.map(() => true));
    const hashes = new Set(keys.map((key) => key.slice(key.lastIndexOf('/') + 1, -'.xxh128'.length)));
    expect(new Set(read.hashes)).toEqual(hashes);
  }
});
