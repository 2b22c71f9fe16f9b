import { expect, it, vi } from 'vitest';
import { systemClock } from '../../src/pipeline/clock.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { backoffMs, retrying } from '../../src/pipeline/retry.js';

const clock = () => ({ ...systemClock, sleep: vi.fn(async (_ms: number) => {}) });

it('repeats while the policy says so, with the waits it names', async () => {
  const time = clock();
  const work = vi.fn(async (attempt: number) => {
    if (attempt < 4) throw new Error(`try ${attempt}`);
    return 'done';
  });
  const decide = vi.fn((_error: unknown, attempt: number) => attempt * 10);
  expect(await retrying(work, { decide, clock: time })).toBe('done');
  expect(time.sleep.mock.calls.map(([ms]) => ms)).toEqual([10, 20, 30]);
  expect(decide.mock.calls.map(([error]) => (error as Error).message)).toEqual(['try 1', 'try 2', 'try 3']);
});

it('gives up with the last error itself', async () => {
  const error = new Error('refused');
  const work = vi.fn(() => Promise.reject(error));
  const decide = (_error: unknown, attempt: number): number | undefined => (attempt < 3 ? 0 : undefined);
  await expect(retrying(work, { decide, clock: clock() })).rejects.toBe(error);
  expect(work).toHaveBeenCalledTimes(3);
});

it('never asks the policy about cancellation', async () => {
  const decide = vi.fn(() => 0);
  const error = new CancelledError();
  await expect(retrying(() => Promise.reject(error), { decide })).rejects.toBe(error);
  const stop = new AbortController();
  const work = async (): Promise<never> => {
    stop.abort();
    throw new Error('socket closed');
  };
  await expect(retrying(work, { decide, signal: stop.signal })).rejects.toThrow('socket closed');
  expect(decide).not.toHaveBeenCalled();
});

it('an abort ends the wait at once', async () => {
  const stop = new AbortController();
  const work = vi.fn(() => Promise.reject(new Error('busy')));
  const decide = (): number => {
    setImmediate(() => stop.abort());
    return 60_000;
  };
  await expect(retrying(work, { decide, signal: stop.signal })).rejects.toMatchObject({ code: 'Cancelled' });
  expect(work).toHaveBeenCalledOnce();
});

it('goes on from a first try that has begun already', async () => {
  const time = clock();
  const work = vi.fn(async (attempt: number) => `try ${attempt}`);
  const decide = vi.fn((_error: unknown, attempt: number) => attempt * 10);
  const failed = Promise.reject(new Error('try 1'));
  expect(await retrying(work, { decide, clock: time, begun: failed })).toBe('try 2');
  expect(decide.mock.calls.map(([error, attempt]) => [(error as Error).message, attempt])).toEqual([
    ['try 1', 1],
  ]);
  expect(time.sleep.mock.calls.map(([ms]) => ms)).toEqual([10]);
  work.mockClear();
  expect(await retrying(work, { decide, begun: Promise.resolve('there') })).toBe('there');
  expect(work).not.toHaveBeenCalled();
});

it('a first try that was cut by the abort fails as itself', async () => {
  const error = new Error('socket closed');
  const begun = Promise.reject(error);
  const signal = AbortSignal.abort();
  await expect(retrying(async () => 1, { decide: () => 0, signal, begun })).rejects.toBe(error);
});

it('does not begin when the signal aborted before', async () => {
  const work = vi.fn(async () => 1);
  const promise = retrying(work, { decide: () => 0, signal: AbortSignal.abort('why') });
  await expect(promise).rejects.toMatchObject({ code: 'Cancelled', cause: 'why' });
  expect(work).not.toHaveBeenCalled();
});

it.each([
  [1, 0, 50],
  [1, 1, 100],
  [2, 1, 200],
  [4, 1, 800],
  [5, 1, 1000],
  [50, 0, 500],
])('after try %i with random %f it waits %i ms', (attempt, random, ms) => {
  const options = { initialMs: 100, maxMs: 1000, multiplier: 2 };
  expect(backoffMs(attempt, options, () => random)).toBe(ms);
});
