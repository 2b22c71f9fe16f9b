/**
 * One run of a pipeline, from subscription to its one outcome. Whatever ends it, an error,
 * a cancel or the sink, what is in flight ends first and the outcome is told last.
 */
import { setMaxListeners } from 'node:events';
import type { Observable, Subscriber, Subscription } from 'rxjs';
import { createContext, type OwnedContext, type RunOptions } from './context.js';
import { CancelledError, CollectedError, PipelineError, withPartialStats } from './errors.js';
import type { ProgressSnapshot } from './progress.js';
import type { RunContext } from './types.js';

export type RunEvent<R> =
  | { readonly type: 'progress'; readonly progress: ProgressSnapshot }
  | { readonly type: 'result'; readonly result: R };

/**
 * How long a run waits for work in flight that does not end by itself. A process that was
 * asked to stop has five seconds (spec/worker-and-cli.md 2), and this is only a part of them.
 */
const GRACE_MS = 4000;

/** Starts one run; the returned teardown cancels it. */
export function startRun<R>(
  flow: (ctx: RunContext) => Observable<R>,
  options: RunOptions,
  subscriber: Subscriber<RunEvent<R>>,
  showProgress: boolean,
): () => void {
  const onProgress = (progress: ProgressSnapshot): unknown => {
    subscriber.next({ type: 'progress', progress });
    return options.onProgress?.(progress);
  };
  const ctx = createContext(showProgress ? { ...options, onProgress } : options);
  const run = new Run(ctx, options, subscriber);
  const forget = forwardAbort(options.signal, ctx);
  ctx.signal.addEventListener('abort', () => run.cancelled(), { once: true });
  if (options.signal?.aborted) ctx.abort(options.signal.reason);
  else run.begin(flow);
  return () => {
    forget();
    ctx.abort();
  };
}

/** Lets the caller's signal abort the run. Such a signal may outlive many runs: the listener goes with the run. */
function forwardAbort(signal: AbortSignal | undefined, ctx: OwnedContext): () => void {
  if (!signal) return () => {};
  const abort = (): void => ctx.abort(signal.reason);
  setMaxListeners(0, signal); // one per run at work, which may be more than the 10 that warn
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
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
      complete: () => void this.#finish(),
    });
    if (this.#over) this.#subscription.unsubscribe();
  }

  /** The signal aborted: by the caller, by a listener of progress, or because the run failed. */
  cancelled(): void {
    const { reason } = this.ctx.signal;
    const thrown =
      reason instanceof Error && reason.name !== 'AbortError' && !(reason instanceof CancelledError);
    const byListener = thrown && reason !== this.options.signal?.reason;
    this.#fail(byListener ? reason : new CancelledError(undefined, { cause: reason }));
  }

  /** The sink is done. The last report comes before the result, and its listener may still throw. */
  async #finish(): Promise<void> {
    const settled = await this.#settled();
    if (!settled)
      this.ctx.log('error', 'leases were not given back: a stage dropped items or is still at work');
    if (!this.#over) await this.ctx.progress.close(true);
    if (this.#over) return;
    const { errors } = this.ctx.failures;
    if (errors.length > 0) this.#fail(new CollectedError([...errors]));
    else if (!this.#outcome) this.#fail(new PipelineError('the sink ended without a result'));
    else this.#succeed(this.#outcome.result);
  }

  #succeed(result: R): void {
    this.#over = true;
    this.subscriber.next({ type: 'result', result });
    this.subscriber.complete();
  }

  /** Stops everything, waits for what is in flight to clean up, then reports. */
  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#subscription?.unsubscribe();
    this.ctx.abort(error);
    void this.#settled().then(() => {
      void this.ctx.progress.close(false);
      this.subscriber.error(withPartialStats(error, this.#stats(error)));
    });
  }

  /** False when the grace time passed first. */
  async #settled(): Promise<boolean> {
    const overdue = new AbortController();
    const late = this.ctx.clock.sleep(GRACE_MS, overdue.signal).then(
      () => false,
      () => true,
    );
    const settled = await Promise.race([this.ctx.budgets.files.idle().then(() => true), late]);
    overdue.abort();
    return settled;
  }

  /** Statistics are made last, when nothing can add to them any more. */
  #stats(end: unknown): unknown {
    const snapshot = this.ctx.progress.snapshot(true);
    try {
      return this.options.summarise ? this.options.summarise(snapshot, end) : snapshot;
    } catch (error) {
      this.ctx.log('error', 'the statistics could not be made', { error });
      return snapshot;
    }
  }
}
