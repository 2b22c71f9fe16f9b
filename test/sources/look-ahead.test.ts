import { expect, it } from 'vitest';
import { lookAhead } from '../../src/sources/look-ahead.js';
import { gates, turn } from '../support/pipeline.js';

it('gives results in order, however the work ends, and keeps a few at work', async () => {
  const { work, calls } = gates<number, string>();
  const iterator = lookAhead([1, 2, 3, 4], work, 2);
  const first = iterator.next();
  await turn();
  expect(calls.map(({ value }) => value)).toEqual([1, 2]);
  calls[1]?.gate.open('two');
  calls[0]?.gate.open('one');
  expect(await first).toEqual({ value: 'one', done: false });
  const second = iterator.next();
  await turn();
  expect(calls.map(({ value }) => value)).toEqual([1, 2, 3]);
  expect(await second).toEqual({ value: 'two', done: false });
  await iterator.return(undefined);
  expect(calls).toHaveLength(3);
});

it('rejects in turn, and leaves no rejection unhandled', async () => {
  const work = async (item: number): Promise<number> => {
    if (item > 1) throw new Error(`no ${item}`);
    return item;
  };
  const iterator = lookAhead([1, 2, 3], work, 8);
  expect(await iterator.next()).toEqual({ value: 1, done: false });
  await turn();
  await expect(iterator.next()).rejects.toThrow('no 2');
  expect((await iterator.next()).done).toBe(true);
});

it('of nothing is nothing', async () => {
  expect((await lookAhead([], async () => 1).next()).done).toBe(true);
});
