/** Sends each item one of two ways and brings both together again. */
import { merge, Observable, Subject } from 'rxjs';
import type { Leased, Stage } from './types.js';

/** Items for which `test` is true go through `yes`, the others through `no`; order is not kept between the two. */
export function branch<A, B>(test: (value: A) => boolean, yes: Stage<A, B>, no: Stage<A, B>): Stage<A, B> {
  return (ctx) => (source) =>
    new Observable((subscriber) => {
      const ways = { yes: new Subject<Leased<A>>(), no: new Subject<Leased<A>>() };
      const downstream = merge(ways.yes.pipe(yes(ctx)), ways.no.pipe(no(ctx))).subscribe(subscriber);
      const upstream = source.subscribe({
        next: (item) => (test(item.value) ? ways.yes : ways.no).next(item),
        error: (error) => subscriber.error(error),
        complete: () => {
          ways.yes.complete();
          ways.no.complete();
        },
      });
      return () => {
        upstream.unsubscribe();
        downstream.unsubscribe();
      };
    });
}
