/**
 * Progress of a run: named counters that stages add to, shown to the caller at the first
 * count, from time to time, and at the end (spec/files-and-submission.md 1.5, spec/storage.md
 * 3.6). Reports never overlap; a slow listener gets the newest numbers, not a queue.
 */
import { positiveInteger } from './options.js';
import type { Clock, ProgressSink } from './types.js';

export interface ProgressSnapshot {
  readonly counters: Readonly<Record<string, number>>;
  /** What was being worked on last. */
  readonly subject: string;
  readonly elapsedMs: number;
  /** The last report of a run, made exactly once. */
  readonly final: boolean;
}

/** Returning `false`, or a promise of it, cancels the run, also from the final report. */
export type ProgressListener = (snapshot: ProgressSnapshot) => unknown;

export interface ProgressOptions {
  /** Milliseconds between reports; one is made even when nothing moved. */
  readonly intervalMs?: number;
  /** A report is also due after this many items, and after every one in a run that has fewer. */
  readonly everyItems?: number;
  /** The counter that counts items. */
  readonly itemCounter?: string;
  /** Items of the run, where that is known before it; else `foundCounter` tells. */
  readonly totalItems?: number;
  /** The counter of the items found so far. */
  readonly foundCounter?: string;
}
export const PROGRESS_DEFAULTS: Required<Omit<ProgressOptions, 'totalItems'>> = {
  intervalMs: 1000,
  everyItems: 50,
  itemCounter: 'files',
  foundCounter: 'found',
};

interface Counter {
  value: number;
  /** The most that was reported: bytes of a failed try are taken back, but no report goes back (spec/storage.md 3.6). */
  shown: number;
}

/** The {@link ProgressSink} of one run. `cancel` is called with what a listener threw, or with `undefined` when it answered `false`. */
export class RunProgress implements ProgressSink {
  /** Cells, because a file is counted in five of them: a map of numbers would be written each time. */
  readonly #counters = new Map<string, Counter>();
  readonly #options: typeof PROGRESS_DEFAULTS & Pick<ProgressOptions, 'totalItems'>;
  readonly #startedMs: number;
  #subject = '';
  #itemsSince = 0;
  #counting = false;
  #busy = false;
  /** What a listener is busy with. */
  #current: Promise<void> | undefined;
  #stale = false;
  #state: 'reporting' | 'closing' | 'closed' = 'reporting';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly clock: Clock,
    readonly listener: ProgressListener | undefined,
    readonly cancel: (error: unknown) => void,
    options: ProgressOptions = {},
  ) {
    this.#options = { ...PROGRESS_DEFAULTS, ...options };
    positiveInteger('intervalMs', this.#options.intervalMs);
    positiveInteger('everyItems', this.#options.everyItems);
    this.#startedMs = clock.monotonic();
    if (!listener) return;
    this.#timer = setInterval(() => this.#due(), this.#options.intervalMs);
    this.#timer.unref?.();
  }

  add(counter: string, delta: number): void {
    const cell = this.#counters.get(counter);
    if (cell) cell.value += delta;
    else this.#counters.set(counter, { value: delta, shown: Number.NEGATIVE_INFINITY });
    if (!this.listener) return;
    const isItem = counter === this.#options.itemCounter;
    if (isItem) this.#itemsSince += delta;
    if (this.#counting && !(isItem && this.#itemsSince >= this.#itemsPerReport())) return;
    this.#counting = true;
    this.#due();
  }

  subject(text: string): void {
    this.#subject = text;
  }

  /** The counters as they are; unlike in reports, what was taken back is missing. */
  snapshot(final = false): ProgressSnapshot {
    return this.#snapshot(final, ({ value }) => value);
  }

  /** Ends the reports, after success with a final one. Resolves when the listener has answered it. */
  async close(succeeded: boolean): Promise<void> {
    clearInterval(this.#timer);
    if (!succeeded || this.#state !== 'reporting') {
      this.#state = 'closed';
      return;
    }
    this.#state = 'closing';
    await this.#current;
    // While the listener answered, the run may have been cancelled.
    if ((this.#state as string) === 'closed') return;
    this.#state = 'closed';
    await this.#report(true);
  }

  /** In a run of few items each of them is told. */
  #itemsPerReport(): number {
    const {
      everyItems,
      foundCounter,
      totalItems = this.#counters.get(foundCounter)?.value ?? everyItems,
    } = this.#options;
    return totalItems < everyItems ? 1 : everyItems;
  }

  #due(): void {
    if (!this.listener || this.#state !== 'reporting') return;
    this.#itemsSince = 0;
    if (this.#busy) this.#stale = true;
    else this.#reportWhileStale();
  }

  /** An answer that is no promise counts at once: such a listener misses nothing that happens in the same moment. */
  #reportWhileStale(): void {
    this.#busy = true;
    do {
      this.#stale = false;
      this.#current = this.#report(false);
      if (this.#current) {
        void this.#current.then(() => this.#answered());
        return;
      }
    } while (this.#stale && this.#state === 'reporting');
    this.#busy = false;
  }

  #answered(): void {
    this.#busy = false;
    this.#current = undefined;
    if (this.#stale) this.#due();
  }

  /** Never rejects. */
  #report(final: boolean): Promise<void> | undefined {
    try {
      const answer = this.listener?.(this.#snapshot(final, shownOf));
      if (isPromise(answer)) {
        return answer.then(
          (late) => this.#judge(late),
          (error: unknown) => this.#cancel(error),
        );
      }
      this.#judge(answer);
    } catch (error) {
      this.#cancel(error);
    }
    return undefined;
  }

  #judge(answer: unknown): void {
    if (answer === false) this.#cancel(undefined);
  }

  #cancel(error: unknown): void {
    this.#state = 'closed';
    clearInterval(this.#timer);
    this.cancel(error);
  }

  #snapshot(final: boolean, numberOf: (counter: Counter) => number): ProgressSnapshot {
    const elapsedMs = this.clock.monotonic() - this.#startedMs;
    // Whatever their names: assigned one by one, `__proto__` would be lost.
    const counters = Object.fromEntries(
      Array.from(this.#counters, ([name, counter]) => [name, numberOf(counter)]),
    );
    return { counters, subject: this.#subject, elapsedMs, final };
  }
}

function shownOf(counter: Counter): number {
  counter.shown = Math.max(counter.shown, counter.value);
  return counter.shown;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
