/**
 * One in, many out: a file becomes its objects. One output at a time rides on the lease of
 * its input; each further one waits for a credit of the objects budget, so a file of ten
 * thousand parts does not flood the stages behind it.
 */
import { setMaxListeners } from 'node:events';
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { joinLeases } from './budget.js';
import { emit } from './emit.js';
import { failItem } from './failures.js';
import { Seat } from './seat.js';
import type { Leased, RunContext } from './types.js';

/** The input's lease goes back when the last output's has. An input without outputs ends here. */
export function expandLeased<A, B>(
  ctx: RunContext,
  expand: (value: A) => Iterable<B>,
): OperatorFunction<Leased<A>, Leased<B>> {
  return (source) =>
    new Observable((subscriber) => {
      const stop = new AbortController();
      setMaxListeners(0, stop.signal); // one listener per file that waits for a credit
      let pending = 1;
      const settle = (): void => {
        pending -= 1;
        if (pending === 0) subscriber.complete();
      };
      const accept = (item: Leased<A>): void => {
        const expansion = emitFirst(ctx, item, expand, subscriber);
        if (!expansion) return;
        pending += 1;
        void emitRest(ctx, item, expansion, subscriber, stop.signal).finally(settle);
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

/** What is left of an input after its first output. */
interface Expansion<B> {
  readonly seat: Seat;
  readonly second: B;
  readonly iterator: Iterator<B>;
}

/** Emits at once what needs no waiting; gives what is left, if anything is. */
function emitFirst<A, B>(
  ctx: RunContext,
  { value, lease }: Leased<A>,
  expand: (value: A) => Iterable<B>,
  subscriber: Subscriber<Leased<B>>,
): Expansion<B> | undefined {
  if (subscriber.closed) {
    lease.release();
    return undefined;
  }
  let first: IteratorResult<B>;
  let second: IteratorResult<B>;
  let iterator: Iterator<B>;
  try {
    const outputs = expand(value);
    if (Array.isArray(outputs) && outputs.length === 1) {
      emit(subscriber, { value: outputs[0] as B, lease }); // most files; no iterator is made
      return undefined;
    }
    iterator = outputs[Symbol.iterator]();
    first = iterator.next();
    second = first.done === true ? first : iterator.next();
  } catch (error) {
    failItem(ctx, lease, error, subscriber);
    return undefined;
  }
  if (first.done === true) lease.release();
  else if (second.done === true) emit(subscriber, { value: first.value, lease });
  else {
    const seat = new Seat(ctx.budgets.objects);
    emit(subscriber, { value: first.value, lease: joinLeases(lease.fork(), seat.sit()) });
    return { seat, second: second.value, iterator };
  }
  return undefined;
}

async function emitRest<A, B>(
  ctx: RunContext,
  { lease }: Leased<A>,
  { seat, second, iterator }: Expansion<B>,
  subscriber: Subscriber<Leased<B>>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (const value of continued(second, iterator)) {
      if (subscriber.closed) break;
      const place = seat.tryTake() ?? (await seat.take(signal));
      emit(subscriber, { value, lease: joinLeases(lease.fork(), place) });
    }
    lease.release();
  } catch (error) {
    failItem(ctx, lease, error, subscriber);
  }
}

/** The rest of an iterator, closed when it is left early: it may hold a descriptor. */
function* continued<B>(second: B, iterator: Iterator<B>): Generator<B> {
  let leftEarly = true;
  try {
    yield second;
    for (;;) {
      leftEarly = false;
      const next = iterator.next();
      if (next.done === true) return;
      leftEarly = true;
      yield next.value;
    }
  } finally {
    if (leftEarly) iterator.return?.();
  }
}
