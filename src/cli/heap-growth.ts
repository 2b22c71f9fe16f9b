/**
 * How far the heap grows between two full collections. What waits for a batch's answer outlives two young ones, so
 * the old generation fills with entries that are done with, and V8 by itself would let it grow fourfold.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** A small heap is cheap to double, and expensive to collect all the time. */
export const SMALL_HEAP_PERCENT = 100;
/** With this the resubmit of 200,000 files peaks near 220 MiB, and a first submit of them near 260. */
export const LARGE_HEAP_PERCENT = 40;
export const LARGE_HEAP_BYTES = 100 * 1024 * 1024;
const LOOK_MS = 50;

/** What {@link tendHeap} looks at and sets. */
export interface Heap {
  readonly bytes: () => number;
  readonly growBy: (percent: number) => void;
}
const OWN_HEAP: Heap = {
  bytes: () => getHeapStatistics().total_heap_size,
  // V8 reads the flag whenever it sets the next limit.
  growBy: (percent) => setFlagsFromString(`--heap-growing-percent=${percent}`),
};

/** Lets the heap of this process grow fast until it is large. Holds no process open. */
export function tendHeap(heap: Heap = OWN_HEAP): void {
  heap.growBy(SMALL_HEAP_PERCENT);
  const looking = setInterval(() => {
    if (heap.bytes() < LARGE_HEAP_BYTES) return;
    heap.growBy(LARGE_HEAP_PERCENT);
    clearInterval(looking);
  }, LOOK_MS).unref();
}
