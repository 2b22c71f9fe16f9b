import { afterEach, expect, it, vi } from 'vitest';
import {
  LARGE_HEAP_BYTES,
  LARGE_HEAP_PERCENT,
  MIDDLING_HEAP_PERCENT,
  SMALL_HEAP_BYTES,
  tendHeap,
} from '../../src/cli/heap-growth.js';

afterEach(() => {
  vi.useRealTimers();
});

function tended(bytes: number) {
  vi.useFakeTimers();
  const percents: number[] = [];
  const heap = { bytes };
  tendHeap({ bytes: () => heap.bytes, growBy: (percent) => percents.push(percent) });
  vi.advanceTimersByTime(1000);
  return { percents, heap };
}

it('leaves a small heap alone, and slows its growth as it becomes larger', () => {
  const { percents, heap } = tended(SMALL_HEAP_BYTES - 1);
  expect(percents).toEqual([]);
  heap.bytes = SMALL_HEAP_BYTES;
  vi.advanceTimersByTime(1000);
  expect(percents).toEqual([MIDDLING_HEAP_PERCENT]);
  heap.bytes = LARGE_HEAP_BYTES;
  vi.advanceTimersByTime(100);
  expect(percents).toEqual([MIDDLING_HEAP_PERCENT, LARGE_HEAP_PERCENT]);
  expect(vi.getTimerCount()).toBe(0);
});

it('never lets it grow faster again', () => {
  const { percents, heap } = tended(SMALL_HEAP_BYTES);
  heap.bytes = SMALL_HEAP_BYTES - 1;
  vi.advanceTimersByTime(1000);
  heap.bytes = SMALL_HEAP_BYTES;
  vi.advanceTimersByTime(1000);
  expect(percents).toEqual([MIDDLING_HEAP_PERCENT]);
});

it('takes a heap that is large at once for a large one', () => {
  expect(tended(LARGE_HEAP_BYTES).percents).toEqual([LARGE_HEAP_PERCENT]);
});
