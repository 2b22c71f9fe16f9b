/**
 * The retry policy (spec/storage.md 2.4): repeats a call around any client, as often as the
 * class of its failure allows. Bodies are bytes, or a file that the inner client opens anew, so
 * every call can be made again; a body that was cut is gone on with, where its error carries what
 * arrived. Progress of a failed try is taken back. Classifies nothing, and opens no connection.
 */
import { copyOf, StorageError } from '../model/errors.js';
import type { Xxh128 } from '../model/hasher.js';
import { systemClock } from '../pipeline/clock.js';
import { CancelledError } from '../pipeline/errors.js';
import { retrying } from '../pipeline/retry.js';
import type { Clock, Logger } from '../pipeline/types.js';
import { alreadyThere } from './already-there.js';
import { cancelled, untilAborted } from './cancel.js';
import { CutBody } from './cut-body.js';
import { withAttempts } from './errors.js';
import { logFailure } from './failure-log.js';
import { ForwardingClient, type Listed, type OpenListing, type StoreCall } from './forwarding.js';
import { callClassOf } from './limit.js';
import { recheckSource } from './recheck-source.js';
import { ResumableListing } from './resumable-listing.js';
import { objectCalls, rangeCalls } from './resume-calls.js';
import { RetryBudget, type RetryBudgetSettings } from './retry-budget.js';
import { serverDateOf } from './server-date.js';
import { SharedRefresh } from './shared-refresh.js';
import type { CallOptions, HeadResult, PutOptions, RangeOptions, StorageClient } from './storage-client.js';
import { checkedSettings, Moved, type RetrySettings, Tries } from './tries.js';

export interface RetryPolicy extends RetrySettings {
  /** Changes the settings for calls that write: puts, copies, uploads in parts. */
  readonly uploadRetry?: RetrySettings;
  /** Changes the settings for all other calls. */
  readonly downloadRetry?: RetrySettings;
  /** Renews expired credentials before the one more try they get; shared by calls that fail together. */
  readonly refreshCredentials?: () => Promise<void>;
  /** Told the store's time before the one more try of a call whose own was too far off. */
  readonly correctClock?: (serverDate: Date) => void;
  /** Told of each throttled try, so that somebody can lower the rate. */
  readonly onThrottle?: (call: StoreCall) => void;
  /** Hashes a file again that the store refused for its digest; without it the one more try decides. */
  readonly xxh128?: Xxh128;
  /** Retries of all calls together; see {@link RetryBudget}. */
  readonly budget?: Partial<RetryBudgetSettings>;
  readonly clock?: Clock;
  /** Told of each failed try, at the level `debug`. */
  readonly log?: Logger;
  /** Factor for the jitter, in [0, 1). */
  readonly random?: () => number;
}

/** `client` with retries. Errors that remain have the number of tries as `attempts`. Throws `OptionError` for bad settings. */
export function withRetries(client: StorageClient, policy: RetryPolicy = {}): StorageClient {
  return new RetryClient(client, policy);
}

/** What one call keeps from try to try. */
interface Repeated<T> {
  readonly call: StoreCall;
  readonly moved: Moved;
  /** Bytes that came with a failed try and stay. */
  readonly keep?: (error: unknown) => number;
  run(): Promise<T>;
}

interface FailedTry {
  readonly error: unknown;
  /** Of the credentials that the try was made with. */
  readonly generation: number;
}

class RetryClient extends ForwardingClient {
  readonly #uploads: Required<RetrySettings>;
  readonly #downloads: Required<RetrySettings>;
  readonly #clock: Clock;
  readonly #credentials: SharedRefresh;
  readonly #budget: RetryBudget;

  constructor(
    inner: StorageClient,
    private readonly policy: RetryPolicy,
  ) {
    super(inner);
    const common = checkedSettings(policy);
    this.#uploads = checkedSettings(policy.uploadRetry ?? {}, common, 'uploadRetry.');
    this.#downloads = checkedSettings(policy.downloadRetry ?? {}, common, 'downloadRetry.');
    this.#clock = policy.clock ?? systemClock;
    this.#credentials = new SharedRefresh(policy.refreshCredentials, this.#clock);
    this.#budget = new RetryBudget(this.#clock, policy.budget);
  }

  protected override around<T>(call: StoreCall, run: (changes?: CallOptions) => Promise<T>): Promise<T> {
    const moved = new Moved(call.options?.onBytes);
    return this.#repeating({ call, moved, run: () => run(moved.changes) });
  }

  /** Each page has its own tries; a listing that broke is opened again behind what was handed out. */
  protected override async *pages<T extends Listed>(
    call: StoreCall,
    open: OpenListing<T>,
  ): AsyncGenerator<readonly T[]> {
    const listing = new ResumableListing(open);
    try {
      for (;;) {
        const run = (): Promise<readonly T[] | undefined> => listing.next();
        const page = await this.#repeating({ call, moved: new Moved(undefined), run });
        if (!page) return;
        yield page;
      }
    } finally {
      await listing.close();
    }
  }

