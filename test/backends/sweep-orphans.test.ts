import { expect, it } from 'vitest';
import { withFaults } from '../../src/backends/faults.js';
import { MemoryClient } from '../../src/backends/memory.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { sweepOrphans } from '../../src/backends/sweep-orphans.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { failure } from '../support/failing-puts.js';

const HOUR_MS = 3_600_000;
const NOW = 1_900_000_000_000;
const location = { bucket: 'bucket', rootPrefix: 'root' };
const clock = { now: () => NOW, monotonic: () => 0, sleep: async () => undefined };

/** A store with an upload per entry: its key, and how many hours ago it was opened. */
async function storeWith(...uploads: [string, number][]) {
  let now = NOW;
  const store = new MemoryClient({ xxh128: hasher, buckets: ['bucket'], now: () => now });
  for (const [key, hours] of uploads) {
    now = NOW - hours * HOUR_MS;
    await store.createMultipart('bucket', key);
  }
  return store;
}

async function left(client: StorageClient): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of client.listMultipart('bucket', '')) keys.push(...page.map(({ key }) => key));
  return keys;
}

const uploads: [string, number][] = [
  ['root/Data/old', 25],
  ['root/Data/older', 900],
  ['root/Data/young', 23],
  ['root/Manifests/old', 25],
  ['root2/Data/old', 25],
  ['other/old', 25],
];

it('aborts what is older than a day below the data prefix, and says what it was', async () => {
  const store = await storeWith(...uploads);
  const swept = await sweepOrphans(store, location, { clock });
  expect(swept.aborted.map(({ key }) => key)).toEqual(['root/Data/old', 'root/Data/older']);
  expect(swept).toMatchObject({ failed: [], kept: 1 });
  expect(await left(store)).toEqual(['other/old', 'root/Data/young', 'root/Manifests/old', 'root2/Data/old']);
});

it.each([
  ['another prefix', { prefix: 'Manifests/' }, ['root/Manifests/old']],
  ['everything below the root', { prefix: '' }, ['root/Data/old', 'root/Data/older', 'root/Manifests/old']],
  ['another age', { olderThanHours: 22 }, ['root/Data/old', 'root/Data/older', 'root/Data/young']],
  ['a day is not yet older than a day', { olderThanHours: 25 }, ['root/Data/older']],
])('%s', async (_case, options, expected) => {
  const swept = await sweepOrphans(await storeWith(...uploads), location, { clock, ...options });
  expect(swept.aborted.map(({ key }) => key)).toEqual(expected);
});

it('follows a data prefix of its own', async () => {
  const store = await storeWith(['root/Cas/old', 25], ['root/Data/old', 25]);
  const swept = await sweepOrphans(store, { ...location, casPrefix: 'Cas' }, { clock });
  expect(swept.aborted.map(({ key }) => key)).toEqual(['root/Cas/old']);
});

it('a dry run only says what it would do', async () => {
  const store = await storeWith(...uploads);
  const swept = await sweepOrphans(store, location, { clock, dryRun: true });
  expect(swept.aborted).toHaveLength(2);
  expect(await left(store)).toHaveLength(6);
});

it('one that cannot be aborted does not keep the others', async () => {
  const store = await storeWith(
    ...Array.from({ length: 30 }, (_, n): [string, number] => [`root/Data/${n}`, 48]),
  );
  const denied = failure('AccessDenied');
  const faulty = withFaults(store, ({ method, number }) =>
    method === 'abortMultipart' && number === 3 ? { kind: 'before', error: denied } : undefined,
  );
  const swept = await sweepOrphans(faulty, location, { clock });
  expect(swept.aborted).toHaveLength(29);
  expect(swept.failed).toEqual([
    { upload: expect.objectContaining({ uploadId: expect.any(String) }), error: denied },
  ]);
  expect(await left(store)).toEqual([swept.failed[0]?.upload.key]);
});

it('ends when it is cancelled, and with the error of the listing', async () => {
  const store = await storeWith(...uploads);
  const cancelled = sweepOrphans(store, location, { clock, signal: AbortSignal.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: 'Cancelled' });
  const elsewhere = sweepOrphans(store, { ...location, bucket: 'none' }, { clock });
  await expect(elsewhere).rejects.toMatchObject({ kind: 'BucketNotFound' });
  expect(await left(store)).toHaveLength(6);
});

it.each([-1, Number.NaN])('%d hours are refused', async (olderThanHours) => {
  await expect(sweepOrphans(await storeWith(), location, { olderThanHours })).rejects.toMatchObject({
    code: 'InvalidConfig',
    option: 'olderThanHours',
  });
});
