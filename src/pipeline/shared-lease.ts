/**
 * Leases with several holders. The first lease of a credit counts them itself: one is made
 * for every item of a run, and most are never forked, so a credit costs one object.
 */
import type { Lease } from './types.js';

/** A lease that calls `giveBack(weight)` when it and all its forks have been released. */
export function sharedLease(giveBack: (weight: number) => void, weight = 1): Lease {
  return new FirstHolder(giveBack, weight);
}

class FirstHolder implements Lease {
  #holders = 1;
  #held = true;

  constructor(
    readonly giveBack: (weight: number) => void,
    readonly weight: number,
  ) {}

  fork(): Lease {
    checkHeld(this.#held);
    return this.join();
  }

  release(): void {
    checkHeld(this.#held);
    this.#held = false;
    this.leave();
  }

  join(): Lease {
    this.#holders += 1;
    return new FurtherHolder(this);
  }

  leave(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.giveBack(this.weight);
  }
}

class FurtherHolder implements Lease {
  #first: FirstHolder | undefined;

  constructor(first: FirstHolder) {
    this.#first = first;
  }

  fork(): Lease {
    checkHeld(this.#first !== undefined);
    return (this.#first as FirstHolder).join();
  }

  release(): void {
    checkHeld(this.#first !== undefined);
    const first = this.#first as FirstHolder;
    this.#first = undefined;
    first.leave();
  }
}

function checkHeld(held: boolean): void {
  if (!held) throw new Error('a lease was used after it had been released');
}
