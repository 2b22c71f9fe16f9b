import { expect, it } from 'vitest';
import { ClassLimit } from '../../src/backends/class-limit.js';
import { handClock } from '../support/clocks.js';

it('halves what ran, at most once a second', async () => {
  const clock = handClock();
  const limit = new ClassLimit(1024, clock);
  limit.throttled(64);
  expect(limit.now).toBe(32);
  limit.throttled(64);
  await clock.advance(999);
  limit.throttled(64);
  expect(limit.now).toBe(32);
  await clock.advance(1);
  limit.throttled(32);
  expect(limit.now).toBe(16);
});

it('never ends below one', async () => {
  const clock = handClock();
  const limit = new ClassLimit(4, clock);
  for (let second = 0; second < 5; second += 1) {
    limit.throttled(limit.now);
    await clock.advance(1000);
  }
  limit.throttled(1);
  expect(limit.now).toBe(1);
});

it('gets one back per second without a throttle, up to where it began', async () => {
  const clock = handClock();
  const limit = new ClassLimit(10, clock);
  limit.throttled(10);
  await clock.advance(1999);
  expect(limit.now).toBe(6);
  await clock.advance(1);
  expect(limit.now).toBe(7);
  limit.throttled(1); // throttled again: the second begins anew
  expect(limit.now).toBe(1);
  await clock.advance(999);
  expect(limit.now).toBe(1);
  await clock.advance(60_000);
  expect(limit.now).toBe(10);
});
