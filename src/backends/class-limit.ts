/**
 * How many calls of one class may run at once, after the store has asked for fewer
 * (spec/storage.md 2.4): halved at most once a second, one added back per second without a throttle.
 * Needs no timer: time is counted when the limit is asked for.
 */
import type { Clock } from '../pipeline/types.js';

const SECOND_MS = 1000;

export class ClassLimit {
  #limit: number;
  #halvedAt = Number.NEGATIVE_INFINITY;
  /** The last throttle, or the last credit since. */
  #quietSince = 0;

  constructor(
    /** Where it begins, and never goes beyond. */
    private readonly ceiling: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#limit = ceiling;
  }

  get now(): number {
    if (this.#limit < this.ceiling) this.#recover();
    return this.#limit;
  }

  /** Takes note of a throttled call, one of `running` of its class: what ran was too much, whatever was allowed. */
  throttled(running: number): void {
    const limit = this.now;
    const at = this.clock.monotonic();
    this.#quietSince = at;
    if (at - this.#halvedAt < SECOND_MS) return;
    this.#halvedAt = at;
    this.#limit = Math.max(1, Math.floor(Math.min(limit, running) / 2));
  }

  #recover(): void {
    const seconds = Math.floor((this.clock.monotonic() - this.#quietSince) / SECOND_MS);
    this.#quietSince += seconds * SECOND_MS;
    this.#limit = Math.min(this.ceiling, this.#limit + seconds);
  }
}
