/** Errors of the pipeline itself, free of any domain. Each has a stable `code`. */

/** Base of the errors that the pipeline core raises. */
export class PipelineError extends Error {
  readonly code: string = 'Pipeline';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The run was cancelled: an aborted signal, an unsubscription or a progress callback that returned `false`. */
export class CancelledError extends PipelineError {
  override readonly code = 'Cancelled';
  /** What had been done until then; shape of the run's statistics. */
  readonly partialStats: unknown;

  constructor(message = 'the run was cancelled', options?: { cause?: unknown; partialStats?: unknown }) {
    super(message, options);
    this.partialStats = options?.partialStats;
  }
}

/** An error of another layer that has room for the statistics of the run that it ends. */
export interface StatsCarrier {
  partialStats?: unknown;
}

/** `error` with the statistics of the run that it ended: a copy of an error of this file, any other one itself, if it has room for them. */
export function withPartialStats(error: unknown, partialStats: unknown): unknown {
  if (error instanceof CollectedError) return new CollectedError(error.errors, partialStats);
  if (error instanceof CancelledError)
    return new CancelledError(error.message, { cause: error.cause, partialStats });
  if (error instanceof Error && 'partialStats' in error) (error as StatsCarrier).partialStats = partialStats;
  return error;
}

/** An option cannot be used; thrown while a pipeline is composed, before anything runs. */
export class OptionError extends PipelineError {
  override readonly code = 'InvalidConfig';

  constructor(
    /** Name of the option. */
    readonly option: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(`${option}: ${message}`, options);
  }
}

/** Several items failed in a run that collects failures; `errors` holds each error once. */
export class CollectedError extends PipelineError {
  override readonly code = 'Collected';

  constructor(
    readonly errors: readonly unknown[],
    readonly partialStats?: unknown,
  ) {
    const first = errors[0] instanceof Error ? errors[0].message : String(errors[0]);
    super(`${errors.length} items failed, the first: ${first}`, { cause: errors[0] });
  }
}
