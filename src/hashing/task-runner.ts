/**
 * Runs tasks in threads, at most one per thread, and keeps the rest waiting here: a waiting
 * task can be dropped at once, and a thread that dies leaves nothing behind in a queue of
 * piscina's that no thread would ever take from. A running task is never aborted through
 * piscina, which would kill the thread with files open: its stop flag is set, and the thread
 * looks at it between pieces. Knows no file.
 */
import { Piscina } from 'piscina';
import { CancelledError } from '../pipeline/errors.js';
import { type Answer, CONTROL_BYTES, type Control, controlOf, type HashJob, STOPPED } from './messages.js';
import type { HashCallOptions } from './ports.js';
import { watchBytes } from './watch-bytes.js';

/** How long a thread without work stays, ms. Starting one costs about 50 ms of CPU time. */
const IDLE_MS = 10_000;

/** Makes the message of one task around the memory that it shares with the pool. */
export type MakeJob = (control: SharedArrayBuffer) => HashJob;

/** Threads work on short batches: a small young generation is enough, and 40 MB less in all. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4 };

/** The thread died, or its code failed; `cause` says how. */
export class ThreadFailure extends Error {}

interface Call {
  readonly job: HashJob;
  readonly control: Control;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class TaskRunner {
  private readonly piscina: Piscina;
  private readonly waiting = new Set<Call>();
  private readonly running = new Map<Call, Promise<void>>();
  /** Threads that are started ahead of their work, until they are ready. */
  private readonly starting = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly filename: string,
    private readonly threads: number,
  ) {
    this.piscina = new Piscina({
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      execArgv: [],
      resourceLimits: THREAD_LIMITS,
      recordTiming: false,
    });
    // A thread that dies without a task concerns nobody; the next task starts another.
    this.piscina.on('error', () => {});
  }

  /** Starts every thread; one that cannot start fails the first task that meets it. */
  prepare(): void {
    if (this.closed) return;
    for (let thread = 0; thread < this.threads; thread += 1) {
      const ready = this.post({ name: 'ready' }).catch(() => {});
      this.starting.add(ready);
      void ready.then(() => this.starting.delete(ready));
    }
  }

  /** The thread's answer; rejects with `CancelledError` when `signal` aborts or the pool closes. */
  async run<T>(make: MakeJob, { signal, onBytes }: HashCallOptions): Promise<T> {
    if (this.closed) throw new CancelledError('the hash pool is closed');
    if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
    const memory = new SharedArrayBuffer(CONTROL_BYTES);
    const control = controlOf(memory);
    const watch = onBytes && watchBytes(control, onBytes);
    try {
      const answer = this.enqueue<Answer<T>>(make(memory), control, signal);
      const given = await (watch ? Promise.race([answer, watch.failed]) : answer);
      if (given === STOPPED) throw new CancelledError(undefined, { cause: signal?.reason });
      watch?.report();
      return given;
    } catch (error) {
      Atomics.store(control.stop, 0, 1);
      throw error;
    } finally {
      watch?.end();
    }
  }

  /** Drops what waits, stops what runs and ends the threads. */
  async close(): Promise<void> {
    this.closed = true;
    for (const call of this.waiting) call.reject(new CancelledError('the hash pool was closed'));
    this.waiting.clear();
    for (const { control } of this.running.keys()) Atomics.store(control.stop, 0, 1);
    // A thread that is ended while it loads native code takes the process along.
    await Promise.all([...this.running.values(), ...this.starting]);
    await this.piscina.destroy();
  }

  private enqueue<T>(job: HashJob, control: Control, signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = withResolvers<T>();
    const call: Call = { job, control, resolve: resolve as Call['resolve'], reject };
    const onAbort = (): void => {
      Atomics.store(control.stop, 0, 1);
      if (this.waiting.delete(call)) reject(new CancelledError(undefined, { cause: signal?.reason }));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.waiting.add(call);
    this.fill();
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  private fill(): void {
    for (const call of this.waiting) {
      if (this.running.size >= this.threads) return;
      this.waiting.delete(call);
      this.running.set(call, this.start(call));
    }
  }

  private async start(call: Call): Promise<void> {
    try {
      call.resolve(await this.post(call.job));
    } catch (error) {
      call.reject(new ThreadFailure('a thread failed', { cause: error }));
    } finally {
      this.running.delete(call);
      this.fill();
    }
  }

  private post(job: HashJob): Promise<unknown> {
    return this.piscina.run(job, { filename: this.filename, name: 'perform' });
  }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
