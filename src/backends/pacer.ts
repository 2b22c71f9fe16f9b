/**
 * A rate that bytes may pass at: an account that fills with time and may be overdrawn. Whoever
 * finds it overdrawn waits in line; whoever does not takes what he needs at once, so that one body
 * larger than the account is no problem. The rate may change at any time. Knows no store.
 */
import type { Clock } from '../pipeline/types.js';
import { throwIfAborted, untilAborted } from './cancel.js';

/** What was not used within this time is lost: timers are coarse, bursts are not wanted. */
const BURST_MS = 50;

export class Pacer {
  #bytesPerSecond: number;
  #balance = 0;
  #filledAt: number;
  #line: Promise<void> = Promise.resolve();
  /** Ends the sleep of the first in line: what he waits for has changed. */
  #wake = (): void => undefined;

  constructor(
    bytesPerSecond: number,
    private readonly clock: Clock,
  ) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#filledAt = clock.monotonic();
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  set bytesPerSecond(value: number) {
    this.#fill();
    this.#bytesPerSecond = value;
    if (value === Number.POSITIVE_INFINITY) this.#balance = 0;
    this.#wake();
  }

  /** Waits until everything taken before has passed, then takes `bytes`. `CancelledError` when `signal` aborts before. */
  async take(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const before = this.#line;
    let leave = (): void => undefined;
    this.#line = new Promise((resolve) => {
      leave = resolve;
    });
    try {
      await untilAborted(before, signal);
      await this.#paid(signal);
      this.charge(bytes);
    } finally {
      before.then(leave); // who gives up in the middle of the line lets nobody overtake
    }
  }

  /** Takes bytes without waiting; negative ones are given back. */
  charge(bytes: number): void {
    if (this.#bytesPerSecond !== Number.POSITIVE_INFINITY) this.#balance -= bytes;
    if (bytes < 0) this.#wake();
  }

  async #paid(signal: AbortSignal | undefined): Promise<void> {
    for (this.#fill(); this.#balance < 0; this.#fill()) {
      await this.#sleep((-this.#balance / this.#bytesPerSecond) * 1000, signal);
    }
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const end = new AbortController();
    this.#wake = () => end.abort();
    signal?.addEventListener('abort', this.#wake, { once: true });
    try {
      await this.clock.sleep(ms, end.signal);
    } catch (error) {
      throwIfAborted(signal);
      if (!end.signal.aborted) throw error;
    } finally {
      signal?.removeEventListener('abort', this.#wake);
    }
  }

  #fill(): void {
    const now = this.clock.monotonic();
    const perMs = this.#bytesPerSecond / 1000;
    if (perMs !== Number.POSITIVE_INFINITY) {
      this.#balance = Math.min(BURST_MS * perMs, this.#balance + (now - this.#filledAt) * perMs);
    }
    this.#filledAt = now;
  }
}
