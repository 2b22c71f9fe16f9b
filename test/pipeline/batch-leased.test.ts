import { from, lastValueFrom, map, type Observable, Subject, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { batchLeased, type Outcome } from '../../src/pipeline/batch-leased.js';
import type { Leased } from '../../src/pipeline/types.js';
import { gates, leased, numbers, testContext, turn } from '../support/pipeline.js';

const same = async (batch: readonly number[]): Promise<Outcome<number>[]> =>
  batch.map((value) => ({ value }));
const values = <T>(input: Observable<Leased<T>>): Promise<T[]> =>
  lastValueFrom(
    input.pipe(
      map(({ value, lease }) => {
        lease.release();
        return value;
      }),
      toArray(),
    ),
  );
const broken = new Error('database is locked');

it.each([
  ['by number', { maxItems: 4, concurrency: 1 }, [4, 4, 2]],
  ['one by one', { maxItems: 1, concurrency: 1 }, Array(10).fill(1)],
  ['by weight', { maxItems: 9, concurrency: 1, weigh: () => 3, maxWeight: 10 }, [3, 3, 3, 1]],
  ['above the weight', { maxItems: 9, concurrency: 1, weigh: () => 30, maxWeight: 10 }, Array(10).fill(1)],
])('cuts batches %s', async (_case, options, sizes) => {
  const work = vi.fn(same);
  const release = vi.fn();
  const items = [...numbers(10)].map((value) => leased(value, release));
  expect(await values(from(items).pipe(batchLeased(testContext(), options, work)))).toEqual([...numbers(10)]);
  expect(work.mock.calls.map(([batch]) => batch.length)).toEqual(sizes);
  expect(release).toHaveBeenCalledTimes(10);
});

it('starts a small batch when no more items come for the moment', async () => {
  const { work, calls } = gates<readonly number[], Outcome<number>[]>();
  const source = new Subject<Leased<number>>();
  const next = vi.fn();
  source.pipe(batchLeased(testContext(), { maxItems: 100, concurrency: 1 }, work)).subscribe(next);
  source.next(leased(1));
  source.next(leased(2));
  expect(calls).toHaveLength(0);
  await turn();
  expect(calls[0]?.value).toEqual([1, 2]);
  source.next(leased(3));
  source.next(leased(4));
  await turn();
  expect(calls).toHaveLength(1); // the only place is taken: they wait together
  calls[0]?.gate.open([{ value: 10 }, { value: 20 }]);
  await turn();
  expect(calls[1]?.value).toEqual([3, 4]);
  expect(next).toHaveBeenCalledTimes(2);
});

it.each([0, Number.NaN])('refuses %s for its bounds', (bound) => {
  const ctx = testContext();
  expect(() => batchLeased(ctx, { maxItems: bound, concurrency: 1 }, same)).toThrow('maxItems');
  expect(() => batchLeased(ctx, { maxItems: 1, concurrency: bound }, same)).toThrow('concurrency');
});

const fails: [string, (batch: readonly number[]) => Promise<Outcome<number>[]>, number[]][] = [
  ['one outcome', async (batch) => batch.map((value) => (value === 4 ? { error: broken } : { value })), [4]],
  [
    'a rejected batch',
    async (batch) => (batch.includes(4) ? Promise.reject(broken) : same(batch)),
    [3, 4, 5],
  ],
  [
    'work that throws at once',
    (batch) => {
      if (batch.includes(4)) throw broken;
      return same(batch);
    },
    [3, 4, 5],
  ],
];

it.each(fails)('collect: %s fails exactly its items', async (_case, work, failed) => {
  const ctx = testContext({ onFileError: 'collect' });
  const release = vi.fn();
  const items = [...numbers(9)].map((value) => leased(value, release));
  const result = await values(from(items).pipe(batchLeased(ctx, { maxItems: 3, concurrency: 1 }, work)));
  expect(result).toEqual([...numbers(9)].filter((value) => !failed.includes(value)));
  expect(ctx.failures.errors).toEqual([broken]);
  expect(release).toHaveBeenCalledTimes(9);
});

it.each(fails)('stop: %s ends the stream and every lease goes back', async (_case, work) => {
  const release = vi.fn();
  const items = [...numbers(9)].map((value) => leased(value, release));
  const result = values(from(items).pipe(batchLeased(testContext(), { maxItems: 3, concurrency: 1 }, work)));
  await expect(result).rejects.toBe(broken);
  await turn();
  expect(release).toHaveBeenCalledTimes(9);
});

it('too few answers fail the items without one', async () => {
  const ctx = testContext({ onFileError: 'collect' });
  const items = [...numbers(3)].map((value) => leased(value));
  const work = async (): Promise<Outcome<number>[]> => [{ value: 7 }];
  const stage = batchLeased(ctx, { maxItems: 3, concurrency: 1 }, work);
  expect(await values(from(items).pipe(stage))).toEqual([7]);
  expect(ctx.failures.errors).toHaveLength(2);
});

it.each(['bypass', 'weigh'])('a %s that throws fails its own item only', async (which) => {
  const ctx = testContext({ onFileError: 'collect' });
  const release = vi.fn();
  const items = [...numbers(4)].map((value) => leased(value, release));
  const check = (value: number): number => {
    if (value === 2) throw broken;
    return 1;
  };
  const options = { maxItems: 9, concurrency: 1, ...(which === 'weigh' && { weigh: check, maxWeight: 9 }) };
  const bypass = (value: number): undefined => void (which === 'bypass' && check(value));
  expect(await values(from(items).pipe(batchLeased(ctx, options, same, bypass)))).toEqual([0, 1, 3]);
  expect(ctx.failures.errors).toEqual([broken]);
  expect(release).toHaveBeenCalledTimes(4);
});

it('answers at hand go around the batches, a hundred thousand in a row', async () => {
  const work = vi.fn(same);
  const items = [...numbers(100_000)].map((value) => leased(value));
  const bypass = (value: number): number | undefined => (value === 50_000 ? undefined : value);
  const stage = batchLeased(testContext(), { maxItems: 8, concurrency: 1 }, work, bypass);
  expect(await values(from(items).pipe(stage, stage))).toHaveLength(100_000);
  expect(work.mock.calls.map(([batch]) => batch)).toEqual([[50_000], [50_000]]);
});

it('unsubscribing aborts running batches and gives waiting items back', async () => {
  const releases = [...numbers(4)].map(() => vi.fn());
  const { work, calls } = gates<readonly number[], Outcome<number>[]>();
  const signals: AbortSignal[] = [];
  const subscription = from(releases.map((release, value) => leased(value, release)))
    .pipe(
      batchLeased(testContext(), { maxItems: 2, concurrency: 1 }, (batch, signal) => {
        signals.push(signal);
        return work(batch);
      }),
    )
    .subscribe();
  subscription.unsubscribe();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(releases.map((release) => release.mock.calls.length)).toEqual([0, 0, 1, 1]);
  calls[0]?.gate.fail(broken);
  await turn();
  expect(calls).toHaveLength(1);
  expect(releases.map((release) => release.mock.calls.length)).toEqual([1, 1, 1, 1]);
});
