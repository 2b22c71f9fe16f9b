/** Row 43 of the fault table (spec/storage.md section 7): listings of every length, with foreign keys among them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { listOutputManifests } from '../../src/presets/list-outputs.js';
import { JOB } from '../support/outputs.js';
import { requireServer } from '../support/require-server.js';
import { CLIENTS, ROOT_PREFIX, SOAK, useS3 } from './support.js';
import { jobListing, listPages } from './support-listings.js';

const BESIDE = [
  `${ROOT_PREFIX}/Manifests/${JOB.farmId}/${JOB.queueId}/${JOB.jobId}2/step-1/task-1/f/h_output`,
  `${ROOT_PREFIX}/Manifests/${JOB.farmId}/${JOB.queueId}/Inputs/guid/h_input`,
];

requireServer('versitygw')('a listing', () => {
  const s3 = useS3();
  const plant = (keys: readonly string[]): void => {
    for (const key of keys) {
      const file = join(s3.server().directory, s3.bucket(), key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'x');
    }
  };

  it.each(
    [0, 1, 1000, 1001, ...(SOAK ? [100_000] : [])].flatMap((count) =>
      CLIENTS.map((client) => ({ count, client })),
    ),
  )(
    'fault 43: listing of $count keys, foreign ones among them: complete and right selection ($client)',
    { timeout: (SOAK ? 30 : 2) * 60_000 },
    async ({ count, client }) => {
      const { keys, selected } = jobListing(count);
      plant([...keys, ...BESIDE]);
      const store = await s3.store(client, { idleTimeoutMs: 600_000 });
      const found = await listOutputManifests({ ...JOB, store });
      expect(found.map(({ key }) => key)).toEqual(selected);
      expect(s3.proxy().requests).toHaveLength(Math.max(1, Math.ceil(count / 1000)));
      expect(s3.proxy().count('ListObjectsV2')).toBe(s3.proxy().requests.length);
    },
  );

  it.each(CLIENTS)(
    'fault 43: listing of 100,000 keys in pages that the proxy gives: complete, right, streamed (%s)',
    { timeout: 120_000 },
    async (client) => {
      const { keys, selected } = jobListing(100_000);
      s3.proxy().inject({ match: { operation: 'ListObjectsV2' }, times: 'always', fault: listPages(keys) });
      const store = await s3.store(client);
      const found = await listOutputManifests({ ...JOB, store });
      expect(found).toHaveLength(selected.length);
      expect(found.map(({ key }) => key)).toEqual(selected);
      expect(s3.proxy().count('ListObjectsV2')).toBe(100);

      // Whoever takes a page has not made the store give all others, nor does it after he has left.
      const before = s3.proxy().requests.length;
      const taken: number[] = [];
      for await (const page of store.client.listObjects(s3.bucket(), `${ROOT_PREFIX}/Manifests/`)) {
        taken.push(page.length);
        expect(s3.proxy().requests.length - before).toBeLessThanOrEqual(taken.length + 1);
        if (taken.length === 3) break;
      }
      expect(taken).toEqual([1000, 1000, 1000]);
      expect(s3.proxy().requests.length - before).toBeLessThanOrEqual(4);
    },
  );
});
