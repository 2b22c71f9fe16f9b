/** Clocks that move only when they are told to. */

import { CancelledError } from '../../src/pipeline/errors.js';
import type { Clock } from '../../src/pipeline/types.js';

export interface HandClock extends Clock {
  /** Milliseconds since the clock was made. */
  readonly elapsed: number;
  /** Sleepers that wait just now. */
  readonly sleeping: number;
  /** Moves on, waking sleepers in the order of their times, and lets what they do settle in between. */
  advance(ms: number): Promise<void>;
}

const START = 1_000_000;

/** Time stands still until `advance`. */
export function handClock(): HandClock {
  let at = START;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    get elapsed() {
      return at - START;
    },
    get sleeping() {
      return sleepers.size;
    },
    now: () => at,
    monotonic: () => at,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(new CancelledError());
        const sleeper = { until: at + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          if (sleepers.delete(sleeper)) reject(new CancelledError());
        });
      }),
    async advance(ms) {
      const end = at + ms;
      await settled();
      for (;;) {
        const [next] = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (!next) break;
        at = Math.max(at, next.until);
        sleepers.delete(next);
        next.wake();
        await settled();
      }
      at = end;
      await settled();
    },
  };
}

/** Every sleep is over at once and has taken its time: for one that sleeps, and real I/O in between. `onSleep` is called before. */
export function leapingClock(onSleep: (at: number) => void = () => {}): Clock & { readonly elapsed: number } {
  let elapsed = 0;
  return {
    get elapsed() {
      return elapsed;
    },
    now: () => START + elapsed,
    monotonic: () => START + elapsed,
    async sleep(ms, signal) {
      onSleep(elapsed);
      if (signal?.aborted) throw new CancelledError();
      elapsed += ms;
    },
  };
}

/** Lets promises and I/O that is ready go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
