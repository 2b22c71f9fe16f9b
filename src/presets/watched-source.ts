/** A source that tells what passes through it. What it passes on, and how fast, stays as it was. */
import { atHand, type BatchedIterator } from '../pipeline/batched.js';
import type { Source } from '../pipeline/types.js';

export interface SourceWatch<T> {
  /** The source is about to be pulled. */
  readonly begins?: () => void;
  readonly passes?: (item: T) => void;
  /** The source has come to its end; not called when it fails, or is left early. */
  readonly ends?: () => void;
  /** The source failed, or nobody wants the rest of it. */
  readonly breaks?: () => void;
}

/** `source` with `watch` told. Items that the source has at hand are still taken without a promise. */
export function watchedSource<T>(source: Source<T>, watch: SourceWatch<T>): Source<T> {
  return (ctx) => ({
    [Symbol.asyncIterator]: () => {
      watch.begins?.();
      return new Watched(source(ctx)[Symbol.asyncIterator](), watch);
    },
  });
}

class Watched<T> implements BatchedIterator<T> {
  #isOver = false;

  constructor(
    readonly inner: AsyncIterator<T>,
    readonly watch: SourceWatch<T>,
  ) {}

  nextAtHand(): T | undefined {
    const item = atHand(this.inner);
    if (item !== undefined) this.watch.passes?.(item);
    return item;
  }

  async next(): Promise<IteratorResult<T>> {
    const next = await this.inner.next().catch((error: unknown) => {
      this.#over(this.watch.breaks);
      throw error;
    });
    if (next.done === true) this.#over(this.watch.ends);
    else this.watch.passes?.(next.value);
    return next;
  }

  async return(): Promise<IteratorResult<T>> {
    this.#over(this.watch.breaks);
    await this.inner.return?.();
    return { value: undefined, done: true };
  }

  #over(tell: (() => void) | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell?.();
  }
}
