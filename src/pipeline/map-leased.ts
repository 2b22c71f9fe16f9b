/**
 * The usual operator over leased items: one in, one out (or none, when the item failed and
 * failures are collected). Work that has its answer at hand returns it plainly and costs
 * no promise; everything else returns a promise and takes one of `concurrency` places.
 */
import { setMaxListeners } from 'node:events';
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { emit } from './emit.js';
import { failItem } from './failures.js';
import { leaseAnswer, type MaybeHeld } from './held.js';
import { atLeastOne } from './options.js';
import { Queue } from './queue.js';
import type { Leased, RunContext } from './types.js';

/** May answer with `hold(value, lease)` to keep something it took for as long as the output lives. */
export type Work<A, B> = (value: A, signal: AbortSignal) => Promise<MaybeHeld<B>> | MaybeHeld<B>;

/**
 * Runs `work` on up to `concurrency` items at once; each output keeps its input's lease
 * and order is not kept. An item that fails gives its lease back and is reported to
 * `ctx.failures`. Unsubscribing aborts the signal that every work was given.
 */
export function mapLeased<A, B>(
  ctx: RunContext,
  concurrency: number,
  work: Work<A, B>,
): OperatorFunction<Leased<A>, Leased<B>> {
  atLeastOne('concurrency', concurrency);
  return (source) =>
    new Observable((subscriber) => {
      const mapping = new Mapping(ctx, concurrency, work, subscriber);
      const upstream = source.subscribe({
        next: (item) => mapping.accept(item),
        error: (error) => subscriber.error(error),
        complete: () => mapping.end(),
      });
      return () => {
        upstream.unsubscribe();
        mapping.stop();
      };
    });
}

/** State of one subscription: nothing is shared between runs. */
class Mapping<A, B> {
  readonly #waiting = new Queue<Leased<A>>();
  readonly #stop = new AbortController();
  #active = 0;
  #ended = false;

  constructor(
    readonly ctx: RunContext,
    readonly concurrency: number,
    readonly work: Work<A, B>,
    readonly subscriber: Subscriber<Leased<B>>,
  ) {
    setMaxListeners(0, this.#stop.signal); // one listener per request in flight is expected
  }

  accept(item: Leased<A>): void {
    if (this.subscriber.closed) item.lease.release();
    else if (this.#active < this.concurrency) this.#start(item);
    else this.#waiting.push(item);
  }

  end(): void {
    this.#ended = true;
    this.#completeWhenDone();
  }

  stop(): void {
    this.#stop.abort();
    for (const { lease } of this.#waiting.drain()) lease.release();
  }

  #start(item: Leased<A>): void {
    let result: Promise<MaybeHeld<B>> | MaybeHeld<B>;
    try {
      result = this.work(item.value, this.#stop.signal);
    } catch (error) {
      failItem(this.ctx, item.lease, error, this.subscriber);
      return;
    }
    if (!isPromise(result)) {
      emit(this.subscriber, leaseAnswer(result, item.lease));
      return;
    }
    this.#active += 1;
    result.then(
      (value) => {
        emit(this.subscriber, leaseAnswer(value, item.lease));
        this.#settle();
      },
      (error: unknown) => {
        failItem(this.ctx, item.lease, error, this.subscriber);
        this.#settle();
      },
    );
  }

  #settle(): void {
    this.#active -= 1;
    // A loop, not a recursion: items that are answered at once would overflow the stack.
    while (this.#active < this.concurrency) {
      const item = this.#waiting.take();
      if (!item) break;
      this.#start(item);
    }
    this.#completeWhenDone();
  }

  #completeWhenDone(): void {
    if (this.#ended && this.#active === 0 && this.#waiting.size === 0) this.subscriber.complete();
  }
}

function isPromise<T>(value: Promise<T> | T): value is Promise<T> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
