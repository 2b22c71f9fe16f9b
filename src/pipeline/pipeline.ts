/**
 * A pipeline as a value: `Pipeline.from(source).through(stage).into(sink)`. Composing runs
 * nothing; `run` and `observe` start it, as often as wanted, each run on its own.
 */
import { lastValueFrom, Observable, type Subscriber, type Subscription } from 'rxjs';
import { admit } from './admit.js';
import { createContext, type OwnedContext, type RunOptions } from './context.js';
import { CancelledError, PipelineError } from './errors.js';
import type { ProgressSnapshot } from './progress.js';
import type { Leased, RunContext, Sink, Source, Stage } from './types.js';

export type RunEvent<R> =
  | { readonly type: 'progress'; readonly progress: ProgressSnapshot }
  | { readonly type: 'result'; readonly result: R };

/** A composed pipeline. */
export interface Runnable<R> {
  /** Starts a run and gives its one result. Rejects with the error of the run, or `CancelledError`, after everything in flight has ended. */
  run(options?: RunOptions): Promise<R>;
  /** The cold Observable behind `run`: progress, then the result. Unsubscribing cancels. */
  observe(options?: RunOptions): Observable<RunEvent<R>>;
}

/** How long a failed or cancelled run waits for work in flight that does not end by itself. */
const GRACE_MS = 5000;

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
      new Observable((subscriber) => start(flow, options, subscriber, show));
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

/** Starts one run; the returned teardown cancels it. */
function start<R>(
  flow: (ctx: RunContext) => Observable<R>,
  options: RunOptions,
  subscriber: Subscriber<RunEvent<R>>,
  show: boolean,
): () => void {
  const onProgress = (progress: ProgressSnapshot): unknown => {
    subscriber.next({ type: 'progress', progress });
    return options.onProgress?.(progress);
  };
  const ctx = createContext(show ? { ...options, onProgress } : options);
  const run = new Run(ctx, options, subscriber);
  const cancel = (): void => ctx.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', cancel, { once: true });
  ctx.signal.addEventListener('abort', () => run.cancelled(), { once: true });
  if (options.signal?.aborted) cancel();
  else run.begin(flow);
  return () => {
    options.signal?.removeEventListener('abort', cancel);
    ctx.abort();
  };
}

class Run<R> {
  #subscription: Subscription | undefined;
  #outcome: { result: R } | undefined;
  #over = false;

  constructor(
    readonly ctx: OwnedContext,
    readonly options: RunOptions,
    readonly subscriber: Subscriber<RunEvent<R>>,
  ) {}

  begin(flow: (ctx: RunContext) => Observable<R>): void {
    let stream: Observable<R>;
    try {
      stream = flow(this.ctx);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#subscription = stream.subscribe({
      next: (result) => {
        this.#outcome = { result };
      },
      error: (error) => this.#fail(error),
      complete: () => this.#succeed(),
    });
    if (this.#over) this.#subscription.unsubscribe();
  }

  /** The signal aborted: by the caller, by a listener, or because the run failed. */
  cancelled(): void {
    const { reason } = this.ctx.signal;
    const thrown =
      reason instanceof Error && reason.name !== 'AbortError' && !(reason instanceof CancelledError);
    const byListener = thrown && reason !== this.options.signal?.reason;
    this.#fail(byListener ? reason : this.#cancelledError(reason));
  }

  #succeed(): void {
    if (this.#over) return;
    if (!this.#outcome) {
      this.#fail(new PipelineError('the sink ended without a result'));
      return;
    }
    this.#over = true;
    this.ctx.progress.close(true);
    const { result } = this.#outcome;
    void this.ctx.budgets.files.idle().then(() => {
      this.subscriber.next({ type: 'result', result });
      this.subscriber.complete();
    });
  }

  /** Stops everything, waits for what is in flight to clean up, then reports. */
  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#subscription?.unsubscribe();
    this.ctx.abort(error);
    void this.#settled().then(() => {
      this.ctx.progress.close(false);
      this.subscriber.error(error instanceof CancelledError ? this.#cancelledError(error) : error);
    });
  }

  async #settled(): Promise<void> {
    const overdue = new AbortController();
    await Promise.race([
      this.ctx.budgets.files.idle(),
      this.ctx.clock.sleep(GRACE_MS, overdue.signal).catch(() => {}),
    ]);
    overdue.abort();
  }

  #cancelledError(cause: unknown): CancelledError {
    const snapshot = this.ctx.progress.snapshot(true);
    return new CancelledError('the run was cancelled', {
      cause,
      partialStats: this.options.summarise ? this.options.summarise(snapshot) : snapshot,
    });
  }
}
