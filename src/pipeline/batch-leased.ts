/**
 * Work that is cheaper for many items than for one: database lookups, tasks for a pool.
 * Batches form by themselves: what arrives while all places are busy waits together, so
 * a fast source makes large batches and a slow one is not held up.
 */
import { setMaxListeners } from 'node:events';
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { emit } from './emit.js';
import { failItem } from './failures.js';
import { leaseAnswer, type MaybeHeld } from './held.js';
import { atLeastOne } from './options.js';
import { Queue } from './queue.js';
import type { Leased, RunContext } from './types.js';

/** What became of one item of a batch; `value` may be `hold(value, lease)`, to keep a further lease for as long as the output lives. */
export type Outcome<B> = { readonly value: MaybeHeld<B> } | { readonly error: unknown };

export interface BatchOptions<A> {
  /** Items per batch at most. */
  readonly maxItems: number;
  /** Batches at work at once. */
  readonly concurrency: number;
  /** Weight of an item; with `maxWeight` it ends a batch early. An item above it travels alone. */
  readonly weigh?: (value: A) => number;
  readonly maxWeight?: number;
}

type BatchWork<A, B> = (values: readonly A[], signal: AbortSignal) => Promise<readonly Outcome<B>[]>;

/**
 * Runs `work` on batches; it answers with one {@link Outcome} per item, in order. Each
 * output keeps its input's lease. `bypass` may answer an item at once, without a batch.
 * A batch that rejects fails every item of it, a `bypass` or `weigh` that throws its own.
 */
export function batchLeased<A, B>(
  ctx: RunContext,
  options: BatchOptions<A>,
  work: BatchWork<A, B>,
  bypass: (value: A) => B | undefined = () => undefined,
): OperatorFunction<Leased<A>, Leased<B>> {
  atLeastOne('maxItems', options.maxItems);
  atLeastOne('concurrency', options.concurrency);
  return (source) =>
    new Observable((subscriber) => {
      const batching = new Batching(ctx, options, work, bypass, subscriber);
      const upstream = source.subscribe({
        next: (item) => batching.accept(item),
        error: (error) => subscriber.error(error),
        complete: () => batching.end(),
      });
      return () => {
        upstream.unsubscribe();
        batching.stop();
      };
    });
}

class Batching<A, B> {
  readonly #waiting = new Queue<Leased<A>>();
  /** What each of them weighs; empty where nothing is weighed. */
  readonly #weights = new Queue<number>();
  readonly #stop = new AbortController();
  #active = 0;
  #scheduled = false;
  #ended = false;

  constructor(
    readonly ctx: RunContext,
    readonly options: BatchOptions<A>,
    readonly work: BatchWork<A, B>,
    readonly bypass: (value: A) => B | undefined,
    readonly subscriber: Subscriber<Leased<B>>,
  ) {
    setMaxListeners(0, this.#stop.signal);
  }

  accept(item: Leased<A>): void {
    if (this.subscriber.closed) {
      item.lease.release();
      return;
    }
    try {
      this.#answerOrGather(item);
    } catch (error) {
      failItem(this.ctx, item.lease, error, this.subscriber);
    }
  }

  end(): void {
    this.#ended = true;
    this.#startBatches(1);
    this.#completeWhenDone();
  }

  stop(): void {
    this.#stop.abort();
    for (const { lease } of this.#waiting.drain()) lease.release();
  }

  #answerOrGather(item: Leased<A>): void {
    const known = this.bypass(item.value);
    if (known === undefined) this.#gather(item);
    else emit(this.subscriber, { value: known, lease: item.lease });
  }

  #gather(item: Leased<A>): void {
    const { weigh } = this.options;
    if (weigh) this.#weights.push(weigh(item.value)); // first, for it may throw
    this.#waiting.push(item);
    if (this.#waiting.size >= this.options.maxItems) this.#startBatches(this.options.maxItems);
    else this.#startSoon();
  }

  /** At the end of this turn of the event loop, when no more items come for the moment. */
  #startSoon(): void {
    if (this.#scheduled || this.#active >= this.options.concurrency) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#startBatches(1);
    });
  }

  #startBatches(atLeast: number): void {
    while (this.#active < this.options.concurrency && this.#waiting.size >= atLeast)
      void this.#run(this.#take());
  }

  #take(): Leased<A>[] {
    const { maxItems, maxWeight = Number.POSITIVE_INFINITY } = this.options;
    const batch: Leased<A>[] = [];
    let weight = 0;
    for (let next = this.#waiting.peek(); next && batch.length < maxItems; next = this.#waiting.peek()) {
      weight += this.#weights.peek() ?? 0;
      if (batch.length > 0 && weight > maxWeight) break;
      batch.push(next);
      this.#waiting.take();
      this.#weights.take();
    }
    return batch;
  }

  async #run(batch: readonly Leased<A>[]): Promise<void> {
    this.#active += 1;
    const outcomes = await this.#outcomes(batch);
    batch.forEach(({ lease }, index) => {
      const outcome = outcomes[index] ?? { error: new Error('a batch gave fewer answers than it had items') };
      if ('error' in outcome) failItem(this.ctx, lease, outcome.error, this.subscriber);
      else emit(this.subscriber, leaseAnswer(outcome.value, lease));
    });
    this.#active -= 1;
    this.#startBatches(1);
    this.#completeWhenDone();
  }

  async #outcomes(batch: readonly Leased<A>[]): Promise<readonly Outcome<B>[]> {
    try {
      const values = batch.map(({ value }) => value);
      return await this.work(values, this.#stop.signal);
    } catch (error) {
      return batch.map(() => ({ error }));
    }
  }

  #completeWhenDone(): void {
    if (this.#ended && this.#active === 0 && this.#waiting.size === 0) this.subscriber.complete();
  }
}
