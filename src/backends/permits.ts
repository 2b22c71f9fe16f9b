/**
 * Permits under two limits that may change at any time: one per class, one for all. The oldest
 * waiter whose class has room goes next, so a class at its limit never blocks the others.
 * Knows no store and no clock.
 */
import { onAbort } from '../pipeline/on-abort.js';
import { cancelled, throwIfAborted } from './cancel.js';
import type { CallClass } from './limit.js';

export const CALL_CLASSES = ['head', 'read', 'write', 'list'] as const satisfies readonly CallClass[];

interface Waiter {
  readonly ticket: number;
  readonly grant: () => void;
}

/** What is allowed just now. */
export interface PermitLimits {
  of(kind: CallClass): number;
  readonly all: number;
}

export class Permits {
  /** Permits that are held, by class. */
  readonly held: Record<CallClass, number> = { head: 0, read: 0, write: 0, list: 0 };
  #all = 0;
  #tickets = 0;
  /** Sets keep the order of arrival and let go of one in the middle at once. */
  readonly #waiting: Record<CallClass, Set<Waiter>> = {
    head: new Set(),
    read: new Set(),
    write: new Set(),
    list: new Set(),
  };

  constructor(readonly limits: PermitLimits) {}

  get heldByAll(): number {
    return this.#all;
  }

  get waiting(): number {
    return CALL_CLASSES.reduce((sum, kind) => sum + this.#waiting[kind].size, 0);
  }

  /** Whether somebody waits because as many are held as there are. */
  get isFull(): boolean {
    return this.#all >= this.limits.all && this.waiting > 0;
  }

  /** Takes a permit if one is free and nobody of the class waits. */
  tryTake(kind: CallClass): boolean {
    if (this.#waiting[kind].size > 0 || !this.#fits(kind)) return false;
    this.#take(kind);
    return true;
  }

  /** Waits for a permit; `CancelledError` when `signal` aborts before. */
  async take(kind: CallClass, signal: AbortSignal | undefined): Promise<void> {
    throwIfAborted(signal);
    if (!this.tryTake(kind)) await this.#wait(kind, signal);
  }

  giveBack(kind: CallClass): void {
    this.held[kind] -= 1;
    this.#all -= 1;
    this.serve();
  }

  /** Lets waiters go for whom there is room; call it when a limit has risen. */
  serve(): void {
    for (let kind = this.#oldest(); kind !== undefined; kind = this.#oldest()) {
      const [waiter] = this.#waiting[kind];
      if (waiter === undefined) return;
      this.#waiting[kind].delete(waiter);
      this.#take(kind);
      waiter.grant();
    }
  }

  #take(kind: CallClass): void {
    this.held[kind] += 1;
    this.#all += 1;
  }

  #fits(kind: CallClass): boolean {
    return this.#all < this.limits.all && this.held[kind] < this.limits.of(kind);
  }

  /** The class whose first waiter has waited longest, of those with room. */
  #oldest(): CallClass | undefined {
    let found: CallClass | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const kind of CALL_CLASSES) {
      const [first] = this.#waiting[kind];
      if (first === undefined || first.ticket > lowest || !this.#fits(kind)) continue;
      found = kind;
      lowest = first.ticket;
    }
    return found;
  }

  #wait(kind: CallClass, signal: AbortSignal | undefined): Promise<void> {
    this.#tickets += 1;
    const ticket = this.#tickets;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ticket,
        grant: () => {
          takeBack?.();
          resolve();
        },
      };
      const abort = (): void => {
        this.#waiting[kind].delete(waiter);
        if (signal) reject(cancelled(signal));
      };
      this.#waiting[kind].add(waiter);
      const takeBack = signal && onAbort(signal, abort);
    });
  }
}
