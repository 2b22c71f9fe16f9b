/**
 * The places that the outputs of one input travel on: a seat that comes with the input's
 * own lease, and credits of the objects budget for those that travel beside it. The seat
 * is what keeps nested expansions from waiting for each other: whoever holds all credits,
 * every input can always have one output under way.
 */
import { sharedLease } from './shared-lease.js';
import type { Budget, Lease } from './types.js';

export class Seat {
  #taken = false;
  #onFree: (() => void) | undefined;

  constructor(readonly objects: Budget) {}

  /** Takes the seat, which must be free. */
  sit(): Lease {
    this.#taken = true;
    return sharedLease(() => {
      this.#taken = false;
      this.#onFree?.();
    });
  }

  tryTake(): Lease | undefined {
    return this.#taken ? this.objects.tryAcquire(1) : this.sit();
  }

  /** Waits for the seat or a credit, whichever is free first. Rejects with `CancelledError` when `signal` aborts. */
  async take(signal: AbortSignal): Promise<Lease> {
    const giveUp = new AbortController();
    const abort = (): void => giveUp.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    this.#onFree = abort;
    try {
      return await this.objects.acquire(1, giveUp.signal);
    } catch (error) {
      if (signal.aborted || this.#taken) throw error;
      return this.sit();
    } finally {
      signal.removeEventListener('abort', abort);
      this.#onFree = undefined;
    }
  }
}
