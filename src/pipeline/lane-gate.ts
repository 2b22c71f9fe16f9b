/**
 * Places for work in two lanes: small items side by side, large ones
 * few at a time and only when no small one waits, so that a run that is stopped loses
 * little. Knows nothing of the items.
 */
import { onAbort } from './on-abort.js';

interface Lane {
  readonly capacity: number;
  active: number;
  /** Called when there is a place. */
  readonly waiting: Set<() => void>;
}

export class LaneGate {
  readonly #small: Lane;
  readonly #large: Lane;

  constructor(smallAtOnce: number, largeAtOnce: number) {
    this.#small = { capacity: smallAtOnce, active: 0, waiting: new Set() };
    this.#large = { capacity: largeAtOnce, active: 0, waiting: new Set() };
  }

  /** Takes a place, `undefined` meaning at once. Rejects with the signal's reason when it aborts first. */
  enter(isLarge: boolean, signal: AbortSignal): Promise<void> | undefined {
    const lane = isLarge ? this.#large : this.#small;
    if (!this.#isFree(lane)) return this.#wait(lane, signal);
    lane.active += 1;
    return undefined;
  }

  /** Gives the place back. */
  leave(isLarge: boolean): void {
    (isLarge ? this.#large : this.#small).active -= 1;
    this.#serve(this.#small);
    this.#serve(this.#large);
  }

  #isFree(lane: Lane): boolean {
    if (lane.active >= lane.capacity) return false;
    return lane === this.#small || this.#small.active < this.#small.capacity;
  }

  #serve(lane: Lane): void {
    for (const enter of lane.waiting) {
      if (!this.#isFree(lane)) return;
      lane.waiting.delete(enter);
      lane.active += 1;
      enter();
    }
  }

  #wait({ waiting }: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        waiting.delete(enter);
        reject(signal.reason);
      };
      const enter = (): void => {
        takeBack();
        resolve();
      };
      waiting.add(enter);
      const takeBack = onAbort(signal, abort);
    });
  }
}
