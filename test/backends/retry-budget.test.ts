import { expect, it } from 'vitest';
import { withFaults } from '../../src/backends/faults.js';
import { withRetries } from '../../src/backends/retry.js';
import { RetryBudget } from '../../src/backends/retry-budget.js';
import { StorageError } from '../../src/model/errors.js';
import { handClock } from '../support/clocks.js';
import { failure } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const settings = { burst: 3, perSecond: 10, perSuccess: 0.5 };

it('lets a few go at once, and gives the others turns one after the other', () => {
  const budget = new RetryBudget(handClock(), settings);
  expect([1, 2, 3, 4, 5].map(() => budget.take(30_000))).toEqual([0, 0, 0, 100, 200]);
});

it('fills with time and with successes, up to the burst', async () => {
  const clock = handClock();
  const budget = new RetryBudget(clock, settings);
  for (let n = 0; n < 5; n += 1) budget.take(30_000);
  await clock.advance(200);
  expect(budget.take(30_000)).toBe(100);
  budget.succeeded();
  budget.succeeded();
  expect(budget.take(30_000)).toBe(100);
  await clock.advance(60_000);
  expect([1, 2, 3, 4].map(() => budget.take(30_000))).toEqual([0, 0, 0, 100]);
});

it('puts no turn off further than it is told', () => {
  const budget = new RetryBudget(handClock(), settings);
  const waits = Array.from({ length: 100 }, () => budget.take(1000));
  expect(Math.max(...waits)).toBe(1000);
});

it('slows the retries of all calls together, and takes no try from any of them', async () => {
  const clock = handClock();
  let requests = 0;
  const down = withFaults(memoryStore(), () => {
    requests += 1;
    return { kind: 'before', error: failure('ServiceError') };
  });
  const client = withRetries(down, { clock, random: () => 1, budget: { burst: 10, perSecond: 20 } });
  const heads = Promise.allSettled(
    Array.from({ length: 100 }, () => client.headObject('bucket', 'key').catch((error: unknown) => error)),
  );
  await clock.advance(1000);
  expect(requests).toBeGreaterThan(100 + 10);
  expect(requests).toBeLessThanOrEqual(100 + 10 + 20 + 1);
  await clock.advance(20_000);
  const errors = (await heads).map((one) => (one.status === 'fulfilled' ? one.value : undefined));
  expect(errors.every((error) => error instanceof StorageError && error.attempts === 3)).toBe(true);
  expect(requests).toBe(300);
});
