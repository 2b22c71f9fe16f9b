/**
 * How many calls of all classes may run at once when nobody said so (spec/storage.md 2.2,
 * `maxConnections: 'auto'`): the limit is raised by half, and stays where that moved at least a
 * twentieth more; else it goes back, and the next attempt waits. A window of measurement lasts at
 * least a second and until as many calls have ended as may run, so that each had its turn; the one
 * after a change is thrown away, for new connections are slow. Only windows count in which the limit
 * kept calls waiting: idle time says nothing. Needs no timer and knows no store.
 */
import type { Clock } from '../pipeline/types.js';

export interface ProbeSettings {
  readonly initial: number;
  readonly most: number;
  /** Factor of one raise. 1.5 takes eight raises from 50 to 1,024. */
  readonly growth: number;
  /** Factor of throughput that justifies a raise; below it is noise. */
  readonly gain: number;
  readonly windowMs: number;
  /** Pause after a raise that did not pay, or a throttle. */
  readonly holdMs: number;
  /** Bytes that weigh as much as one call: small bodies count as calls, large ones as bytes. */
  readonly bytesPerCall: number;
}

export const PROBE_DEFAULTS = {
  growth: 1.5,
  gain: 1.05,
  windowMs: 1000,
  holdMs: 30_000,
  bytesPerCall: 128 * 1024,
} as const satisfies Partial<ProbeSettings>;

interface Level {
  readonly limit: number;
  readonly rate: number;
}

export class ThroughputProbe {
  /** Calls that may run at once. */
  limit: number;
  /** The level below, while a raise is on trial. */
  #base: Level | undefined;
  #settling = true;
  #holdUntil: number;
  #since: number;
  #bytes = 0;
  #ended = 0;
  #endedFull = 0;

  constructor(
    private readonly settings: ProbeSettings,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.limit = settings.initial;
    this.#since = clock.monotonic();
    this.#holdUntil = this.#since;
  }

  moved(bytes: number): void {
    this.#bytes += bytes;
  }

  /** A call has ended; `full` says that others waited because as many ran as may. */
  ended(full: boolean): void {
    this.#ended += 1;
    if (full) this.#endedFull += 1;
    if (this.#ended < this.limit) return;
    const now = this.clock.monotonic();
    if (now - this.#since >= this.settings.windowMs) this.#judge(now);
  }

  throttled(): void {
    const now = this.clock.monotonic();
    if (this.#base) this.limit = this.#base.limit;
    this.#pause(now);
  }

  #judge(now: number): void {
    const full = this.#endedFull >= this.#ended * 0.9;
    const rate = (this.#ended + this.#bytes / this.settings.bytesPerCall) / (now - this.#since);
    const counts = full && !this.#settling && now >= this.#holdUntil;
    this.#open(now, false);
    if (!counts) return;
    if (this.#base && rate < this.#base.rate * this.settings.gain) {
      this.limit = this.#base.limit;
      this.#pause(now);
    } else if (this.limit < this.settings.most) {
      this.#base = { limit: this.limit, rate };
      this.limit = Math.min(this.settings.most, Math.ceil(this.limit * this.settings.growth));
      this.#open(now, true);
    }
  }

  #pause(now: number): void {
    this.#base = undefined;
    this.#holdUntil = now + this.settings.holdMs;
    this.#open(now, true);
  }

  #open(now: number, settling: boolean): void {
    this.#since = now;
    this.#bytes = 0;
    this.#ended = 0;
    this.#endedFull = 0;
    this.#settling = settling;
  }
}
