/** The one form in which a backend says that its caller has given up. */
import { CancelledError } from '../pipeline/errors.js';

/** Throws `CancelledError` when `signal` has aborted; call it before each step that leaves a trace. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

export function cancelled(signal: AbortSignal): CancelledError {
  return new CancelledError('the store call was cancelled', { cause: signal.reason });
}

/** What `promise` gives, but no longer waited for once `signal` aborts: then `CancelledError`. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(cancelled(signal));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
