/**
 * Sources that get their items in batches. Pulled as a plain async iterable each item costs
 * several promises; who knows these iterators takes what is at hand without any.
 */

/** An async iterator that may have items at hand. */
export interface BatchedIterator<T> extends AsyncIterator<T> {
  /** The next item when it is at hand, else `undefined`: then `next()` brings it, the end, or the failure. */
  nextAtHand(): T | undefined;
}

/** The item that `iterator` has at hand, if it can have one. */
export function atHand<T>(iterator: AsyncIterator<T>): T | undefined {
  return 'nextAtHand' in iterator ? (iterator as BatchedIterator<T>).nextAtHand() : undefined;
}

/** The items of all batches, in order; leaving early closes `batches`. No item may be `undefined`. */
export function fromBatches<T>(batches: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new FromBatches(batches[Symbol.asyncIterator]()) };
}

class FromBatches<T> implements BatchedIterator<T> {
  #batch: readonly T[] = [];
  #at = 0;

  constructor(readonly batches: AsyncIterator<readonly T[]>) {}

  nextAtHand(): T | undefined {
    if (this.#at === this.#batch.length) return undefined;
    const item = this.#batch[this.#at];
    this.#at += 1;
    return item;
  }

  async next(): Promise<IteratorResult<T>> {
    while (this.#at === this.#batch.length) {
      const next = await this.batches.next();
      if (next.done === true) return { value: undefined, done: true };
      this.#batch = next.value;
      this.#at = 0;
    }
    return { value: this.nextAtHand() as T, done: false };
  }

  async return(): Promise<IteratorResult<T>> {
    this.#batch = [];
    this.#at = 0;
    await this.batches.return?.();
    return { value: undefined, done: true };
  }
}
