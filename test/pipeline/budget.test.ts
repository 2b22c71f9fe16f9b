import { getEventListeners, setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { createBudget, joinLeases } from '../../src/pipeline/budget.js';
import type { Lease } from '../../src/pipeline/types.js';
import { leased, turn } from '../support/pipeline.js';

it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'refuses a capacity of %s by name',
  (capacity) => {
    expect(() => createBudget('maxInFlightFiles', capacity)).toThrow(
      expect.objectContaining({ code: 'InvalidConfig', option: 'maxInFlightFiles' }),
    );
  },
);

it.each([Number.NaN, -1])('refuses a weight of %s, which would spoil the count', async (weight) => {
  const budget = createBudget('bytes', 4);
  expect(() => budget.tryAcquire(weight)).toThrow(RangeError);
  await expect(budget.acquire(weight)).rejects.toThrow(RangeError);
  expect(budget).toMatchObject({ inUse: 0, held: 0 });
});

it('serves first come, first served: small requests do not overtake a large one', async () => {
  const budget = createBudget('bytes', 10);
  const holder = await budget.acquire(6);
  const order: string[] = [];
  const take = (name: string, weight: number): Promise<Lease> =>
    budget.acquire(weight).then((lease) => {
      order.push(name);
      return lease;
    });
  const large = take('large', 8);
  const small = take('small', 1);
  expect(budget.tryAcquire(1)).toBeUndefined();
  await turn();
  expect(order).toEqual([]);
  holder.release();
  (await large).release();
  (await small).release();
  expect(order).toEqual(['large', 'small']);
  expect(budget).toMatchObject({ inUse: 0, held: 0, peak: 9 });
});

it('lets a weight above the capacity travel, but alone', async () => {
  const budget = createBudget('bytes', 10);
  const small = await budget.acquire(1);
  const granted = vi.fn();
  const huge = budget.acquire(25).then((lease) => {
    granted();
    return lease;
  });
  await turn();
  expect(granted).not.toHaveBeenCalled();
  small.release();
  const lease = await huge;
  expect(budget.inUse).toBe(25);
  expect(budget.tryAcquire(1)).toBeUndefined();
  lease.release();
  expect(budget.inUse).toBe(0);
});

it('gives presence (weight 0) at once, even when full and waited for', async () => {
  const budget = createBudget('files', 1);
  const only = await budget.acquire(1);
  const waiting = budget.acquire(1);
  const presence = budget.tryAcquire(0);
  expect(presence).toBeDefined();
  only.release();
  (await waiting).release();
  const idle = vi.fn();
  void budget.idle().then(idle);
  await turn();
  expect(idle).not.toHaveBeenCalled();
  presence?.release();
  await turn();
  expect(idle).toHaveBeenCalledOnce();
});

it('an aborted wait rejects with its reason, lets those behind it pass and leaves no listener', async () => {
  const budget = createBudget('bytes', 10);
  const holder = await budget.acquire(9);
  const stop = new AbortController();
  const large = budget.acquire(10, stop.signal);
  const small = budget.acquire(1, new AbortController().signal);
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  stop.abort(new Error('no more'));
  await expect(large).rejects.toMatchObject({ code: 'Cancelled', cause: new Error('no more') });
  (await small).release();
  holder.release();
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  await expect(budget.acquire(1, stop.signal)).rejects.toMatchObject({ code: 'Cancelled' });
  expect(budget).toMatchObject({ inUse: 0, held: 0 });
});

it('leaves no listener on a signal whose wait was granted', async () => {
  const budget = createBudget('bytes', 1);
  const { signal } = new AbortController();
  const first = await budget.acquire(1, signal);
  const second = budget.acquire(1, signal);
  first.release();
  (await second).release();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('serves the rest in order after thousands of waits were aborted behind a large one', async () => {
  const budget = createBudget('bytes', 10);
  const holder = await budget.acquire(1);
  const head = budget.acquire(10);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const order: number[] = [];
  const rest: Promise<void>[] = [];
  for (let index = 0; index < 5000; index += 1) {
    if (index % 100 > 0) budget.acquire(1, stop.signal).catch(() => {});
    else
      rest.push(
        budget.acquire(1).then((lease) => {
          order.push(index);
          lease.release();
        }),
      );
  }
  stop.abort();
  holder.release();
  (await head).release();
  await Promise.all(rest);
  expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index * 100));
  expect(budget.held).toBe(0);
});

it('never exceeds its capacity and serves everybody, in any interleaving', async () => {
  const weight = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 10 }) }, fc.constant(1000));
  const requests = fc.array(fc.record({ weight, abort: fc.boolean() }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), requests, async (scheduler, all) => {
      const budget = createBudget('bytes', 10);
      const pause = (): Promise<void> => scheduler.schedule(Promise.resolve());
      let served = 0;
      const use = async ({ weight, abort }: { weight: number; abort: boolean }): Promise<void> => {
        const stop = new AbortController();
        const wait = budget.acquire(weight, stop.signal);
        if (abort) void pause().then(() => stop.abort());
        const lease = await wait.catch(() => undefined);
        served += lease || abort ? 1 : 0;
        if (!lease) return;
        const fork = lease.fork();
        expect(budget.inUse <= 10 || budget.inUse === 1000).toBe(true); // 1000 travels alone
        await pause();
        lease.release();
        await pause();
        fork.release();
      };
      await scheduler.waitFor(Promise.all(all.map(use)));
      expect(served).toBe(all.length);
      expect(budget).toMatchObject({ inUse: 0, held: 0 });
    }),
  );
});

it('joined leases fork and release together', () => {
  const releases = [vi.fn(), vi.fn()];
  const joined = joinLeases(...releases.map((release) => leased(0, release).lease));
  const fork = joined.fork();
  joined.release();
  for (const release of releases) expect(release).not.toHaveBeenCalled();
  fork.release();
  for (const release of releases) expect(release).toHaveBeenCalledOnce();
});
