import { from, lastValueFrom, map, NEVER, type Observable, of, Subject, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import type { Leased } from '../../src/pipeline/types.js';
import { gates, leased, numbers, testContext, turn } from '../support/pipeline.js';

const double = async (value: number): Promise<number> => value * 2;
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

it.each([
  ['promises', double],
  ['answers at hand', (value: number) => value * 2],
  ['a mixture', (value: number) => (value % 3 === 0 ? double(value) : value * 2)],
])('maps every item once (%s)', async (_case, work) => {
  const release = vi.fn();
  const items = [...numbers(100)].map((value) => leased(value, release));
  const result = await values(from(items).pipe(mapLeased(testContext(), 4, work)));
  expect(result.sort((a, b) => a - b)).toEqual([...numbers(100)].map((value) => value * 2));
  expect(release).toHaveBeenCalledTimes(100);
});

it('keeps at most `concurrency` at work and starts the next when one ends', async () => {
  const { work, calls } = gates<number, number>();
  const next = vi.fn();
  from([...numbers(5)].map((value) => leased(value)))
    .pipe(mapLeased(testContext(), 2, work))
    .subscribe(next);
  expect(calls.map(({ value }) => value)).toEqual([0, 1]);
  calls[1]?.gate.open(10);
  await turn();
  expect(calls.map(({ value }) => value)).toEqual([0, 1, 2]);
  expect(next).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ value: 10 }));
});

it.each([0, -1, Number.NaN])('refuses a concurrency of %s', (concurrency) => {
  expect(() => mapLeased(testContext(), concurrency, double)).toThrow('concurrency');
});

const broken = new Error('unreadable');
it.each([
  ['rejects', () => Promise.reject(broken)],
  [
    'throws',
    (): number => {
      throw broken;
    },
  ],
])('stop: work that %s ends the stream; running, waiting and failed items give back', async (_how, fail) => {
  const releases = [...numbers(6)].map(() => vi.fn());
  const { work, calls } = gates<number, number>();
  const error = vi.fn();
  const source = new Subject<Leased<number>>();
  source
    .pipe(mapLeased(testContext(), 2, (value) => (value === 2 ? fail() : work(value))))
    .subscribe({ error });
  for (const [value, release] of releases.entries()) source.next(leased(value, release));
  calls[0]?.gate.open(0);
  await turn();
  expect(error).toHaveBeenCalledExactlyOnceWith(broken);
  expect(releases.map((release) => release.mock.calls.length)).toEqual([0, 0, 1, 1, 1, 1]);
  calls[1]?.gate.open(1); // its work was under way: its lease goes back when the work ends
  await turn();
  expect(releases[1]).toHaveBeenCalledOnce();
  expect(source.observed).toBe(false);
});

it('collect: only the failed item is missing', async () => {
  const ctx = testContext({ onFileError: 'collect' });
  const release = vi.fn();
  const items = [...numbers(9)].map((value) => leased(value, release));
  const work = (value: number): number | Promise<number> => {
    if (value % 3 === 0) throw new Error(`thrown ${value}`);
    return value % 3 === 1 ? Promise.reject(new Error(`rejected ${value}`)) : value;
  };
  expect(await values(from(items).pipe(mapLeased(ctx, 2, work)))).toEqual([2, 5, 8]);
  const failed = ctx.failures.errors.map((error) => (error as Error).message).sort();
  expect(failed).toEqual([1, 4, 7].map((n) => `rejected ${n}`).concat([0, 3, 6].map((n) => `thrown ${n}`)));
  expect(release).toHaveBeenCalledTimes(9);
});

it('unsubscribing aborts the signal of running work and gives waiting items back', async () => {
  const releases = [...numbers(3)].map(() => vi.fn());
  const signals: AbortSignal[] = [];
  const { work, calls } = gates<number, number>();
  const next = vi.fn();
  const subscription = from(releases.map((release, value) => leased(value, release)))
    .pipe(
      mapLeased(testContext(), 1, (value, signal) => {
        signals.push(signal);
        return work(value);
      }),
    )
    .subscribe(next);
  subscription.unsubscribe();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(releases.map((release) => release.mock.calls.length)).toEqual([0, 1, 1]);
  calls[0]?.gate.fail(new Error('aborted'));
  await turn();
  expect(releases[0]).toHaveBeenCalledOnce();
  expect(next).not.toHaveBeenCalled();
});

it('items that still come after the end start no work', () => {
  const work = vi.fn((value: number): number => {
    if (value === 1) throw broken;
    return value;
  });
  const release = vi.fn();
  const error = vi.fn();
  from([...numbers(5)].map((value) => leased(value, release)))
    .pipe(mapLeased(testContext(), 2, work))
    .subscribe({ next: ({ lease }) => lease.release(), error });
  expect(work).toHaveBeenCalledTimes(2);
  expect(error).toHaveBeenCalledOnce();
  expect(release).toHaveBeenCalledTimes(5);
});

it('a hundred thousand items waiting for one place and answered at once do not overflow the stack', async () => {
  const { work, calls } = gates<number, number>();
  const items = [...numbers(100_000)].map((value) => leased(value));
  const stage = mapLeased<number, number>(testContext(), 1, (value) => (value === 0 ? work(0) : value));
  const result = values(from(items).pipe(stage, stage, stage));
  calls[0]?.gate.open(0);
  await turn();
  calls[1]?.gate.open(0);
  await turn();
  calls[2]?.gate.open(0);
  expect(await result).toHaveLength(100_000);
});

it('two subscriptions share nothing', async () => {
  const { work, calls } = gates<number, number>();
  const shared = of(1, 2).pipe(
    map((value) => leased(value)),
    mapLeased(testContext(), 1, work),
  );
  const first = shared.subscribe();
  shared.subscribe();
  expect(calls).toHaveLength(2);
  first.unsubscribe();
  calls[1]?.gate.open(1);
  await turn();
  expect(calls.map(({ value }) => value)).toEqual([1, 1, 2]);
});

it('an error of the source goes on at once, though work is under way', () => {
  const error = vi.fn();
  const source = new Subject<Leased<number>>();
  source.pipe(mapLeased(testContext(), 2, () => lastValueFrom(NEVER))).subscribe({ error });
  source.next(leased(1));
  source.error(broken);
  expect(error).toHaveBeenCalledExactlyOnceWith(broken);
});
