/**
 * Budgets: credits that bound what is in flight. Admission takes one per item before the
 * source is pulled; a stage takes bytes before it fills a buffer. First come, first
 * served, so a large request is not starved by small ones behind it.
 */
import { CancelledError } from './errors.js';
import { onAbort } from './on-abort.js';
import { positiveInteger } from './options.js';
import { Queue } from './queue.js';
import { sharedLease } from './shared-lease.js';
import type { Budget, Lease } from './types.js';

interface Waiter {
  readonly weight: number;
  readonly grant: (lease: Lease) => void;
  cancelled: boolean;
}

/** A budget of `capacity` credits. Throws {@link OptionError} naming `name` for a capacity below 1. */
export function createBudget(name: string, capacity: number): OwnedBudget {
  return new OwnedBudget(positiveInteger(name, capacity));
}

/** A {@link Budget} and what its owner may ask of it. */
export class OwnedBudget implements Budget {
  inUse = 0;
  peak = 0;
  readonly #waiting = new Queue<Waiter>();
  #cancelled = 0;
  #grants = 0;
  #idle: (() => void)[] = [];

  constructor(readonly capacity: number) {}

  /** Leases that are held, those of weight 0 included. */
  get held(): number {
    return this.#grants;
  }

  tryAcquire(weight: number): Lease | undefined {
    checkWeight(weight);
    const free = weight === 0 || (this.#waiting.size === 0 && this.#fits(weight));
    return free ? this.#grant(weight) : undefined;
  }

  async acquire(weight: number, signal?: AbortSignal): Promise<Lease> {
    if (signal?.aborted) throw cancelled(signal);
    return this.tryAcquire(weight) ?? this.#wait(weight, signal);
  }

  /** Resolves when no lease is held: everything that was in flight has ended. */
  idle(): Promise<void> {
    if (this.#grants === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #fits(weight: number): boolean {
    return this.inUse + weight <= this.capacity || this.inUse === 0;
  }

  #grant(weight: number): Lease {
    this.#grants += 1;
    this.inUse += weight;
    if (this.inUse > this.peak) this.peak = this.inUse;
    return sharedLease(this.#giveBack, weight);
  }

  #wait(weight: number, signal?: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const grant = (lease: Lease): void => {
        takeBack?.();
        resolve(lease);
      };
      const waiter: Waiter = { weight, grant, cancelled: false };
      const abort = (): void => {
        this.#forget(waiter);
        reject(cancelled(signal));
      };
      this.#waiting.push(waiter);
      const takeBack = signal && onAbort(signal, abort);
    });
  }

  /** Shared budgets live long: waiters that gave up may not pile up behind one that waits. */
  #forget(waiter: Waiter): void {
    waiter.cancelled = true;
    this.#cancelled += 1;
    if (this.#cancelled * 2 > this.#waiting.size) {
      this.#waiting.keep((other) => !other.cancelled);
      this.#cancelled = 0;
    }
    this.#serve(); // those behind it may fit now
  }

  /** One function per budget, not one per lease. */
  readonly #giveBack = (weight: number): void => {
    this.#grants -= 1;
    this.inUse -= weight;
    if (this.#waiting.size > 0) this.#serve();
    if (this.#grants > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  };

  #serve(): void {
    for (let next = this.#waiting.peek(); next; next = this.#waiting.peek()) {
      if (!next.cancelled && !this.#fits(next.weight)) return;
      this.#waiting.take();
      if (next.cancelled) this.#cancelled -= 1;
      else next.grant(this.#grant(next.weight));
    }
  }
}

/** One lease that stands for several: forks and releases all of them together. */
export function joinLeases(...leases: readonly Lease[]): Lease {
  return {
    fork: () => joinLeases(...leases.map((lease) => lease.fork())),
    release: () => {
      for (const lease of leases) lease.release();
    },
  };
}

/** A weight that is no number would spoil the count for good. */
function checkWeight(weight: number): void {
  if (!(weight >= 0)) throw new RangeError(`a weight must be a number of at least 0, not ${String(weight)}`);
}

function cancelled(signal: AbortSignal | undefined): CancelledError {
  return new CancelledError('cancelled while waiting for a budget', { cause: signal?.reason });
}
