import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/pipeline/clock.js';
import { type ProgressListener, type ProgressSnapshot, RunProgress } from '../../src/pipeline/progress.js';
import { gates } from '../support/pipeline.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
function start(listener: ProgressListener, options = {}) {
  const cancel = vi.fn();
  return { progress: new RunProgress(systemClock, listener, cancel, options), cancel };
}
const files = (listener: { mock: { calls: [ProgressSnapshot][] } }): (number | undefined)[] =>
  listener.mock.calls.map(([snapshot]) => snapshot.counters['files']);

it('reports at every interval, even when nothing moved, and finally once', async () => {
  const listener = vi.fn<ProgressListener>();
  const { progress, cancel } = start(listener, { intervalMs: 10 });
  progress.subject('a.exr');
  await vi.advanceTimersByTimeAsync(35);
  expect(listener).toHaveBeenCalledTimes(3);
  expect(listener.mock.lastCall?.[0]).toMatchObject({ subject: 'a.exr', final: false });
  await progress.close(true);
  await progress.close(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(listener.mock.calls.map(([snapshot]) => snapshot.final)).toEqual([false, false, false, true]);
  expect(vi.getTimerCount()).toBe(0);
  expect(cancel).not.toHaveBeenCalled();
});

it('reports at the first count, whatever is counted, and then after so many items of its counter', () => {
  const listener = vi.fn<ProgressListener>();
  const { progress } = start(listener, { everyItems: 3 });
  for (let item = 0; item < 9; item += 1) {
    progress.add('bytes', 1000);
    progress.add('files', 1);
  }
  expect(files(listener)).toEqual([undefined, 3, 6, 9]);
  expect(listener.mock.calls[0]?.[0]).toMatchObject({ counters: { bytes: 1000 }, final: false });
});

it.each<[string, object, number, number[]]>([
  ['every item of a run of few, known before', { totalItems: 4 }, 0, [1, 2, 3, 4]],
  ['every item of a run of few, as found', {}, 4, [1, 2, 3, 4]],
  ['some of as many as make a report', { totalItems: 5 }, 0, [1]],
  ['some of those found', {}, 5, []],
  ['some of those known, whatever was found', { totalItems: 60 }, 2, []],
  ['some where nothing is known', {}, 0, [1]],
])('tells %s', (_what, options, found, expected) => {
  const listener = vi.fn<ProgressListener>();
  const { progress } = start(listener, { everyItems: 5, ...options });
  if (found > 0) progress.add('found', found);
  listener.mockClear(); // the first count is a report of its own
  for (let item = 0; item < 4; item += 1) progress.add('files', 1);
  expect(files(listener)).toEqual(expected);
});

it('tells every item that is counted in one moment to a listener that answers at once', () => {
  const told: (number | undefined)[] = [];
  const { progress } = start(({ counters }) => void told.push(counters['files']), { totalItems: 10 });
  for (let item = 0; item < 10; item += 1) progress.add('files', 1);
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('a listener that counts something itself is not called within its call', () => {
  let depth = 0;
  let deepest = 0;
  const { progress } = start(
    () => {
      deepest = Math.max(deepest, ++depth);
      if (told++ < 3) progress.add('files', 1);
      depth -= 1;
    },
    { everyItems: 1 },
  );
  let told = 0;
  progress.add('files', 1);
  expect([deepest, told]).toEqual([1, 4]);
});

it('gives a slow listener the newest numbers and never calls it twice at once', async () => {
  const { work, calls } = gates<ProgressSnapshot, unknown>();
  const listener = vi.fn(work);
  const { progress } = start(listener, { everyItems: 1, intervalMs: 10 });
  for (let item = 0; item < 5; item += 1) progress.add('files', 1);
  await vi.advanceTimersByTimeAsync(100);
  expect(files(listener)).toEqual([1]);
  calls[0]?.gate.open(undefined);
  await settle();
  expect(files(listener)).toEqual([1, 5]);
  const closed = vi.fn();
  void progress.close(true).then(closed);
  progress.add('files', 1);
  await settle();
  expect(listener).toHaveBeenCalledTimes(2); // the final report waits too
  calls[1]?.gate.open(undefined);
  await settle();
  expect(listener.mock.lastCall?.[0]).toMatchObject({ final: true, counters: { files: 6 } });
  expect(closed).not.toHaveBeenCalled();
  calls[2]?.gate.open(undefined);
  await settle();
  expect(closed).toHaveBeenCalledOnce();
  expect(listener).toHaveBeenCalledTimes(3);
});

const problem = new Error('listener broke');
it.each<[string, ProgressListener, unknown]>([
  ['false', () => false, undefined],
  ['a promise of false', async () => false, undefined],
  [
    'a throw',
    () => {
      throw problem;
    },
    problem,
  ],
  ['a rejection', () => Promise.reject(problem), problem],
])('%s cancels and ends the reports', async (_case, listener, reason) => {
  const spy = vi.fn(listener);
  const { progress, cancel } = start(spy, { everyItems: 1 });
  progress.add('files', 1);
  await settle();
  expect(cancel).toHaveBeenCalledExactlyOnceWith(reason);
  progress.add('files', 1);
  await vi.advanceTimersByTimeAsync(5000);
  await progress.close(true);
  expect(spy).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it.each<[string, ProgressListener]>([
  ['false', ({ final }) => !final],
  ['a promise of false', async ({ final }) => !final],
])('%s cancels from the last report too', async (_case, listener) => {
  const { progress, cancel } = start(listener);
  progress.add('files', 1);
  await settle();
  await progress.close(true);
  expect(cancel).toHaveBeenCalledExactlyOnceWith(undefined);
});

it('a run that fails while a listener is busy gets no further report', async () => {
  const { work, calls } = gates<ProgressSnapshot, unknown>();
  const { progress } = start(work, { everyItems: 1 });
  progress.add('files', 1);
  progress.add('files', 1);
  await progress.close(false);
  calls[0]?.gate.open(undefined);
  await settle();
  expect(calls).toHaveLength(1);
});

it('reported numbers never go back; the snapshot is exact', async () => {
  const listener = vi.fn<ProgressListener>();
  const { progress } = start(listener, { intervalMs: 10 });
  for (const delta of [100, -60, 10, 90]) {
    progress.add('bytes', delta);
    await vi.advanceTimersByTimeAsync(10);
  }
  const first = 100; // told at once
  expect(listener.mock.calls.map(([{ counters }]) => counters['bytes'])).toEqual([first, 100, 100, 100, 140]);
  progress.add('bytes', -40);
  expect(progress.snapshot().counters).toEqual({ bytes: 100 });
});

it.each(['intervalMs', 'everyItems'])('refuses %s below 1', (option) => {
  expect(() => start(() => {}, { [option]: 0 })).toThrow(expect.objectContaining({ option }));
});

it('has every counter, whatever its name', async () => {
  const listener = vi.fn<ProgressListener>();
  const { progress } = start(listener);
  for (const name of ['__proto__', 'constructor', 'toString']) progress.add(name, 2);
  await progress.close(true);
  const counters = Object.entries(listener.mock.lastCall?.[0].counters ?? {});
  expect(counters).toEqual([
    ['__proto__', 2],
    ['constructor', 2],
    ['toString', 2],
  ]);
  expect(Object.entries(progress.snapshot().counters)).toEqual(counters);
});

it('needs no timer without a listener', () => {
  new RunProgress(systemClock, undefined, () => {}).add('files', 100);
  expect(vi.getTimerCount()).toBe(0);
});