  override async getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    const call: StoreCall = { method: 'getObject', bucket, key, options };
    const moved = new Moved(options?.onBytes);
    const body = new CutBody(objectCalls(this.inner, call, moved));
    return this.#repeating({ call, moved, run: () => body.next(), keep: (error) => body.keep(error) });
  }

  override async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    const call: StoreCall = { method: 'getObjectRange', bucket, key, options };
    const moved = new Moved(options?.onBytes);
    const body = new CutBody(rangeCalls(this.inner, call, { start, end }, moved));
    return this.#repeating({ call, moved, run: () => body.next(), keep: (error) => body.keep(error) });
  }

  /** Most calls need one try: what counts tries is made when that one has failed. */
  async #repeating<T>(repeated: Repeated<T>): Promise<T> {
    const { refusal, generation } = this.#credentials;
    if (refusal !== undefined || repeated.call.options?.signal?.aborted) return this.#retrying(repeated);
    try {
      const result = await repeated.run();
      this.#budget.succeeded();
      return result;
    } catch (error) {
      return this.#retrying(repeated, { error, generation });
    }
  }

  /** `first` is how try 1 failed, if it was made already. */
  async #retrying<T>(repeated: Repeated<T>, first?: FailedTry): Promise<T> {
    const { method, options } = repeated.call;
    const settings = callClassOf(method) === 'write' ? this.#uploads : this.#downloads;
    const tries = new Tries(settings, this.policy.random);
    const signal = options?.signal;
    const decide = (error: unknown): number | undefined => this.#delayMs(tries, error, settings);
    try {
      return await retrying((attempt) => this.#try(repeated, tries, attempt), {
        ...{ decide, clock: this.#clock },
        ...(signal && { signal }),
        ...(first && { begun: this.#failed(repeated, tries, 1, first) }),
      });
    } catch (error) {
      if (signal?.aborted && !(error instanceof CancelledError)) throw cancelled(signal);
      throw error;
    }
  }

  async #try<T>(repeated: Repeated<T>, tries: Tries, attempt: number): Promise<T> {
    const { refusal, generation } = this.#credentials;
    if (refusal !== undefined) throw tries.end(refusal);
    try {
      const result = await repeated.run();
      this.#budget.succeeded();
      return result;
    } catch (error) {
      return this.#failed(repeated, tries, attempt, { error, generation });
    }
  }

  /** The result, when the call that failed has one all the same; else throws the error to decide by. */
  async #failed<T>(repeated: Repeated<T>, tries: Tries, attempt: number, failure: FailedTry): Promise<T> {
    const { call, moved, keep } = repeated;
    if (this.policy.log) logFailure(this.policy.log, failure.error, attempt);
    const kept = keep?.(failure.error) ?? 0;
    tries.note(failure.error, moved.takeBack(kept));
    if (tries.last === 'conflict' && isConditionalPut(call)) {
      const settled = await this.#settled<T>(call);
      if (settled !== undefined) return settled;
    }
    throw await this.#prepared(call, tries, attempt, failure);
  }

  /** Does what the class of a failure asks for before the next try; gives the error to decide by. */
  async #prepared(call: StoreCall, tries: Tries, attempt: number, failure: FailedTry): Promise<unknown> {
    const error = named(failure.error, call, attempt);
    if (tries.last === 'throttle') this.policy.onThrottle?.(call);
    if (tries.last === 'credentials' && !tries.isLeft) return tries.end(this.#credentials.refuse(error));
    try {
      if (tries.isLeft) await this.#repair(call, tries, failure);
      return error;
    } catch (reason) {
      return tries.end(reason);
    }
  }

  async #repair(call: StoreCall, { last }: Tries, { error, generation }: FailedTry): Promise<void> {
    const { correctClock, xxh128 } = this.policy;
    if (last === 'credentials') {
      await untilAborted(this.#credentials.renew(generation, error), call.options?.signal);
    }
    if (last === 'clock') correct(correctClock, error);
    if (last === 'checksum' && xxh128) await recheckSource(xxh128, call);
  }

  #delayMs(tries: Tries, error: unknown, { maxBackoffMs }: Required<RetrySettings>): number | undefined {
    const delayMs = tries.delayMs(error);
    const counts = tries.last === 'throttle' || tries.last === 'transient';
    if (delayMs === undefined || !counts) return delayMs;
    return Math.max(delayMs, this.#budget.take(maxBackoffMs));
  }

  /** A racing writer made the object: what was to be stored is stored. Only for calls whose `T` is `PutOutcome`. */
  async #settled<T>(call: StoreCall): Promise<T | undefined> {
    const head = await alreadyThere(this, call);
    return head && ({ created: false } as T);
  }
}

function isConditionalPut({ method, options }: StoreCall): boolean {
  return method.startsWith('putObject') && (options as PutOptions | undefined)?.ifAbsent === true;
}

/** With the tries that were made, and under the name of the call that the user knows. */
function named(error: unknown, { method }: StoreCall, attempts: number): unknown {
  if (!(error instanceof StorageError)) return error;
  const counted = attempts > 1 ? withAttempts(error, attempts) : error;
  const resumed = error.operation === 'getObjectRange' && method === 'getObject';
  return resumed ? copyOf(counted, error.kind, { operation: method }) : counted;
}

function correct(correctClock: RetryPolicy['correctClock'], error: unknown): void {
  const date = serverDateOf(error);
  if (date !== undefined) correctClock?.(date);
}
