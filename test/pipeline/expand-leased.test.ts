import { from, lastValueFrom, map, type Observable, Subject, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { expandLeased } from '../../src/pipeline/expand-leased.js';
import type { Lease, Leased } from '../../src/pipeline/types.js';
import { leased, numbers, testContext, turn, turns } from '../support/pipeline.js';

const parts = (value: number): string[] => [...numbers(value)].map((part) => `${value}.${part}`);
const limited = (maxInFlightObjects: number) => testContext({ limits: { maxInFlightObjects } });
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

it('gives every output once; inputs with none, one and many balance', async () => {
  const ctx = limited(2);
  const release = vi.fn();
  const inputs = [0, 1, 5, 2, 40];
  const items = inputs.map((value) => leased(value, release));
  const result = await values(from(items).pipe(expandLeased(ctx, parts)));
  expect(result.sort()).toEqual(inputs.flatMap(parts).sort());
  expect(release).toHaveBeenCalledTimes(inputs.length);
  expect(ctx.budgets.objects).toMatchObject({ inUse: 0 });
});

it('lets out one output on the lease of its input and the others by credit', async () => {
  const ctx = limited(3);
  const release = vi.fn();
  const leases: Lease[] = [];
  const source = new Subject<Leased<number>>();
  source.pipe(expandLeased(ctx, parts)).subscribe(({ lease }) => leases.push(lease));
  source.next(leased(10, release));
  await turns(3);
  expect(leases).toHaveLength(4);
  expect(ctx.budgets.objects.inUse).toBe(3);
  for (let settled = 0; settled < 10; settled += 1) {
    expect(release).not.toHaveBeenCalled();
    leases.shift()?.release();
    await turns(2);
    expect(leases.length).toBe(Math.min(4, 10 - settled - 1));
  }
  expect(release).toHaveBeenCalledOnce();
  expect(ctx.budgets.objects).toMatchObject({ inUse: 0, peak: 3 });
});

it('expansions within expansions do not wait for each other, even with one credit', async () => {
  const ctx = limited(1);
  const release = vi.fn();
  const items = [3, 4, 5].map((value) => leased(value, release));
  const stage = expandLeased<number, number>(ctx, (value) => numbers(value));
  const inner = expandLeased<number, number>(ctx, () => numbers(4));
  const held: Lease[] = [];
  const done = vi.fn();
  from(items)
    .pipe(stage, inner, inner)
    .subscribe({ next: ({ lease }) => held.push(lease), complete: done });
  let count = 0;
  for (let idle = 0; idle < 5; idle += 1) {
    for (; held.length > 0; count += 1, idle = 0) held.pop()?.release();
    await turn();
  }
  expect(count).toBe(12 * 16);
  expect(done).toHaveBeenCalledOnce();
  expect(release).toHaveBeenCalledTimes(3);
  expect(ctx.budgets.objects.inUse).toBe(0);
});

const broken = new Error('unreadable chunk list');
const failing = function* (value: number): Generator<string> {
  for (const part of parts(value)) {
    if (value === 3 && part === '3.2') throw broken;
    yield part;
  }
};
it.each(['stop', 'collect'] as const)(
  '%s: an expansion that throws midway fails its item',
  async (policy) => {
    const ctx = testContext({ limits: { maxInFlightObjects: 1 }, onFileError: policy });
    const release = vi.fn();
    const items = [2, 3, 4].map((value) => leased(value, release));
    const result = values(from(items).pipe(expandLeased(ctx, failing)));
    if (policy === 'stop') await expect(result).rejects.toBe(broken);
    else expect((await result).sort()).toEqual([...parts(2), '3.0', '3.1', ...parts(4)].sort());
    await turns(3);
    expect(release).toHaveBeenCalledTimes(3);
    expect(ctx.budgets.objects.inUse).toBe(0);
  },
);

it('unsubscribing closes the iterators and gives everything back', async () => {
  const ctx = limited(1);
  const release = vi.fn();
  const closed = vi.fn();
  const endless = function* (): Generator<number> {
    try {
      for (let value = 0; ; value += 1) yield value;
    } finally {
      closed();
    }
  };
  const held: Lease[] = [];
  const subscription = from([leased(1, release), leased(2, release)])
    .pipe(expandLeased(ctx, endless))
    .subscribe(({ lease }) => held.push(lease));
  await turn();
  expect(held).toHaveLength(3);
  subscription.unsubscribe();
  for (const lease of held) lease.release();
  await turns(2);
  expect(closed).toHaveBeenCalledTimes(2);
  expect(release).toHaveBeenCalledTimes(2);
  expect(ctx.budgets.objects.inUse).toBe(0);
});

it('thousands of inputs and outputs that settle at once do not overflow the stack', async () => {
  const stage = expandLeased<number, number>(limited(4), (value) => numbers(value));
  const items = [...Array(20_000).fill(1), 100_000].map((value) => leased(value));
  expect(await values(from(items).pipe(stage))).toHaveLength(120_000);
});
