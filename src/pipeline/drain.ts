/** The usual shape of a sink: takes every item, gives its lease back, and answers once at the end. */
import { Observable } from 'rxjs';
import { CollectedError } from './errors.js';
import { failItem } from './failures.js';
import type { Leased, RunContext } from './types.js';

export interface DrainOptions<T, R> {
  /** Takes an item. A promise keeps the item's lease until it settles: that is how a sink slows the source down. */
  readonly accept: (value: T) => Promise<void> | void;
  /** Makes the result once every item was taken. Not called when items failed. */
  readonly finish: () => Promise<R> | R;
  /** Cleans up when the run ends without a result, after `accept` and `finish` have settled; the run waits for it. */
  readonly discard?: () => Promise<void> | void;
}

/** An item that `accept` fails is reported like any other. Ends with `CollectedError` when failures were collected. */
export function drain<T, R>(
  ctx: RunContext,
  { accept, finish, discard }: DrainOptions<T, R>,
): (input: Observable<Leased<T>>) => Observable<R> {
  return (input) =>
    new Observable((subscriber) => {
      let pending = 1;
      let ending: Promise<void> | undefined;
      let finished = false;
      // Held until the result is made or everything is cleaned up, so that a cancelled run waits for it.
      const presence = ctx.budgets.files.tryAcquire(0);
      const fail = (error: unknown): void => subscriber.error(error);
      const end = async (): Promise<void> => {
        const { errors } = ctx.failures;
        if (errors.length > 0) throw new CollectedError([...errors]);
        const result = await finish();
        finished = true;
        subscriber.next(result);
        subscriber.complete();
      };
      const settle = (): void => {
        pending -= 1;
        if (pending === 0 && !subscriber.closed) ending = end().catch(fail);
      };
      const cleanUp = async (): Promise<void> => {
        await ending;
        if (!finished) await discard?.();
      };
      const upstream = input.subscribe({
        next: ({ value, lease }) => {
          let busy: Promise<void> | void;
          try {
            busy = accept(value);
          } catch (error) {
            failItem(ctx, lease, error, subscriber);
            return;
          }
          if (!busy) {
            lease.release();
            return;
          }
          pending += 1;
          const settled = busy.then(
            () => lease.release(),
            (error: unknown) => failItem(ctx, lease, error, subscriber),
          );
          void settled.then(settle);
        },
        error: fail,
        complete: settle,
      });
      return () => {
        upstream.unsubscribe();
        cleanUp().then(
          () => presence?.release(),
          (error: unknown) => {
            ctx.log('warning', 'cleaning up failed', { error });
            presence?.release();
          },
        );
      };
    });
}
