/** The system's clock as a value, so that everything that waits can be tested without waiting. */
import { CancelledError } from './errors.js';
import type { Clock } from './types.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(interrupted(signal));
      const done = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const timer = setTimeout(done, ms);
      const abort = (): void => {
        clearTimeout(timer);
        reject(interrupted(signal));
      };
      signal?.addEventListener('abort', abort, { once: true });
    }),
};

function interrupted(signal: AbortSignal | undefined): CancelledError {
  return new CancelledError('cancelled while waiting', { cause: signal?.reason });
}
