/**
 * The entrance of a pipeline: pulls the source only after a credit was granted, since
 * RxJS cannot slow down what feeds it. With a sink that releases nothing the source is
 * pulled exactly as often as the budget has credits.
 */
import { Observable, type Subscriber } from 'rxjs';
import type { Budget, Leased, RunContext, Source } from './types.js';

/** The items of `source`, each with a lease of one file. Unsubscribing ends the source through `return()` and its signal. */
export function admit<T>(source: Source<T>, ctx: RunContext): Observable<Leased<T>> {
  return new Observable((subscriber) => {
    const stop = new AbortController();
    const signal = AbortSignal.any([ctx.signal, stop.signal]);
    let iterator: AsyncIterator<T>;
    try {
      iterator = source({ ...ctx, signal })[Symbol.asyncIterator]();
    } catch (error) {
      subscriber.error(error);
      return undefined;
    }
    void pull(iterator, ctx.budgets.files, subscriber, signal);
    return () => stop.abort();
  });
}

async function pull<T>(
  iterator: AsyncIterator<T>,
  files: Budget,
  subscriber: Subscriber<Leased<T>>,
  signal: AbortSignal,
): Promise<void> {
  // Held until the source has ended its own work, so that a run is not over before it.
  const presence = files.tryAcquire(0);
  try {
    if (await forward(iterator, files, subscriber, signal)) subscriber.complete();
  } catch (error) {
    subscriber.error(error);
  } finally {
    presence?.release();
  }
}

/** True when the source came to its end. */
async function forward<T>(
  iterator: AsyncIterator<T>,
  files: Budget,
  subscriber: Subscriber<Leased<T>>,
  signal: AbortSignal,
): Promise<boolean> {
  while (!subscriber.closed) {
    const lease = files.tryAcquire(1) ?? (await files.acquire(1, signal));
    let next: IteratorResult<T>;
    try {
      next = await iterator.next();
    } catch (error) {
      lease.release();
      throw error;
    }
    if (next.done === true || subscriber.closed) lease.release();
    if (next.done === true) return true;
    if (!subscriber.closed) subscriber.next({ value: next.value, lease });
  }
  await iterator.return?.();
  return false;
}
