/** A source without what a predicate refuses, as fast as the source itself. */
import { atHand, type BatchedIterator } from '../pipeline/batched.js';
import type { Source } from '../pipeline/types.js';

/** The items of `source` that `keeps` accepts. Those that the source has at hand are still taken without a promise. */
export function filteredSource<T>(source: Source<T>, keeps: (item: T) => boolean): Source<T> {
  return (ctx) => ({
    [Symbol.asyncIterator]: () => new Filtered(source(ctx)[Symbol.asyncIterator](), keeps),
  });
}

class Filtered<T> implements BatchedIterator<T> {
  constructor(
    readonly inner: AsyncIterator<T>,
    readonly keeps: (item: T) => boolean,
  ) {}

  nextAtHand(): T | undefined {
    let item = atHand(this.inner);
    while (item !== undefined && !this.keeps(item)) item = atHand(this.inner);
    return item;
  }

  async next(): Promise<IteratorResult<T>> {
    for (;;) {
      const ready = this.nextAtHand();
      if (ready !== undefined) return { value: ready, done: false };
      const next = await this.inner.next();
      if (next.done === true || this.keeps(next.value)) return next;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    await this.inner.return?.();
    return { value: undefined, done: true };
  }
}
