/**
 * One in, many out: a file becomes its objects. The first output rides on the lease of its
 * input; each further one waits for a credit of the objects budget, so a file of ten
 * thousand parts does not flood the stages behind it.
 */
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { joinLeases } from './budget.js';
import { emit } from './emit.js';
import { failItem } from './failures.js';
import type { Leased, RunContext } from './types.js';

/** The input's lease goes back when the last output's has. An input without outputs ends here. */
export function expandLeased<A, B>(
  ctx: RunContext,
  expand: (value: A) => Iterable<B>,
): OperatorFunction<Leased<A>, Leased<B>> {
  return (source) =>
    new Observable((subscriber) => {
      const stop = new AbortController();
      let pending = 1;
      const settle = (): void => {
        pending -= 1;
        if (pending === 0) subscriber.complete();
      };
      const accept = (item: Leased<A>): void => {
        const rest = emitFirst(ctx, item, expand, subscriber);
        if (!rest) return;
        pending += 1;
        void emitRest(ctx, item, rest, subscriber, stop.signal).finally(settle);
      };
      const upstream = source.subscribe({
        next: accept,
        error: (error) => subscriber.error(error),
        complete: settle,
      });
      return () => {
        upstream.unsubscribe();
        stop.abort();
      };
    });
}

/** Emits at once what needs no waiting; gives what is left, if anything is. */
function emitFirst<A, B>(
  ctx: RunContext,
  { value, lease }: Leased<A>,
  expand: (value: A) => Iterable<B>,
  subscriber: Subscriber<Leased<B>>,
): { second: B; iterator: Iterator<B> } | undefined {
  let first: IteratorResult<B>;
  let second: IteratorResult<B>;
  let iterator: Iterator<B>;
  try {
    iterator = expand(value)[Symbol.iterator]();
    first = iterator.next();
    second = first.done === true ? first : iterator.next();
  } catch (error) {
    failItem(ctx, lease, error, subscriber);
    return undefined;
  }
  if (first.done === true) lease.release();
  else if (second.done === true) emit(subscriber, { value: first.value, lease });
  else {
    emit(subscriber, { value: first.value, lease: lease.fork() });
    return { second: second.value, iterator };
  }
  return undefined;
}

async function emitRest<A, B>(
  ctx: RunContext,
  { lease }: Leased<A>,
  rest: { second: B; iterator: Iterator<B> },
  subscriber: Subscriber<Leased<B>>,
  signal: AbortSignal,
): Promise<void> {
  let next: IteratorResult<B> = { value: rest.second, done: false };
  try {
    while (next.done !== true && !subscriber.closed) {
      const object = await ctx.budgets.objects.acquire(1, signal);
      emit(subscriber, { value: next.value, lease: joinLeases(lease.fork(), object) });
      next = rest.iterator.next();
    }
    lease.release();
  } catch (error) {
    failItem(ctx, lease, error, subscriber);
  }
}
