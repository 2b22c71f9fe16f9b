/** The one form in which a backend says that its caller has given up. */
import { CancelledError } from '../pipeline/errors.js';

/** Throws `CancelledError` when `signal` has aborted; call it before each step that leaves a trace. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

export function cancelled(signal: AbortSignal): CancelledError {
  return new CancelledError('the store call was cancelled', { cause: signal.reason });
}
