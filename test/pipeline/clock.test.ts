import { getEventListeners } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/pipeline/clock.js';

afterEach(() => {
  vi.useRealTimers();
});

it('sleeps as long as asked and leaves neither timer nor listener', async () => {
  vi.useFakeTimers();
  const { signal } = new AbortController();
  const done = vi.fn();
  void systemClock.sleep(100, signal).then(done);
  await vi.advanceTimersByTimeAsync(99);
  expect(done).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toHaveBeenCalledOnce();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it.each(['before', 'during'])('an abort %s the sleep rejects at once and clears the timer', async (when) => {
  vi.useFakeTimers();
  const stop = new AbortController();
  if (when === 'before') stop.abort('why');
  const sleep = systemClock.sleep(1000, stop.signal);
  stop.abort('why');
  await expect(sleep).rejects.toMatchObject({ code: 'Cancelled', cause: 'why' });
  expect(vi.getTimerCount()).toBe(0);
});

it('tells time', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  const first = systemClock.monotonic();
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(first);
});
