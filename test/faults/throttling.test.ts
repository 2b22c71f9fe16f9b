/** A store that asks for a lower rate, or fails now and then (spec/storage.md section 7, faults 1 to 3). */
import { expect, it } from 'vitest';
import { hintFor } from '../../src/backends/s3/hints.js';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { systemClock } from '../../src/pipeline/clock.js';
import type { Clock } from '../../src/pipeline/types.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise } from '../support/contents.js';
import { latency } from '../support/fault.js';
import type { ProxiedRequest } from '../support/fault-log.js';
import { requireServer } from '../support/require-server.js';
import { internalError, slowDown } from '../support/s3-faults.js';
import { CLIENTS, failureOf, MIB, namesOf, PART, SOAK, treeOf, useS3 } from './support.js';

/** Tries of a throttled call that the product makes when nothing is set. */
const THROTTLE_TRIES = 12;
/** The longest time between two tries. */
const MAX_BACKOFF_MS = 30_000;

const texts = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`d${index % 7}/f${index}`, `text ${index}`]),
  );

/** Puts in flight whenever one began. */
function puttingAtOnce(requests: readonly ProxiedRequest[]): { atMs: number; atOnce: number }[] {
  const puts = requests.filter(({ operation }) => operation === 'PutObject');
  return puts.map(({ startedMs: atMs }) => ({
    atMs,
    atOnce: puts.filter(({ startedMs, endedMs = Infinity }) => startedMs <= atMs && endedMs > atMs).length,
  }));
}

function countsByKey(requests: readonly ProxiedRequest[]): number[] {
  const counts = new Map<string, number>();
  for (const { key } of requests) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts.values()];
}

requireServer('versitygw')('a store under load', () => {
  const s3 = useS3();

  const timeout = SOAK ? 600_000 : 60_000;
  it('fault 01: 503 SlowDown on half of the requests for a while, 64 parallel', { timeout }, async () => {
    const forMs = SOAK ? 60_000 : 2500;
    const files = texts(SOAK ? 5000 : 360);
    const slow = latency(300);
    const rule = s3.proxy().inject({ name: 'half', chance: 0.5, forMs, fault: { ...slow, ...slowDown() } });
    s3.proxy().inject({ name: 'latency', times: 'always', fault: slow });
    const store = await s3.store('direct', { uploadRetry: {}, downloadRetry: {}, maxConnections: 64 });
    const root = treeOf(files);
    const { uploadStats } = await submitTree({ store, root, concurrency: 64, existence: 'put' });

    // No item failed, and none was given up before its tries were used.
    expect(uploadStats).toMatchObject({ totalFiles: Object.keys(files).length, failedFiles: 0 });
    expect(s3.objects()).toEqual(namesOf(Object.values(files)));
    expect(s3.manifests()).toHaveLength(1);
    expect(rule.struck).toBeGreaterThan(50);
    const throttled = s3.requests('PutObject').filter(({ status }) => status === 503);
    expect(Math.max(...countsByKey(throttled))).toBeLessThan(THROTTLE_TRIES);

    const puts = puttingAtOnce(s3.proxy().requests);
    const endMs = Math.max(...throttled.map(({ endedMs = 0 }) => endedMs));
    const peak = (fromMs: number, toMs: number): number =>
      Math.max(...puts.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ atOnce }) => atOnce));
    const [before, low] = [peak(0, endMs), peak(endMs + 400, endMs + 1200)];
    const after = peak(endMs + 2500, Number.POSITIVE_INFINITY);
    expect(before).toBeGreaterThan(32);
    expect(low, 'it falls').toBeLessThanOrEqual(before / 2);
    expect(after, 'and recovers').toBeGreaterThan(low);
  });

  it.each(CLIENTS)('fault 02: 503 on everything, for ever (%s)', async (client) => {
    s3.proxy().inject({ times: 'always', fault: slowDown() });
    const slept: number[] = [];
    // Waits are noted, not waited for.
    const clock: Clock = { ...systemClock, sleep: async (ms) => void slept.push(ms) };
    const store = await s3.store(client, { uploadRetry: {}, downloadRetry: {}, clock });
    const error = await failureOf(submitTree({ store, root: treeOf({ 'a.txt': 'a' }) }));

    expect(error).toMatchObject({ kind: 'Throttled', httpStatus: 503 });
    expect(error).toMatchObject({
      attempts: THROTTLE_TRIES,
      hint: expect.stringContaining('maxConnections'),
    });
    expect(s3.proxy().requests).toHaveLength(THROTTLE_TRIES);
    expect(slept.filter((ms) => ms > 0).length).toBeGreaterThanOrEqual(THROTTLE_TRIES - 1);
    expect(Math.max(...slept)).toBeLessThanOrEqual(MAX_BACKOFF_MS);
    expect([s3.objects(), s3.manifests()]).toEqual([[], []]);
  });

  it.each(CLIENTS)('fault 02: 503 on everything once an upload in parts has begun (%s)', async (client) => {
    const settings = { throttleMaxAttempts: 4, throttleInitialMs: 1, maxBackoffMs: 20 };
    s3.proxy().inject({
      match: { operation: ['UploadPart', 'PutObject'] },
      times: 'always',
      fault: slowDown(),
    });
    const store = await s3.store(client, { uploadRetry: settings, partSizeBytes: PART });
    const files = { large: noise(2 * PART + MIB, 1), 'small.txt': 'small' };
    const error = await failureOf(submitTree({ store, root: treeOf(files), onFileError: 'collect' }));

    const errors = (error as { errors?: readonly unknown[] }).errors ?? [error];
    for (const each of errors) expect(each).toMatchObject({ kind: 'Throttled', attempts: 4 });
    expect(errors).toHaveLength(2);
    expect(s3.proxy().count('PutObject')).toBe(4);
    expect(s3.proxy().count('UploadPart')).toBeLessThanOrEqual(3 * 4);
    expect([s3.objects(), s3.manifests(), await s3.uploads()]).toEqual([[], [], []]);
  });

  it.each(CLIENTS)('fault 03: HEAD 500 then 404 (%s)', async (client) => {
    s3.proxy().inject({ match: { operation: 'HeadObject' }, times: 2, fault: internalError() });
    const checkCache = memoryCheckCache();
    const store = await s3.store(client);
    const { uploadStats } = await submitTree({ store, root: treeOf({ 'a.txt': 'a' }), checkCache });

    expect(uploadStats).toMatchObject({ processedFiles: 1, skippedFiles: 0 });
    expect(s3.requests('HeadObject').map(({ status }) => status)).toEqual([500, 500, 404]);
    expect(s3.requests('PutObject').filter(({ key }) => key.includes('/Data/'))).toHaveLength(1);
    expect([s3.objects(), s3.manifests().length]).toEqual([namesOf(['a']), 1]);
  });

  it('fault 03: HEAD 500 for ever fails the file, and is never taken for "absent"', async () => {
    s3.proxy().inject({ match: { operation: 'HeadObject' }, times: 3, fault: internalError() });
    const store = await s3.store();
    const error = await failureOf(submitTree({ store, root: treeOf({ 'a.txt': 'a' }) }));
    expect(error).toMatchObject({ kind: 'ServiceError', httpStatus: 500, attempts: 3 });
    expect(error.hint).toContain(hintFor('service-error').split(':')[0]);
    expect(s3.proxy().count('PutObject')).toBe(0);
    expect([s3.objects(), s3.manifests()]).toEqual([[], []]);
  });
});
