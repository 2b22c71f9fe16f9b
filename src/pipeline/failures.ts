/**
 * What happens to an item that fails. `stop` ends the run with its error; `collect` drops
 * the item, remembers the error, and the run ends with `CollectedError` after the others.
 */
import type { Subscriber } from 'rxjs';
import { CancelledError } from './errors.js';
import type { Failures, Lease, RunContext } from './types.js';

export type FailurePolicy = 'stop' | 'collect';

/** `fatal` names errors that end a run under either policy, for example a full disk. */
export function createFailures(
  policy: FailurePolicy,
  fatal: (error: unknown) => boolean = () => false,
): Failures {
  const errors: unknown[] = [];
  const known = new Set<unknown>();
  return {
    policy,
    errors,
    report(error) {
      if (policy === 'stop' || error instanceof CancelledError || fatal(error)) throw error;
      if (known.has(error)) return; // parts of one file, or items of one batch, fail with one error
      known.add(error);
      errors.push(error);
    },
  };
}

/** Ends an item that failed: its lease goes back, and the error goes to the policy or down the stream. */
export function failItem<T>(ctx: RunContext, lease: Lease, error: unknown, subscriber: Subscriber<T>): void {
  lease.release();
  if (subscriber.closed) return;
  try {
    ctx.failures.report(error);
  } catch (final) {
    subscriber.error(final);
  }
}
