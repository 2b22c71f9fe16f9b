/**
 * Budgets: credits that bound what is in flight. Admission takes one per item before the
 * source is pulled; a stage takes bytes before it fills a buffer. First come, first
 * served, so a large request is not starved by small ones behind it.
 */
import { CancelledError } from './errors.js';
import { positiveInteger } from './options.js';
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
  #waiting: Waiter[] = [];
  #head = 0;
  #grants = 0;
  #idle: (() => void)[] = [];

  constructor(readonly capacity: number) {}

  tryAcquire(weight: number): Lease | undefined {
    return this.#head === this.#waiting.length && this.#fits(weight) ? this.#grant(weight) : undefined;
  }

  acquire(weight: number, signal?: AbortSignal): Promise<Lease> {
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    const lease = this.tryAcquire(weight);
    return lease ? Promise.resolve(lease) : this.#wait(weight, signal);
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
    return new Share({ holders: 1, giveBack: () => this.#giveBack(weight) });
  }

  #wait(weight: number, signal?: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { weight, cancelled: false, grant: resolve };
      this.#waiting.push(waiter);
      if (!signal) return;
      const abort = (): void => {
        waiter.cancelled = true;
        reject(cancelled(signal));
        this.#serve(); // those behind it may fit now
      };
      signal.addEventListener('abort', abort, { once: true });
      (waiter as { grant: (lease: Lease) => void }).grant = (lease) => {
        signal.removeEventListener('abort', abort);
        resolve(lease);
      };
    });
  }

  #giveBack(weight: number): void {
    this.#grants -= 1;
    this.inUse -= weight;
    this.#serve();
    if (this.#grants > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #serve(): void {
    while (this.#head < this.#waiting.length) {
      const waiter = this.#waiting[this.#head] as Waiter;
      if (!waiter.cancelled) {
        if (!this.#fits(waiter.weight)) break;
        waiter.grant(this.#grant(waiter.weight));
      }
      this.#head += 1;
    }
    this.#forgetServed();
  }

  /** A moving head instead of `shift()`, which is quadratic on long queues. */
  #forgetServed(): void {
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }
}

interface Grant {
  holders: number;
  readonly giveBack: () => void;
}

class Share implements Lease {
  #grant: Grant | undefined;

  constructor(grant: Grant) {
    this.#grant = grant;
  }

  fork(): Lease {
    const grant = this.#held();
    grant.holders += 1;
    return new Share(grant);
  }

  release(): void {
    const grant = this.#held();
    this.#grant = undefined;
    grant.holders -= 1;
    if (grant.holders === 0) grant.giveBack();
  }

  #held(): Grant {
    if (this.#grant) return this.#grant;
    throw new Error('a lease was used after it had been released');
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

function cancelled(signal: AbortSignal): CancelledError {
  return new CancelledError('cancelled while waiting for a budget', { cause: signal.reason });
}
