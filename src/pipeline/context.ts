/** What one run shares: its budgets, its signal, its progress. Built anew for every run. */
import { setMaxListeners } from 'node:events';
import { createBudget, type OwnedBudget } from './budget.js';
import { systemClock } from './clock.js';
import { createFailures, type FailurePolicy } from './failures.js';
import {
  type ProgressListener,
  type ProgressOptions,
  type ProgressSnapshot,
  RunProgress,
} from './progress.js';
import type { Budgets, Clock, Logger, RunContext } from './types.js';

/** Credits of a run. See {@link Budgets} for what each one bounds. */
export interface Limits {
  /** Items between the source and the sink. */
  readonly maxInFlightFiles?: number;
  /** Further outputs of 1 -> N stages. */
  readonly maxInFlightObjects?: number;
  /** Bytes in buffers, one quarter of it for reading ahead. */
  readonly maxInFlightBytes?: number;
}
export const LIMIT_DEFAULTS: Required<Limits> = {
  maxInFlightFiles: 512,
  maxInFlightObjects: 256,
  maxInFlightBytes: 256 * 1024 * 1024,
};

export interface RunOptions {
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  readonly limits?: Limits;
  /** Byte budgets that several runs share; by default each run has its own from `limits`. */
  readonly sharedBytes?: Pick<Budgets, 'bytes' | 'prefetch'>;
  /** Called with the run's progress; answering `false` cancels. */
  readonly onProgress?: ProgressListener;
  readonly progress?: ProgressOptions;
  /** `stop` (default) ends the run at the first failed item; `collect` goes on and fails at the end. */
  readonly onFileError?: FailurePolicy;
  /** Errors that end the run even when failures are collected. */
  readonly fatal?: (error: unknown) => boolean;
  /** Makes the statistics of a cancelled or failed run from its counters and the error that ends it. */
  readonly summarise?: (snapshot: ProgressSnapshot, error: unknown) => unknown;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** A {@link RunContext} and what only the run itself uses. */
export interface OwnedContext extends RunContext {
  readonly progress: RunProgress;
  readonly budgets: Budgets & { readonly files: OwnedBudget };
  readonly abort: (reason?: unknown) => void;
}

/** Throws `OptionError` for a limit below 1. */
export function createContext(options: RunOptions = {}): OwnedContext {
  const limits = { ...LIMIT_DEFAULTS, ...options.limits };
  const clock = options.clock ?? systemClock;
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    budgets: {
      files: createBudget('maxInFlightFiles', limits.maxInFlightFiles),
      objects: createBudget('maxInFlightObjects', limits.maxInFlightObjects),
      ...(options.sharedBytes ?? byteBudgets(limits.maxInFlightBytes)),
    },
    progress: new RunProgress(
      clock,
      options.onProgress,
      (error) => controller.abort(error),
      options.progress,
    ),
    failures: createFailures(options.onFileError ?? 'stop', options.fatal),
    log: options.log ?? (() => {}),
    clock,
  };
}

/** Splits a number of bytes into the two byte budgets: three quarters to wait for, one to read ahead. */
export function byteBudgets(maxInFlightBytes: number): Pick<Budgets, 'bytes' | 'prefetch'> {
  const total = createBudget('maxInFlightBytes', maxInFlightBytes).capacity;
  const prefetch = Math.max(1, Math.floor(total / 4));
  return {
    bytes: createBudget('maxInFlightBytes', Math.max(1, total - prefetch)),
    prefetch: createBudget('maxInFlightBytes', prefetch),
  };
}
