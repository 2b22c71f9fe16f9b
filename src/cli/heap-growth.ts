/** How far the heap of the command may grow between two full collections. Knows no command. */
import {
  constants,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const { NODE_PERFORMANCE_GC_MAJOR: MAJOR } = constants;
/** A heap grows by this much, or by {@link LEAST_PERCENT} of what is alive if that is more. */
const HEADROOM_BYTES = 56 * 1024 * 1024;
const LEAST_PERCENT = 50;
/** What V8 itself allows at most. */
const MOST_PERCENT = 300;

type Collection = PerformanceEntry & { readonly detail?: NodeGCPerformanceDetail };

/**
 * Bounds the growth of the heap. What waits for a batch's answer outlives two young collections, so the old generation
 * fills with entries that are done with, and left to itself it grows fourfold: a first submit of 200,000 files would peak
 * near 370 MB instead of 290. A small heap may grow faster all the same, or a short run would collect every 15 MB.
 */
export function boundHeapGrowth(): void {
  new PerformanceObserver((list) => {
    // Only after a full collection is what is used what is alive.
    if (list.getEntries().some((entry: Collection) => entry.detail?.kind === MAJOR))
      setFlagsFromString(`--heap-growing-percent=${growthPercent(getHeapStatistics().used_heap_size)}`);
  }).observe({ entryTypes: ['gc'] });
}

/** By how much a heap with `live` bytes may grow. */
export function growthPercent(live: number): number {
  const percent = Math.round((HEADROOM_BYTES / live) * 100);
  return Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, percent));
}
