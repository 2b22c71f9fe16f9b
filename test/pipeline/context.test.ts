import { expect, it } from 'vitest';
import { byteBudgets, createContext, LIMIT_DEFAULTS } from '../../src/pipeline/context.js';

it('has the default limits', () => {
  const { budgets } = createContext();
  expect(budgets.files.capacity).toBe(LIMIT_DEFAULTS.maxInFlightFiles);
  expect(budgets.objects.capacity).toBe(LIMIT_DEFAULTS.maxInFlightObjects);
  expect(budgets.bytes.capacity + budgets.prefetch.capacity).toBe(LIMIT_DEFAULTS.maxInFlightBytes);
});

it.each(['maxInFlightFiles', 'maxInFlightObjects', 'maxInFlightBytes'])(
  'refuses %s of 0 by name',
  (option) => {
    expect(() => createContext({ limits: { [option]: 0 } })).toThrow(expect.objectContaining({ option }));
  },
);

it.each([
  [1, 1, 1],
  [4, 3, 1],
  [100, 75, 25],
])('splits %i bytes into %i to wait for and %i to read ahead', (total, bytes, prefetch) => {
  const budgets = byteBudgets(total);
  expect([budgets.bytes.capacity, budgets.prefetch.capacity]).toEqual([bytes, prefetch]);
});

it('runs share byte budgets when they are handed in, and nothing else', () => {
  const sharedBytes = byteBudgets(100);
  const first = createContext({ sharedBytes });
  const second = createContext({ sharedBytes });
  expect(first.budgets.bytes).toBe(second.budgets.bytes);
  expect(first.budgets.prefetch).toBe(sharedBytes.prefetch);
  expect(first.budgets.files).not.toBe(second.budgets.files);
  expect(first.signal).not.toBe(second.signal);
  expect(first.failures).not.toBe(second.failures);
});
