import { expect, it } from 'vitest';
import { withGrace, within } from '../../src/backends/deadline.js';
import { handClock, settled } from '../support/clocks.js';

it('gives what comes in time, and leaves nothing asleep', async () => {
  const clock = handClock();
  expect(await within(Promise.resolve(7), 1000, clock)).toBe(7);
  await expect(within(Promise.reject(new Error('no')), 1000, clock)).rejects.toThrow('no');
  expect(clock.sleeping).toBe(0);
});

it('gives nothing for what comes later, and does not mind how it ends', async () => {
  const clock = handClock();
  let fail = (_: Error): void => undefined;
  const waiting = within(new Promise<never>((_resolve, reject) => (fail = reject)), 1000, clock);
  await clock.advance(1000);
  expect(await waiting).toBeUndefined();
  fail(new Error('late'));
  await settled();
});

it('grace ends a while after the signal, and not at all without one', async () => {
  const clock = handClock();
  const stop = new AbortController();
  let grace: AbortSignal | undefined;
  const running = withGrace(stop.signal, 500, clock, async (signal) => {
    grace = signal;
    await clock.sleep(10_000, signal);
  });
  const ended = expect(running).rejects.toMatchObject({ code: 'Cancelled' });
  await clock.advance(1000);
  stop.abort(new Error('enough'));
  await clock.advance(499);
  expect(grace?.aborted).toBe(false);
  await clock.advance(1);
  expect(grace?.aborted).toBe(true);
  expect(grace?.reason).toMatchObject({ message: 'enough' });
  await ended;
  expect(await withGrace(undefined, 500, clock, async () => 7)).toBe(7);
  expect(await withGrace(AbortSignal.abort(), 500, clock, async () => 7)).toBe(7);
  expect(clock.sleeping).toBe(0);
});
