import { from, lastValueFrom, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { batchLeased } from '../../src/pipeline/batch-leased.js';
import { hold } from '../../src/pipeline/held.js';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import type { Stage } from '../../src/pipeline/types.js';
import { gate, leased, testContext, turn } from '../support/pipeline.js';

const stages: [string, (lease: () => void) => Stage<number, number>][] = [
  ['map, at hand', (release) => (ctx) => mapLeased(ctx, 1, (value) => hold(value, leased(0, release).lease))],
  ['map', (release) => (ctx) => mapLeased(ctx, 1, async (value) => hold(value, leased(0, release).lease))],
  [
    'batch',
    (release) => (ctx) =>
      batchLeased(ctx, { maxItems: 2, concurrency: 1 }, async (values) =>
        values.map((value) => ({ value: hold(value, leased(0, release).lease) })),
      ),
  ],
];
it.each(stages)('what %s holds goes back with the lease of its item', async (_case, stage) => {
  const release = vi.fn();
  const held = vi.fn();
  const input = from([leased(1, release), leased(2, release)]);
  const items = await lastValueFrom(input.pipe(stage(held)(testContext()), toArray()));
  expect(items.map(({ value }) => value)).toEqual([1, 2]);
  expect(held).not.toHaveBeenCalled();
  const fork = items[0]?.lease.fork();
  for (const { lease } of items) lease.release();
  expect([held.mock.calls.length, release.mock.calls.length]).toEqual([1, 1]);
  fork?.release();
  expect([held.mock.calls.length, release.mock.calls.length]).toEqual([2, 2]);
});

it('what is answered when nobody listens any more goes back at once', async () => {
  const release = vi.fn();
  const held = vi.fn();
  const answer = gate();
  const work = async (value: number) => {
    await answer.promise;
    return hold(value, leased(0, held).lease);
  };
  const stage = mapLeased(testContext(), 1, work);
  from([leased(1, release)])
    .pipe(stage)
    .subscribe()
    .unsubscribe();
  answer.open();
  await turn();
  expect([held.mock.calls.length, release.mock.calls.length]).toEqual([1, 1]);
});
