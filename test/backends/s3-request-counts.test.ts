/** What a submission of 20,000 files asks of a real S3 server, counted in the server's access log (spec/storage.md 3.3, 3.5). */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { SummaryStatistics } from '../../src/model/statistics.js';
import { openStore } from '../../src/presets/open-store.js';
import { type SubmitOptions, submitTree } from '../../src/presets/submit-tree.js';
import type { LoggedRequest } from '../support/access-log.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const FILES = 20_000;
const PER_FOLDER = 1000;
const SAME = 1000;
const PREFIX = 'root';
const MINUTES = { timeout: 3 * 60_000 };
const base = tempDir('request-counts');
const contents = Array.from({ length: FILES }, (_, index) => Buffer.from(`content ${index}`));

requireServer('versitygw')('requests of a submission', () => {
  const server = useVersity();
  let tree = '';
  let filled: string | undefined;
  beforeAll(() => {
    tree = treeOf(contents);
  });

  it('20,000 unknown files in an empty bucket: at most 300 beside their PUTs', MINUTES, async () => {
    const bucket = server().newBucket();
    const { stats, requests } = await submitted(bucket, tree);
    expect(stats).toMatchObject({ totalFiles: FILES, processedFiles: FILES });
    expect(requests.filter(isObjectPut)).toHaveLength(FILES);
    expect(objectsIn(bucket)).toEqual(namesOf(contents));
    const others = requests.filter((request) => !isObjectPut(request));
    expect(others.length).toBeLessThanOrEqual(300);
    expect(others.filter(({ operation }) => operation === 'PutObject')).toHaveLength(1);
    filled = bucket;
  });

  it.each(['direct', 'sdk'] as const)(
    '20,000 files that are stored but in no cache: at most 300, and in a trusted cache at most 40 (%s)',
    MINUTES,
    async (client) => {
      const bucket = await filledBucket();
      const checkCache = openCheckCache({ dir: mkdtempSync(join(base, 'cache-')), warn: expect.unreachable });
      try {
        const stored = await submitted(bucket, tree, { client, checkCache });
        expect(stored.stats).toMatchObject({ processedFiles: 0, skippedFiles: FILES });
        expect(stored.requests.length).toBeLessThanOrEqual(300);
        const trusted = await submitted(bucket, tree, { client, checkCache });
        expect(trusted.stats).toMatchObject({ processedFiles: 0, skippedFiles: FILES });
        expect(trusted.requests.length).toBeLessThanOrEqual(40);
        const puts = [...stored.requests, ...trusted.requests].filter(({ method }) => method === 'PUT');
        expect(puts.map(({ path }) => path.includes('/Manifests/'))).toEqual([true, true]);
      } finally {
        await checkCache.close();
      }
    },
  );

  it.each(['direct', 'sdk'] as const)('1,000 files of one content: one PUT (%s)', async (client) => {
    const bucket = server().newBucket();
    const same = treeOf(Array.from({ length: SAME }, () => Buffer.from('the same')));
    const { stats, requests } = await submitted(bucket, same, { client });
    expect(stats).toMatchObject({ processedFiles: 1, skippedFiles: SAME - 1 });
    expect(requests.filter(isObjectPut)).toHaveLength(1);
  });

  interface Submission extends Pick<SubmitOptions, 'checkCache'> {
    readonly client?: 'direct' | 'sdk';
  }

  /** A submission by a store that knows nothing yet, and everything that reached the server for it. */
  async function submitted(
    bucket: string,
    root: string,
    { client = 'direct', ...options }: Submission = {},
  ): Promise<{ stats: SummaryStatistics; requests: LoggedRequest[] }> {
    const store = await storeIn(bucket, client);
    server().clearRequests();
    try {
      const { uploadStats } = await submitTree({ store, root, ...options });
      return { stats: uploadStats, requests: server().requests() };
    } finally {
      await store.close();
    }
  }

  /** What the first test filled serves the others, which add nothing but manifests; one that runs alone fills its own. */
  async function filledBucket(): Promise<string> {
    if (filled !== undefined) return filled;
    const bucket = server().newBucket();
    const store = await storeIn(bucket);
    const rest = contents.values();
    const lane = async (): Promise<void> => {
      for (const bytes of rest) await store.client.putObject(bucket, store.cas.key(xxh128(bytes)), bytes);
    };
    await Promise.all(Array.from({ length: 64 }, lane));
    await store.close();
    filled = bucket;
    return bucket;
  }

  const storeIn = (bucket: string, client: 'direct' | 'sdk' = 'direct') =>
    openStore(`s3://${bucket}/${PREFIX}`, { s3: { ...server().settings(), client } });
  const objectsIn = (bucket: string): string[] =>
    server()
      .keys(bucket)
      .filter((key) => key.includes('/Data/'));
});

const isObjectPut = ({ operation, path }: LoggedRequest): boolean =>
  operation === 'PutObject' && path.includes('/Data/');

function namesOf(bodies: readonly Uint8Array[]): string[] {
  return bodies.map((bytes) => `${PREFIX}/Data/${xxh128(bytes)}.xxh128`).sort();
}

function treeOf(bodies: readonly Uint8Array[]): string {
  const root = mkdtempSync(join(base, 'tree-'));
  for (const [index, bytes] of bodies.entries()) {
    const folder = join(root, `folder ${Math.floor(index / PER_FOLDER)}`);
    if (index % PER_FOLDER === 0) mkdirSync(folder);
    writeFileSync(join(folder, `${index}.txt`), bytes);
  }
  return root;
}
