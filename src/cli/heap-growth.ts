/**
 * How far the heap grows between two full collections. What waits for a batch's answer outlives two young ones, so
 * the old generation fills with entries that are done with, and V8 by itself would let it grow fourfold.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * Below this V8 has its way: a flag that is set makes Node compile its own modules again, in every thread that starts
 * later, and that is a seventh of the processor time of a short run.
 */
export const SMALL_HEAP_BYTES = 40 * 1024 * 1024;
/** A heap of middling size is cheap to double, and expensive to collect all the time. */
export const MIDDLING_HEAP_PERCENT = 100;
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

/** Slows the growth of this process's heap as that becomes larger. Holds no process open. */
export function tendHeap(heap: Heap = OWN_HEAP): void {
  let current: number | undefined;
  const looking = setInterval(() => {
    const percent = percentFor(heap.bytes());
    if (percent === undefined || (current !== undefined && percent >= current)) return;
    current = percent;
    heap.growBy(percent);
    if (percent === LARGE_HEAP_PERCENT) clearInterval(looking);
  }, LOOK_MS).unref();
}

function percentFor(bytes: number): number | undefined {
  if (bytes >= LARGE_HEAP_BYTES) return LARGE_HEAP_PERCENT;
  return bytes >= SMALL_HEAP_BYTES ? MIDDLING_HEAP_PERCENT : undefined;
}
