/**
 * A pipeline as a value: `Pipeline.from(source).through(stage).into(sink)`. Composing runs
 * nothing; `run` and `observe` start it, as often as wanted, each run on its own.
 */
import { lastValueFrom, Observable } from 'rxjs';
import { admit } from './admit.js';
import type { RunOptions } from './context.js';
import { PipelineError } from './errors.js';
import { type RunEvent, startRun } from './run.js';
import type { Leased, RunContext, Sink, Source, Stage } from './types.js';

export type { RunEvent } from './run.js';

/** A composed pipeline. */
export interface Runnable<R> {
  /** Starts a run and gives its one result. Rejects with the error of the run, or `CancelledError`, after everything in flight has ended. */
  run(options?: RunOptions): Promise<R>;
  /** The cold Observable behind `run`: progress, then the result. Unsubscribing cancels. */
  observe(options?: RunOptions): Observable<RunEvent<R>>;
}

export class Pipeline<T> {
  readonly #flow: (ctx: RunContext) => Observable<Leased<T>>;

  private constructor(flow: (ctx: RunContext) => Observable<Leased<T>>) {
    this.#flow = flow;
  }

  /** Begins with what is pulled. */
  static from<T>(source: Source<T>): Pipeline<T> {
    return new Pipeline((ctx) => admit(source, ctx));
  }

  /** Adds a stage; a custom one is one function. */
  through<U>(stage: Stage<T, U>): Pipeline<U> {
    return new Pipeline((ctx) => this.#flow(ctx).pipe(stage(ctx)));
  }

  /** Ends with a sink. */
  into<R>(sink: Sink<T, R>): Runnable<R> {
    const flow = (ctx: RunContext): Observable<R> => sink(ctx)(this.#flow(ctx));
    const events = (options: RunOptions, show: boolean): Observable<RunEvent<R>> =>
      new Observable((subscriber) => startRun(flow, options, subscriber, show));
    return {
      observe: (options = {}) => events(options, true),
      run: async (options = {}) => {
        const event = await lastValueFrom(events(options, false));
        if (event.type === 'result') return event.result;
        throw new PipelineError('the run ended without a result');
      },
    };
  }
}
