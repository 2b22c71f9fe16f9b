/**
 * The retry policy (spec/storage.md 2.4): repeats a call around any client. Bodies are
 * bytes, or a file that the inner client opens anew, so every call can be made again.
 * Progress of a failed try is taken back. Decides by class of error; classifies nothing.
 */
import { StorageError } from '../model/errors.js';
import { systemClock } from '../pipeline/clock.js';
import { CancelledError } from '../pipeline/errors.js';
import { retrying } from '../pipeline/retry.js';
import type { Clock } from '../pipeline/types.js';
import { cancelled } from './cancel.js';
import { withAttempts } from './errors.js';
import { ForwardingClient, type Listed, type OpenListing, type StoreCall } from './forwarding.js';
import { ResumableListing } from './resumable-listing.js';
import type { CallOptions, StorageClient } from './storage-client.js';
import { checkedSettings, Moved, type RetrySettings, Tries } from './tries.js';

export interface RetryPolicy extends RetrySettings {
  /** Renews expired credentials before the one more try they get; shared by calls that fail together. */
  readonly refreshCredentials?: () => Promise<void>;
  /** Told of each throttled try, so that somebody can lower the rate. */
  readonly onThrottle?: (call: StoreCall) => void;
  readonly clock?: Clock;
  /** Factor for the jitter, in [0, 1). */
  readonly random?: () => number;
}

/** `client` with retries. Errors that remain have the number of tries as `attempts`. Throws `OptionError` for bad settings. */
export function withRetries(client: StorageClient, policy: RetryPolicy = {}): StorageClient {
  return new RetryClient(client, policy);
}

class RetryClient extends ForwardingClient {
  readonly #settings: Required<RetrySettings>;
  readonly #clock: Clock;
  #refreshing: Promise<void> | undefined;

  constructor(
    inner: StorageClient,
    private readonly policy: RetryPolicy,
  ) {
    super(inner);
    this.#settings = checkedSettings(policy);
    this.#clock = policy.clock ?? systemClock;
  }

  protected override around<T>(call: StoreCall, run: (changes?: CallOptions) => Promise<T>): Promise<T> {
    const moved = new Moved(call.options?.onBytes);
    return this.#repeating(call, moved, () => run(moved.changes));
  }

  /** Each page has its own tries; a listing that broke is opened again behind what was handed out. */
  protected override async *pages<T extends Listed>(
    call: StoreCall,
    open: OpenListing<T>,
  ): AsyncGenerator<readonly T[]> {
    const listing = new ResumableListing(open);
    try {
      for (;;) {
        const page = await this.#repeating(call, new Moved(undefined), () => listing.next());
        if (!page) return;
        yield page;
      }
    } finally {
      await listing.close();
    }
  }

  async #repeating<T>(call: StoreCall, moved: Moved, run: () => Promise<T>): Promise<T> {
    const { signal } = call.options ?? {};
    const tries = new Tries(this.#settings, this.policy.random);
    const work = async (attempt: number): Promise<T> => {
      if (tries.needsCredentials) await this.#refresh();
      try {
        return await run();
      } catch (error) {
        const advanced = moved.takeBack();
        tries.note(error, advanced);
        if (tries.last === 'throttle') this.policy.onThrottle?.(call);
        throw error instanceof StorageError && attempt > 1 ? withAttempts(error, attempt) : error;
      }
    };
    const options = { decide: (error: unknown) => tries.delayMs(error), clock: this.#clock };
    try {
      return await retrying(work, signal ? { ...options, signal } : options);
    } catch (error) {
      if (signal?.aborted && !(error instanceof CancelledError)) throw cancelled(signal);
      throw error;
    }
  }

  /** One refresh for all calls that found the credentials expired. */
  #refresh(): Promise<void> {
    this.#refreshing ??= (this.policy.refreshCredentials?.() ?? Promise.resolve()).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }
}
