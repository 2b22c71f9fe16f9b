import { afterEach, expect, it, vi } from 'vitest';
import {
  LARGE_HEAP_BYTES,
  LARGE_HEAP_PERCENT,
  SMALL_HEAP_PERCENT,
  tendHeap,
} from '../../src/cli/heap-growth.js';

afterEach(() => {
  vi.useRealTimers();
});

it('lets a small heap grow fast, and a large one slowly from the moment that it is large', () => {
  vi.useFakeTimers();
  const percents: number[] = [];
  let bytes = 10_000_000;
  tendHeap({ bytes: () => bytes, growBy: (percent) => percents.push(percent) });
  vi.advanceTimersByTime(1000);
  expect(percents).toEqual([SMALL_HEAP_PERCENT]);
  bytes = LARGE_HEAP_BYTES;
  vi.advanceTimersByTime(100);
  expect(percents).toEqual([SMALL_HEAP_PERCENT, LARGE_HEAP_PERCENT]);
  expect(vi.getTimerCount()).toBe(0);
});
