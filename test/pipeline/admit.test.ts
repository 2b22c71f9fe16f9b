import { getEventListeners } from 'node:events';
import { lastValueFrom, tap } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { admit } from '../../src/pipeline/admit.js';
import type { Lease, Source } from '../../src/pipeline/types.js';
import { countingSource, gate, numbers, testContext, turn, turns } from '../support/pipeline.js';

const limited = (maxInFlightFiles: number) => testContext({ limits: { maxInFlightFiles } });

it.each([1, 2, 7, 512])('pulls exactly %i times when nothing is ever released', async (limit) => {
  const ctx = limited(limit);
  const counted = countingSource(numbers(10_000));
  const next = vi.fn();
  const subscription = admit(counted.source, ctx).subscribe(next);
  await turns(20);
  expect(counted.pulls).toBe(limit);
  expect(next).toHaveBeenCalledTimes(limit);
  expect(ctx.budgets.files).toMatchObject({ inUse: limit, peak: limit });
  subscription.unsubscribe();
  await turn();
  expect(counted).toMatchObject({ pulls: limit, returned: 1 });
});

it('pulls one more for each release, in order', async () => {
  const ctx = limited(2);
  const counted = countingSource(numbers(5));
  const values: number[] = [];
  const leases: Lease[] = [];
  const complete = vi.fn();
  admit(counted.source, ctx).subscribe({
    next: ({ value, lease }) => {
      values.push(value);
      leases.push(lease);
    },
    complete,
  });
  for (let released = 0; released < 5; released += 1) {
    await turn();
    expect(counted.pulls).toBe(Math.min(released + 2, 6));
    leases.shift()?.release();
  }
  await turn();
  expect(values).toEqual([0, 1, 2, 3, 4]);
  expect(complete).toHaveBeenCalledOnce();
  expect(counted.returned).toBe(0);
  expect(ctx.budgets.files).toMatchObject({ inUse: 0, held: 0 });
});

it('unsubscribing during a pending pull drops the late item and returns the iterator', async () => {
  const ctx = limited(4);
  const pending = gate<IteratorResult<number>>();
  const returned = vi.fn(async () => ({ value: undefined, done: true as const }));
  let signal: AbortSignal | undefined;
  const source: Source<number> = (own) => {
    signal = own.signal;
    const iterator = { next: () => pending.promise, return: returned };
    return { [Symbol.asyncIterator]: () => iterator };
  };
  const next = vi.fn();
  const subscription = admit(source, ctx).subscribe(next);
  subscription.unsubscribe();
  expect(signal?.aborted).toBe(true);
  await turn();
  expect(returned).not.toHaveBeenCalled();
  expect(ctx.budgets.files.held).toBe(2); // the pull's credit and the source's presence
  pending.open({ value: 1, done: false });
  await turn();
  expect(next).not.toHaveBeenCalled();
  expect(returned).toHaveBeenCalledOnce();
  expect(ctx.budgets.files.held).toBe(0);
});

it('runs the finally block of a generator that is left early', async () => {
  const cleaned = vi.fn();
  const source: Source<number> = async function* () {
    try {
      yield* numbers(100);
    } finally {
      await turn();
      cleaned();
    }
  };
  const ctx = limited(3);
  const held: Lease[] = [];
  const subscription = admit(source, ctx).subscribe(({ lease }) => held.push(lease));
  await turn();
  subscription.unsubscribe();
  for (const lease of held) lease.release();
  await ctx.budgets.files.idle();
  expect(cleaned).toHaveBeenCalledOnce();
});

const problem = new Error('no such folder');
it.each<[string, Source<number>]>([
  [
    'when it is opened',
    () => {
      throw problem;
    },
  ],
  [
    'at its first item',
    async function* () {
      yield* [];
      throw problem;
    },
  ],
  [
    'later',
    async function* () {
      yield 1;
      throw problem;
    },
  ],
  [
    'synchronously in next()',
    () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(problem) }) }),
  ],
])('passes on an error of the source (%s) and balances', async (_case, source) => {
  const ctx = limited(4);
  const error = vi.fn();
  admit(source, ctx).subscribe({ next: ({ lease }) => lease.release(), error });
  await turn();
  expect(error).toHaveBeenCalledExactlyOnceWith(problem);
  expect(ctx.budgets.files).toMatchObject({ inUse: 0, held: 0 });
});

it('an aborted context ends a wait for credits with an error', async () => {
  const ctx = limited(1);
  const counted = countingSource(numbers(9));
  const error = vi.fn();
  const leases: Lease[] = [];
  admit(counted.source, ctx).subscribe({ next: ({ lease }) => leases.push(lease), error });
  await turn();
  ctx.abort(new Error('enough'));
  await turn();
  expect(error).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'Cancelled' }));
  expect(counted).toMatchObject({ pulls: 1, returned: 1 });
  leases[0]?.release();
  expect(ctx.budgets.files.held).toBe(0);
});

it('lets timers run although the source always has an item at hand', async () => {
  const ctx = limited(8);
  let timers = 0;
  const timer = setInterval(() => {
    timers += 1;
  }, 0);
  const items = admit(countingSource(numbers(50_000)).source, ctx);
  await lastValueFrom(items.pipe(tap(({ lease }) => lease.release())));
  clearInterval(timer);
  expect(timers).toBeGreaterThan(0);
});

it('leaves no listener on the context it was given', async () => {
  const ctx = limited(4);
  for (let round = 0; round < 20; round += 1) {
    const subscription = admit(countingSource(numbers(3)).source, ctx).subscribe(({ lease }) =>
      lease.release(),
    );
    if (round % 2 === 0) subscription.unsubscribe();
    await turns(2);
  }
  expect(getEventListeners(ctx.signal, 'abort')).toHaveLength(0);
});
