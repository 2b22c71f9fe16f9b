/**
 * Progress of a run: named counters that stages add to, shown to the caller from time to
 * time. Reports never overlap; a slow listener gets the newest numbers, not a queue.
 */
import type { Clock, ProgressSink } from './types.js';

export interface ProgressSnapshot {
  readonly counters: Readonly<Record<string, number>>;
  /** What was being worked on last. */
  readonly subject: string;
  readonly elapsedMs: number;
  /** The last report of a run, made exactly once. */
  readonly final: boolean;
}

/** Returning `false`, or a promise of it, cancels the run. */
export type ProgressListener = (snapshot: ProgressSnapshot) => unknown;

export interface ProgressOptions {
  /** Milliseconds between reports; one is made even when nothing moved. */
  readonly intervalMs?: number;
  /** A report is also due after this many items. */
  readonly everyItems?: number;
  /** The counter that counts items. */
  readonly itemCounter?: string;
}
export const PROGRESS_DEFAULTS: Required<ProgressOptions> = {
  intervalMs: 1000,
  everyItems: 50,
  itemCounter: 'files',
};

/** The {@link ProgressSink} of one run. `cancel` is called with what a listener threw, or with `undefined` when it answered `false`. */
export class RunProgress implements ProgressSink {
  readonly #counters: Record<string, number> = Object.create(null);
  readonly #options: Required<ProgressOptions>;
  readonly #startedMs: number;
  #subject = '';
  #itemsSince = 0;
  #busy = false;
  #stale = false;
  #closed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly clock: Clock,
    readonly listener: ProgressListener | undefined,
    readonly cancel: (error: unknown) => void,
    options: ProgressOptions = {},
  ) {
    this.#options = { ...PROGRESS_DEFAULTS, ...options };
    this.#startedMs = clock.monotonic();
    if (!listener) return;
    this.#timer = setInterval(() => this.#report(false), this.#options.intervalMs);
    this.#timer.unref?.();
  }

  add(counter: string, delta: number): void {
    this.#counters[counter] = (this.#counters[counter] ?? 0) + delta;
    if (counter !== this.#options.itemCounter || !this.listener) return;
    this.#itemsSince += delta;
    if (this.#itemsSince >= this.#options.everyItems) this.#report(false);
  }

  subject(text: string): void {
    this.#subject = text;
  }

  snapshot(final = false): ProgressSnapshot {
    const elapsedMs = this.clock.monotonic() - this.#startedMs;
    return { counters: { ...this.#counters }, subject: this.#subject, elapsedMs, final };
  }

  /** Ends the reports, with a final one unless the run failed. */
  close(succeeded: boolean): void {
    if (this.#closed) return;
    clearInterval(this.#timer);
    if (succeeded) this.#report(true);
    this.#closed = true;
  }

  #report(final: boolean): void {
    if (!this.listener || this.#closed) return;
    if (this.#busy && !final) {
      this.#stale = true;
      return;
    }
    this.#itemsSince = 0;
    let answer: unknown;
    try {
      answer = this.listener(this.snapshot(final));
    } catch (error) {
      this.cancel(error);
      return;
    }
    if (answer instanceof Promise) this.#await(answer);
    else if (answer === false) this.cancel(undefined);
  }

  #await(answer: Promise<unknown>): void {
    this.#busy = true;
    answer.then(
      (value) => {
        this.#busy = false;
        if (value === false) this.cancel(undefined);
        else if (this.#stale) {
          this.#stale = false;
          this.#report(false);
        }
      },
      (error: unknown) => this.cancel(error),
    );
  }
}
