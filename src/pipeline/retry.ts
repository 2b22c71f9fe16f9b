/** Repeats work that failed, as long as a policy says so. Knows no store and no class of error. */
import { systemClock } from './clock.js';
import { CancelledError } from './errors.js';
import type { Clock } from './types.js';

export interface RetryOptions<T = unknown> {
  /**
   * Decides after a failed try (`attempt` counts from 1): milliseconds to wait before the
   * next one, or `undefined` to give up with this error. Cancellation is never asked about.
   */
  readonly decide: (error: unknown, attempt: number) => number | undefined;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Try 1, when it has begun already. */
  readonly begun?: Promise<T>;
}

/** Runs `work` until it succeeds or `decide` gives up. Waiting ends at once, with `CancelledError`, when `signal` aborts. */
export async function retrying<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions<T>,
): Promise<T> {
  const { decide, signal, clock = systemClock, begun } = options;
  if (signal?.aborted && !begun)
    throw new CancelledError('cancelled before the work began', { cause: signal.reason });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (attempt === 1 && begun ? begun : work(attempt));
    } catch (error) {
      if (error instanceof CancelledError || signal?.aborted) throw error;
      const delayMs = decide(error, attempt);
      if (delayMs === undefined) throw error;
      await clock.sleep(delayMs, signal);
    }
  }
}

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  readonly multiplier: number;
}

/** Delay after failed try number `attempt`: exponential up to `maxMs`, times a random factor in [0.5, 1]. */
export function backoffMs(
  attempt: number,
  options: BackoffOptions,
  random: () => number = Math.random,
): number {
  const { initialMs, maxMs, multiplier } = options;
  return Math.min(maxMs, initialMs * multiplier ** (attempt - 1)) * (0.5 + random() / 2);
}
