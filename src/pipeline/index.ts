/** `rx-attachments/pipeline`: the domain-free core: leases, budgets, leased operators, pipelines. */

export { admit } from './admit.js';
export { type BatchOptions, batchLeased, type Outcome } from './batch-leased.js';
export { branch } from './branch.js';
export { createBudget, joinLeases, OwnedBudget } from './budget.js';
export { systemClock } from './clock.js';
export {
  byteBudgets,
  createContext,
  LIMIT_DEFAULTS,
  type Limits,
  type OwnedContext,
  type RunOptions,
} from './context.js';
export { type DrainOptions, drain } from './drain.js';
export { emit } from './emit.js';
export { CancelledError, CollectedError, OptionError, PipelineError } from './errors.js';
export { expandLeased } from './expand-leased.js';
export { createFailures, type FailurePolicy, failItem } from './failures.js';
export { filterLeased } from './filter-leased.js';
export { Held, hold, leaseAnswer, type MaybeHeld } from './held.js';
export { holding } from './holding.js';
export { mapLeased, type Work } from './map-leased.js';
export { atLeastOne, positiveInteger } from './options.js';
export { Pipeline, type Runnable } from './pipeline.js';
export {
  PROGRESS_DEFAULTS,
  type ProgressListener,
  type ProgressOptions,
  type ProgressSnapshot,
  RunProgress,
} from './progress.js';
export { readAhead } from './read-ahead.js';
export { type BackoffOptions, backoffMs, type RetryOptions, retrying } from './retry.js';
export { sharedLease } from './shared-lease.js';
export type {
  Budget,
  Budgets,
  Clock,
  Failures,
  Lease,
  Leased,
  Logger,
  LogLevel,
  ProgressSink,
  RunContext,
  Sink,
  Source,
  Stage,
} from './types.js';
