import { describe, expect, it, vi } from 'vitest';
import type { HashCache, HashQuery } from '../../src/caches/ports.js';
import { CACHE_LOOKUP_DEFAULTS, cacheLookup } from '../../src/stages/cache-lookup.js';
import { gate, turns } from '../support/pipeline.js';
import { entry, runStage, subscribed, WITHOUT_CONTENT } from '../support/stages.js';

type Lookup = HashCache['lookup'];

const knows =
  (...paths: readonly string[]): Lookup =>
  async (queries) =>
    queries.map(({ path, rangeStart }) => (paths.includes(path) ? `${path}@${rangeStart}` : undefined));

it('gives known files their digest, and leaves the others as they are', async () => {
  const lookup = vi.fn(knows('/r/a'));
  const { values, counters } = await runStage(cacheLookup({ lookup }), [entry('a'), entry('b')]);
  expect(values).toEqual([{ ...entry('a'), hashes: ['/r/a@0'], hashedBy: 'cache' }, entry('b')]);
  expect(counters['cacheHits']).toBe(1);
  const [queries] = lookup.mock.calls[0] ?? [];
  expect(queries?.[0]).toEqual({
    path: '/r/a',
    rangeStart: 0,
    rangeEnd: -1,
    size: 3,
    mtimeNs: 1n,
    ctimeNs: 2n,
  });
});

it('passes directories and links without a question', async () => {
  const lookup = vi.fn(knows());
  const { values } = await runStage(cacheLookup({ lookup }), WITHOUT_CONTENT);
  expect(values).toEqual(WITHOUT_CONTENT);
  expect(lookup).not.toHaveBeenCalled();
});

describe('chunks', () => {
  const chunked = (lookup: Lookup, size: number) =>
    runStage(cacheLookup({ lookup }, { chunkSizeBytes: 10 }), [
      entry('a', { size }),
      entry('b', { size: 1 }),
    ]);

  it.each([
    [10, ['/r/a@0']],
    [11, ['/r/a@0', '/r/a@10']],
    [30, ['/r/a@0', '/r/a@10', '/r/a@20']],
  ])('of a file of %d bytes are all asked for', async (size, hashes) => {
    const { values } = await chunked(knows('/r/a', '/r/b'), size);
    expect(values.map((value) => value.hashes)).toEqual([hashes, ['/r/b@0']]);
  });

  it('of which one is not known make the file unknown, and no other', async () => {
    const lookup: Lookup = async (queries) =>
      queries.map(({ rangeStart }) => (rangeStart === 10 ? undefined : 'h'));
    const { values, counters } = await chunked(lookup, 25);
    expect(values.map((value) => value.hashes)).toEqual([undefined, ['h']]);
    expect(counters['cacheHits']).toBe(1);
  });
});

it('asks about many files at once, with two calls at work', async () => {
  const waiting = gate<undefined>();
  let active = 0;
  let peak = 0;
  const sizes: number[] = [];
  const lookup: Lookup = async (queries: readonly HashQuery[]) => {
    sizes.push(queries.length);
    peak = Math.max(peak, ++active);
    await waiting.promise;
    active -= 1;
    return queries.map(() => undefined);
  };
  const run = runStage(
    cacheLookup({ lookup }, { batchFiles: 4 }),
    Array.from({ length: 10 }, (_, index) => entry(`f${index}`)),
  );
  await turns(2);
  waiting.open(undefined);
  expect((await run).values).toHaveLength(10);
  expect([peak, sizes]).toEqual([2, [4, 4, 2]]);
});

it('knows nothing when the cache fails, and says so', async () => {
  const lookup: Lookup = () => Promise.reject(new Error('disk I/O error'));
  const { values, logged } = await runStage(cacheLookup({ lookup }), [entry('a'), entry('b')]);
  expect(values).toEqual([entry('a'), entry('b')]);
  expect(logged).toHaveLength(1);
});

it('gives every lease back when it is left while the cache answers', async () => {
  const waiting = gate<readonly undefined[]>();
  const { subscription, leases, outputs } = subscribed(cacheLookup({ lookup: () => waiting.promise }), [
    entry('a'),
  ]);
  await turns(2);
  subscription.unsubscribe();
  waiting.open([undefined]);
  await turns(2);
  expect([leases.balanced, outputs]).toEqual([true, []]);
});

it.each([0, -1, 1.5, Number.NaN])('refuses batchFiles %d while composing', (batchFiles) => {
  expect(() => cacheLookup({ lookup: knows() }, { batchFiles })).toThrow(
    expect.objectContaining({ code: 'InvalidConfig' }),
  );
  expect(CACHE_LOOKUP_DEFAULTS.batchFiles).toBeGreaterThan(0);
});
