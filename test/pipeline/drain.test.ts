import { expect, it, vi } from 'vitest';
import { drain } from '../../src/pipeline/drain.js';
import { CollectedError } from '../../src/pipeline/errors.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { RunContext, Sink } from '../../src/pipeline/types.js';
import { countingSource, gate, gates, numbers, turns } from '../support/pipeline.js';

const problem = new Error('disk full');
const limits = { maxInFlightFiles: 4 };

function summing(accept?: (value: number) => Promise<void> | void) {
  const contexts: RunContext[] = [];
  const finish = vi.fn(async (sum: number) => sum);
  const discard = vi.fn();
  let sum = 0;
  const sink: Sink<number, number> = (ctx) => {
    contexts.push(ctx);
    return drain(ctx, {
      accept: (value) => {
        sum += value;
        return accept?.(value);
      },
      finish: () => finish(sum),
      discard,
    });
  };
  const counted = countingSource(numbers(10));
  const expectBalanced = (): void => {
    for (const { budgets } of contexts) expect(budgets.files).toMatchObject({ inUse: 0, held: 0 });
  };
  return { runnable: Pipeline.from(counted.source).into(sink), counted, finish, discard, expectBalanced };
}

it.each([
  ['at once', undefined],
  ['later', async () => {}],
])('takes every item %s and answers once', async (_when, accept) => {
  const { runnable, finish, discard, expectBalanced } = summing(accept);
  expect(await runnable.run({ limits })).toBe(45);
  expect(finish).toHaveBeenCalledOnce();
  expect(discard).not.toHaveBeenCalled();
  expectBalanced();
});

it('slows the source down while items are being taken', async () => {
  const { work, calls } = gates<number, void>();
  const { runnable, counted } = summing(work);
  const run = runnable.run({ limits });
  await turns(3);
  expect(counted.pulls).toBe(4);
  for (let index = 0; index < 10; index += 1) {
    calls[index]?.gate.open();
    await turns(2);
  }
  expect(await run).toBe(45);
});

const failing: [string, (value: number) => Promise<void> | void][] = [
  ['rejects', async (value) => (value === 3 ? Promise.reject(problem) : undefined)],
  [
    'throws',
    (value) => {
      if (value === 3) throw problem;
    },
  ],
];
it.each(failing)('stop: an item that %s ends the run and discards', async (_how, accept) => {
  const { runnable, finish, discard, expectBalanced } = summing(accept);
  await expect(runnable.run({ limits })).rejects.toBe(problem);
  expect(finish).not.toHaveBeenCalled();
  expect(discard).toHaveBeenCalledOnce();
  expectBalanced();
});

it.each(failing)('collect: an item that %s is reported after the others', async (_how, accept) => {
  const { runnable, counted, finish, discard, expectBalanced } = summing(accept);
  const error = await runnable.run({ limits, onFileError: 'collect' }).catch((failure) => failure);
  expect(error).toBeInstanceOf(CollectedError);
  expect(error.errors).toEqual([problem]);
  expect(counted.pulls).toBe(11);
  expect(finish).not.toHaveBeenCalled();
  expect(discard).toHaveBeenCalledOnce();
  expectBalanced();
});

it('a result that cannot be made is the error of the run', async () => {
  const { runnable, finish, discard, expectBalanced } = summing();
  finish.mockRejectedValue(problem);
  await expect(runnable.run({ limits })).rejects.toBe(problem);
  expect(discard).toHaveBeenCalledOnce();
  expectBalanced();
});

it('a run cancelled while its result is made waits for that to end', async () => {
  const { runnable, finish, expectBalanced } = summing();
  const making = gate<number>();
  finish.mockReturnValue(making.promise);
  const stop = new AbortController();
  const rejected = vi.fn();
  const run = runnable.run({ limits, signal: stop.signal }).catch(rejected);
  await turns(3);
  expect(finish).toHaveBeenCalledOnce();
  stop.abort();
  await turns(3);
  expect(rejected).not.toHaveBeenCalled();
  making.open(1);
  await run;
  expect(rejected).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'Cancelled' }));
  expectBalanced();
});
