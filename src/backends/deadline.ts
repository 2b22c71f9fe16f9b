/** Waiting that has an end. Knows no store. */
import type { Clock } from '../pipeline/types.js';

/** What `promise` gives within `ms`; `undefined` when it takes longer, and then its result is nobody's. Rejects as it does. */
export async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | undefined> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
    promise.catch(() => undefined); // it may still fail, and nobody waits any more
  }
}

/**
 * Runs `work` with a signal that aborts only `ms` after `signal` has: for a call whose answer is
 * needed to clean up behind it.
 */
export async function withGrace<T>(
  signal: AbortSignal | undefined,
  ms: number,
  clock: Clock,
  work: (grace: AbortSignal) => Promise<T>,
): Promise<T> {
  const grace = new AbortController();
  const done = new AbortController();
  const abort = (): void => {
    clock.sleep(ms, done.signal).then(
      () => grace.abort(signal?.reason),
      () => undefined,
    );
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await work(grace.signal);
  } finally {
    signal?.removeEventListener('abort', abort);
    done.abort();
  }
}
