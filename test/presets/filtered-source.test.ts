import { expect, it } from 'vitest';
import { atHand, fromBatches } from '../../src/pipeline/batched.js';
import type { Source } from '../../src/pipeline/types.js';
import { filteredSource } from '../../src/presets/filtered-source.js';
import { countingSource, testContext } from '../support/pipeline.js';

const isEven = (item: number): boolean => item % 2 === 0;
const batches =
  (...some: readonly number[][]): Source<number> =>
  () =>
    fromBatches(
      (async function* () {
        yield* some;
      })(),
    );

it.each<[string, number[][], number[]]>([
  ['nothing', [], []],
  ['nothing that is kept', [[1, 3], [5]], []],
  ['batches of both', [[1, 2, 3], [5], [], [4, 6]], [2, 4, 6]],
])('keeps what the predicate accepts, of %s', async (_what, some, expected) => {
  const kept: number[] = [];
  for await (const item of filteredSource(batches(...some), isEven)(testContext())) kept.push(item);
  expect(kept).toEqual(expected);
});

it('has at hand what the source has at hand', async () => {
  const iterator = filteredSource(batches([1, 2, 3, 4], [6]), isEven)(testContext())[Symbol.asyncIterator]();
  expect(atHand(iterator)).toBeUndefined();
  expect((await iterator.next()).value).toBe(2);
  expect(atHand(iterator)).toBe(4);
  expect(atHand(iterator)).toBeUndefined();
  expect((await iterator.next()).value).toBe(6);
  expect((await iterator.next()).done).toBe(true);
});

it('hands errors on, and ends its source when it is left early', async () => {
  const cause = new Error('no');
  const failing: Source<number> = async function* () {
    yield 1;
    throw cause;
  };
  await expect(filteredSource(failing, isEven)(testContext())[Symbol.asyncIterator]().next()).rejects.toBe(
    cause,
  );
  const counted = countingSource([2, 4]);
  for await (const _item of filteredSource(counted.source, isEven)(testContext())) break;
  expect(counted).toMatchObject({ pulls: 1, returned: 1 });
});
