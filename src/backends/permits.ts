/**
 * Permits under two limits that may change at any time: one per class, one for all. The oldest
 * waiter whose class has room goes next, so a class at its limit never blocks the others.
 * Knows no store and no clock.
 */
import { onAbort } from '../pipeline/on-abort.js';
import { cancelled } from './cancel.js';
import type { CallClass } from './limit.js';

export const CALL_CLASSES = ['head', 'read', 'write', 'list'] as const satisfies readonly CallClass[];

interface Waiter {
  readonly kind: CallClass;
  readonly ticket: number;
  readonly signal: AbortSignal | undefined;
  readonly grant: () => void;
  readonly refuse: (error: unknown) => void;
}

/** One look-out per signal, however many wait. */
interface Watch {
  waiters: number;
  readonly takeBack: () => void;
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
  readonly #waiting: Readonly<Record<CallClass, Set<Waiter>>> = {
    head: new Set(),
    read: new Set(),
    write: new Set(),
    list: new Set(),
  };
  readonly #watches = new Map<AbortSignal, Watch>();

  constructor(readonly limits: PermitLimits) {}

  get heldByAll(): number {
    return this.#all;
  }

  get waiting(): number {
    const { head, read, write, list } = this.#waiting;
    return head.size + read.size + write.size + list.size;
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
  take(kind: CallClass, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    return this.tryTake(kind) ? Promise.resolve() : this.#wait(kind, signal);
  }

  giveBack(kind: CallClass): void {
    this.held[kind] -= 1;
    this.#all -= 1;
    this.serve();
  }

  /** Lets waiters go for whom there is room; call it when a limit has risen. */
  serve(): void {
    for (let waiter = this.#oldest(); waiter; waiter = this.#oldest()) {
      this.#waiting[waiter.kind].delete(waiter);
      this.#take(waiter.kind);
      if (waiter.signal) this.#unwatch(waiter.signal);
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

  /** Who has waited longest, of the classes with room. */
  #oldest(): Waiter | undefined {
    if (this.#all >= this.limits.all) return undefined;
    let oldest: Waiter | undefined;
    for (const kind of CALL_CLASSES) {
      if (this.#waiting[kind].size === 0 || !this.#fits(kind)) continue;
      const [first] = this.#waiting[kind];
      if (first && (!oldest || first.ticket < oldest.ticket)) oldest = first;
    }
    return oldest;
  }

  #wait(kind: CallClass, signal: AbortSignal | undefined): Promise<void> {
    this.#tickets += 1;
    const ticket = this.#tickets;
    return new Promise((grant, refuse) => {
      this.#waiting[kind].add({ kind, ticket, signal, grant, refuse });
      if (signal) this.#watch(signal);
    });
  }

  #watch(signal: AbortSignal): void {
    const watch = this.#watches.get(signal);
    if (watch) watch.waiters += 1;
    else this.#watches.set(signal, { waiters: 1, takeBack: onAbort(signal, () => this.#leave(signal)) });
  }

  #unwatch(signal: AbortSignal): void {
    const watch = this.#watches.get(signal);
    if (!watch) return;
    watch.waiters -= 1;
    if (watch.waiters > 0) return;
    this.#watches.delete(signal);
    watch.takeBack();
  }

  /** Whoever waits under `signal` waits no more. */
  #leave(signal: AbortSignal): void {
    this.#watches.delete(signal);
    for (const kind of CALL_CLASSES) {
      for (const waiter of this.#waiting[kind]) {
        if (waiter.signal !== signal) continue;
        this.#waiting[kind].delete(waiter);
        waiter.refuse(cancelled(signal));
      }
    }
    this.serve(); // a class whose first waiter left may have room for the next
  }
}
