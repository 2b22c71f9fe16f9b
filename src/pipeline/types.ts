/**
 * The types that sources, stages and sinks are written against. A run is
 * `source -> stages -> sink`: the source is pulled, stages are RxJS operators over leased
 * items, and the sink ends the flow with exactly one result. Nothing here knows of files.
 */
import type { Observable, OperatorFunction } from 'rxjs';

/**
 * A share of what may be in flight. It was granted before its item was pulled, travels
 * with the item, and is given back where the item ends.
 */
export interface Lease {
  /** One more holder of the same credit, which returns when the last holder has released. */
  fork(): Lease;
  /** Gives this holder's share back. A second call is a bug and throws. */
  release(): void;
}

export interface Leased<T> {
  readonly value: T;
  readonly lease: Lease;
}

/** Counts credits of one unit. See `budget.ts`. */
export interface Budget {
  readonly capacity: number;
  /** Credits taken now. */
  readonly inUse: number;
  /** The most that was ever taken at once. */
  readonly peak: number;
  /**
   * Waits, first come first served, until `weight` credits are free. A weight above the
   * capacity waits until nothing else is taken and then travels alone. Rejects with
   * `CancelledError` when `signal` aborts.
   */
  acquire(weight: number, signal?: AbortSignal): Promise<Lease>;
  /** The lease if it can be had at once and nobody waits, else `undefined`. */
  tryAcquire(weight: number): Lease | undefined;
}

/**
 * What bounds a run. Ordered as listed: a holder of one waits only for a later one, which
 * is why no run can deadlock. `prefetch` is only ever tried, never waited for.
 */
export interface Budgets {
  /** Items (files) between the source and the sink. */
  readonly files: Budget;
  /** Outputs of 1 -> N stages beyond the first of each input. */
  readonly objects: Budget;
  /** Bytes in buffers, shared by runs that share the budget. */
  readonly bytes: Budget;
  /** Bytes that a stage reads ahead for a later one. */
  readonly prefetch: Budget;
}

export type LogLevel = 'error' | 'warning' | 'info' | 'debug';
/** Takes a line for people; `fields` are for machines. Never given a credential. */
export type Logger = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with `CancelledError` when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Counts that stages report and the run shows; see `progress.ts`. */
export interface ProgressSink {
  /** Adds to a named counter. */
  add(counter: string, delta: number): void;
  /** Names the subject being worked on. */
  subject(text: string): void;
}

/** What to do with an item that failed: see `failures.ts`. */
export interface Failures {
  readonly policy: 'stop' | 'collect';
  /**
   * Reports that an item failed. With `stop` it throws the error, which ends the run; with
   * `collect` it is remembered and the caller lets the item end.
   */
  report(error: unknown): void;
  readonly errors: readonly unknown[];
}

/** What a run gives to every stage. */
export interface RunContext {
  /** Aborts when the run is cancelled or has failed. */
  readonly signal: AbortSignal;
  readonly budgets: Budgets;
  readonly progress: ProgressSink;
  readonly failures: Failures;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Pulled item by item; `return()` of its iterator ends it early. `ctx.signal` aborts it. */
export type Source<T> = (ctx: RunContext) => AsyncIterable<T>;
export type Stage<A, B> = (ctx: RunContext) => OperatorFunction<Leased<A>, Leased<B>>;
/**
 * Releases every lease that reaches it and emits exactly one result. What it does after the
 * last lease went back, such as writing the result, belongs inside `holding`.
 */
export type Sink<T, R> = (ctx: RunContext) => (input: Observable<Leased<T>>) => Observable<R>;
