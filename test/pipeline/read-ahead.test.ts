import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { readAhead } from '../../src/pipeline/read-ahead.js';
import type { Source } from '../../src/pipeline/types.js';
import { testContext } from '../support/pipeline.js';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
};

function counting(count: number): { source: Source<number>; pulled: () => number; closed: () => boolean } {
  let pulled = 0;
  let closed = false;
  const source: Source<number> = async function* numbers() {
    try {
      for (let value = 0; value < count; value += 1) {
        pulled += 1;
        yield value;
      }
    } finally {
      closed = true;
    }
  };
  return { source, pulled: () => pulled, closed: () => closed };
}

it('gives every item in order, and then its end', async () => {
  const { source } = counting(1000);
  const got: number[] = [];
  for await (const value of readAhead(source, 7)(testContext())) got.push(value);
  expect(got).toEqual(Array.from({ length: 1000 }, (_, index) => index));
});

it('reads no further ahead than it was told', async () => {
  const { source, pulled } = counting(1000);
  const iterator = readAhead(source, 10)(testContext())[Symbol.asyncIterator]();
  await iterator.next();
  await settle();
  expect(pulled()).toBe(11);
  await iterator.next();
  await settle();
  expect(pulled()).toBe(12);
});

it('reads nothing before it is asked', async () => {
  const { source, pulled } = counting(10);
  readAhead(source, 10)(testContext())[Symbol.asyncIterator]();
  await settle();
  expect(pulled()).toBe(0);
});

it('gives what was read before a failure, then the failure', async () => {
  const failure = new Error('broken');
  const source: Source<number> = async function* numbers() {
    yield 1;
    throw failure;
  };
  const iterator = readAhead(source, 10)(testContext())[Symbol.asyncIterator]();
  await settle();
  expect(await iterator.next()).toEqual({ value: 1, done: false });
  await expect(iterator.next()).rejects.toBe(failure);
});

it('closes the source when it is ended early, also while it waits for room', async () => {
  const { source, closed, pulled } = counting(1000);
  for await (const value of readAhead(source, 5)(testContext())) if (value === 3) break;
  await settle();
  expect(closed()).toBe(true);
  expect(pulled()).toBeLessThan(20);
});

it('refuses to read nothing ahead', () => {
  expect(() => readAhead(vi.fn(), 0)).toThrow(
    expect.objectContaining({ code: 'InvalidConfig', option: 'items' }),
  );
});
