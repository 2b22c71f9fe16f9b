/** Sends each item one of two ways and brings both together again. */
import { merge, Observable, Subject } from 'rxjs';
import { failItem } from './failures.js';
import type { Leased, Stage } from './types.js';

/**
 * Items for which `test` is true go through `yes`, the others through `no`; order is not
 * kept between the two. A `test` that throws fails its item like any other work.
 */
export function branch<A, B>(test: (value: A) => boolean, yes: Stage<A, B>, no: Stage<A, B>): Stage<A, B> {
  return (ctx) => (source) =>
    new Observable((subscriber) => {
      const ways = { yes: new Subject<Leased<A>>(), no: new Subject<Leased<A>>() };
      merge(ways.yes.pipe(yes(ctx)), ways.no.pipe(no(ctx))).subscribe(subscriber);
      const upstream = source.subscribe({
        next: (item) => {
          try {
            send(item, test(item.value) ? ways.yes : ways.no);
          } catch (error) {
            failItem(ctx, item.lease, error, subscriber);
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          ways.yes.complete();
          ways.no.complete();
        },
      });
      return () => upstream.unsubscribe();
    });
}

/** A way may have ended early, by its own choice or because the run did. */
function send<T>(item: Leased<T>, way: Subject<Leased<T>>): void {
  if (way.observed) way.next(item);
  else item.lease.release();
}
