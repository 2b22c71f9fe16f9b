/**
 * The entrance of a pipeline: pulls the source only after a credit was granted, since
 * RxJS cannot slow down what feeds it. With a sink that releases nothing the source is
 * pulled exactly as often as the budget has credits.
 */
import { setMaxListeners } from 'node:events';
import { Observable, type Subscriber } from 'rxjs';
import { atHand } from './batched.js';
import { emit } from './emit.js';
import { holding } from './holding.js';
import { onAbort } from './on-abort.js';
import type { Leased, RunContext, Source } from './types.js';

/** Items in a row after which timers and requests get their turn; a turn costs about 1 us. */
const ITEMS_PER_TURN = 256;

/** The items of `source`, each with a lease of one file. Unsubscribing ends the source through `return()` and its signal. */
export function admit<T>(source: Source<T>, ctx: RunContext): Observable<Leased<T>> {
  return new Observable((subscriber) => {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const abort = (): void => stop.abort(ctx.signal.reason);
    ctx.signal.addEventListener('abort', abort, { once: true });
    if (ctx.signal.aborted) abort();
    // Held until the source has ended its own work, so that a run is not over before it.
    void holding(ctx, () => pull(source, { ...ctx, signal: stop.signal }, subscriber));
    return () => {
      ctx.signal.removeEventListener('abort', abort);
      stop.abort();
    };
  });
}

async function pull<T>(source: Source<T>, ctx: RunContext, subscriber: Subscriber<Leased<T>>): Promise<void> {
  // Keeps the signal's shared listener in place: putting it there and taking it away for every lease costs as much as the lease.
  const takeBack = onAbort(ctx.signal, () => {});
  try {
    const iterator = source(ctx)[Symbol.asyncIterator]();
    if (await forward(iterator, ctx, subscriber)) subscriber.complete();
    else await iterator.return?.();
  } catch (error) {
    subscriber.error(error);
  } finally {
    takeBack();
  }
}

/** True when the source came to its end, false when nobody listens any more. */
async function forward<T>(
  iterator: AsyncIterator<T>,
  { budgets: { files }, signal }: RunContext,
  subscriber: Subscriber<Leased<T>>,
): Promise<boolean> {
  for (let pulled = 1; !subscriber.closed; pulled += 1) {
    // A source that always has an item at hand would keep timers, and so a cancel, from running.
    if (pulled % ITEMS_PER_TURN === 0) await nextTurn();
    let lease = files.tryAcquire(1);
    if (!lease) {
      lease = await files.acquire(1, signal).catch((error: unknown) => {
        subscriber.error(error);
        return undefined;
      });
      if (!lease) return false;
    }
    const ready = atHand(iterator);
    if (ready !== undefined) {
      emit(subscriber, { value: ready, lease }); // it may have closed while the lease was waited for
      continue;
    }
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
  return false;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
