import { expect, it } from 'vitest';
import { atHand, fromBatches } from '../../src/pipeline/batched.js';
import type { Source } from '../../src/pipeline/types.js';
import { watchedSource } from '../../src/presets/watched-source.js';
import { testContext } from '../support/pipeline.js';

function watched(source: Source<number>) {
  const told: string[] = [];
  const watch = {
    begins: () => void told.push('begins'),
    passes: (item: number) => void told.push(String(item)),
    ends: () => void told.push('ends'),
    breaks: () => void told.push('breaks'),
  };
  return { told, pull: () => watchedSource(source, watch)(testContext())[Symbol.asyncIterator]() };
}

const batches =
  (...some: readonly number[][]): Source<number> =>
  () =>
    fromBatches(
      (async function* () {
        yield* some;
      })(),
    );

it('tells everything that passes, taken with a promise or without one, and the end once', async () => {
  const { told, pull } = watched(batches([1, 2], [3]));
  const iterator = pull();
  expect(atHand(iterator)).toBeUndefined();
  expect(await iterator.next()).toEqual({ value: 1, done: false });
  expect(atHand(iterator)).toBe(2);
  expect(atHand(iterator)).toBeUndefined();
  expect(await iterator.next()).toEqual({ value: 3, done: false });
  expect((await iterator.next()).done).toBe(true);
  expect((await iterator.next()).done).toBe(true);
  await iterator.return?.();
  expect(told).toEqual(['begins', '1', '2', '3', 'ends']);
});

it('tells that it broke: by an error, or by being left', async () => {
  const failing = watched(async function* () {
    yield 1;
    throw new Error('no');
  });
  const iterator = failing.pull();
  await iterator.next();
  await expect(iterator.next()).rejects.toThrow('no');
  expect(failing.told).toEqual(['begins', '1', 'breaks']);
  const left = watched(batches([1, 2]));
  const early = left.pull();
  await early.next();
  await early.return?.();
  expect(left.told).toEqual(['begins', '1', 'breaks']);
});

it('tells nothing until it is pulled, and is told anew by each run', async () => {
  const { told, pull } = watched(batches([]));
  expect(told).toEqual([]);
  await pull().next();
  await pull().next();
  expect(told).toEqual(['begins', 'ends', 'begins', 'ends']);
});
