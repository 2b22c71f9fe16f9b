/** Keeps items that pass; the lease of every other one goes back at once. */
import { Observable, type OperatorFunction } from 'rxjs';
import { emit } from './emit.js';
import { failItem } from './failures.js';
import type { Leased, RunContext } from './types.js';

/** `keep` is synchronous. One that throws fails its item like any other work. */
export function filterLeased<T>(
  ctx: RunContext,
  keep: (value: T) => boolean,
): OperatorFunction<Leased<T>, Leased<T>> {
  return (source) =>
    new Observable((subscriber) =>
      source.subscribe({
        next: (item) => {
          try {
            if (!keep(item.value)) return item.lease.release();
          } catch (error) {
            return failItem(ctx, item.lease, error, subscriber);
          }
          emit(subscriber, item);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}
