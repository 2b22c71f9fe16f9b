import { expect, it } from 'vitest';
import { admit } from '../../src/pipeline/admit.js';
import { atHand, fromBatches } from '../../src/pipeline/batched.js';
import type { Lease } from '../../src/pipeline/types.js';
import { testContext, turns } from '../support/pipeline.js';

async function* batches(...of: number[][]): AsyncGenerator<readonly number[]> {
  yield* of;
}

it('gives the items of all batches in order, empty ones passed over', async () => {
  const got: number[] = [];
  for await (const item of fromBatches(batches([1, 2], [], [3]))) got.push(item);
  expect(got).toEqual([1, 2, 3]);
});

it('has the rest of a batch at hand, and nothing before the first', async () => {
  const iterator = fromBatches(batches([1, 2, 3], [4]))[Symbol.asyncIterator]();
  expect(atHand(iterator)).toBeUndefined();
  expect(await iterator.next()).toEqual({ value: 1, done: false });
  expect([atHand(iterator), atHand(iterator), atHand(iterator)]).toEqual([2, 3, undefined]);
  expect(await iterator.next()).toEqual({ value: 4, done: false });
  expect(await iterator.next()).toEqual({ value: undefined, done: true });
});

it('asks nothing of an iterator that has no batches', () => {
  expect(atHand((async function* () {})())).toBeUndefined();
});

it('closes what it reads when it is left early', async () => {
  let closed = false;
  const source = (async function* () {
    try {
      yield [1, 2];
      yield [3];
    } finally {
      closed = true;
    }
  })();
  for await (const item of fromBatches(source)) if (item === 1) break;
  expect(closed).toBe(true);
});

it.each([254, 255, 256, 511])('no lease is lost when the run ends at item %i', async (last) => {
  const ctx = testContext({ limits: { maxInFlightFiles: 2000 } });
  const leases: Lease[] = [];
  const items = Array.from({ length: 1500 }, (_, index) => index);
  const subscription = admit(() => fromBatches(batches(items)), ctx).subscribe(({ value, lease }) => {
    leases.push(lease);
    // Between the pull of one item and the next: a turn of the event loop is taken every 256 items.
    if (value === last) setImmediate(() => subscription.unsubscribe());
  });
  await turns(10);
  for (const lease of leases) lease.release();
  await turns(2);
  expect(ctx.budgets.files.inUse).toBe(0);
});
