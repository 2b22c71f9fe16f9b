/**
 * A source that runs ahead of the pipeline by a bounded number of items, so that totals are
 * known early and slow listings overlap with slow transfers. Items it holds are not in
 * flight: they have no lease yet.
 */
import { atHand, type BatchedIterator } from './batched.js';
import { positiveInteger } from './options.js';
import { Queue } from './queue.js';
import type { Source } from './types.js';

/** `source`, read up to `items` items ahead of its consumer. No item may be `undefined`. Throws `OptionError` for `items` below 1. */
export function readAhead<T>(source: Source<T>, items: number): Source<T> {
  const limit = positiveInteger('items', items);
  return (ctx) => ({ [Symbol.asyncIterator]: () => new Reader(source(ctx)[Symbol.asyncIterator](), limit) });
}

class Reader<T> implements BatchedIterator<T> {
  readonly #ready = new Queue<T>();
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #reading: Promise<void> | undefined;
  #wakeConsumer: (() => void) | undefined;
  #wakeReader: (() => void) | undefined;

  constructor(
    readonly source: AsyncIterator<T>,
    readonly limit: number,
  ) {}

  nextAtHand(): T | undefined {
    const value = this.#ready.take();
    if (value !== undefined) this.#wakeReader?.();
    return value;
  }

  async next(): Promise<IteratorResult<T>> {
    this.#reading ??= this.#read();
    while (this.#ready.size === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = () => {
          this.#wakeConsumer = undefined; // to resolve a promise once more costs as much as a file does elsewhere
          resolve();
        };
      });
    }
    const value = this.nextAtHand();
    if (value !== undefined) return { value, done: false };
    if (this.#failure) throw this.#failure.error;
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<T>> {
    this.#ended = true;
    this.#ready.drain();
    this.#wakeReader?.();
    this.#wakeConsumer?.();
    await this.#reading;
    await this.source.return?.();
    return { value: undefined, done: true };
  }

  async #read(): Promise<void> {
    try {
      while (!this.#ended) {
        if (this.#ready.size >= this.limit) await this.#room();
        if (this.#ended) break;
        const ready = atHand(this.source);
        const next = ready === undefined ? await this.source.next() : undefined;
        if (next?.done === true) break;
        const value = next ? next.value : ready;
        if (!this.#ended) this.#ready.push(value as T);
        this.#wakeConsumer?.();
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#ended = true;
      this.#wakeConsumer?.();
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = () => {
        this.#wakeReader = undefined;
        resolve();
      };
    });
  }
}
