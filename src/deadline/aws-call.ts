/**
 * One call of the service, repeated where that can help: throttling and failures of the service with jitter up to five
 * times, expired keys and a wrong clock once (spec/worker-and-cli.md section 6). Knows no call by name.
 */
import type { DeadlineClient } from '@aws-sdk/client-deadline';
import { CancelledError } from '../pipeline/errors.js';
import { backoffMs, retrying } from '../pipeline/retry.js';
import type { AwsClient, DeadlineSdk } from './aws-client.js';
import { type RetryKind, retryAfterMsOf, retryKindOf, serviceError } from './service-failure.js';

export const DEADLINE_RETRIES = { retries: 5, initialMs: 500, maxMs: 8_000, multiplier: 2 } as const;

/** What a call is made with; `http` holds its signal. */
export interface CallMeans {
  readonly sdk: DeadlineSdk;
  readonly client: DeadlineClient;
  readonly http: { readonly abortSignal?: AbortSignal };
}

export class ServiceCaller {
  constructor(
    private readonly aws: AwsClient,
    private readonly random: () => number,
  ) {}

  /** Rejects with a typed error, and with `CancelledError` once `signal` aborts. */
  async call<T>(
    operation: string,
    signal: AbortSignal | undefined,
    work: (means: CallMeans) => Promise<T>,
  ): Promise<T> {
    const { sdk, client, region, keys, settings } = this.aws;
    const means = { sdk, client, http: signal ? { abortSignal: signal } : {} };
    const tries = new Tries(this.random);
    const once = async (): Promise<T> => {
      if (tries.begin()) await keys.refresh();
      return work(means);
    };
    const decide = (error: unknown): number | undefined => tries.waitAfter(error);
    try {
      return await retrying(once, { decide, clock: settings.clock, ...(signal && { signal }) });
    } catch (cause) {
      if (signal?.aborted && !(cause instanceof CancelledError)) {
        throw new CancelledError(`${operation} was cancelled`, { cause });
      }
      throw serviceError(cause, { operation, region, profile: settings.profile, attempts: tries.count });
    }
  }
}

/** What one call has tried so far. */
class Tries {
  /** Tries begun. */
  count = 0;
  #retries = 0;
  #keysExpired = false;
  readonly #mended = new Set<RetryKind>();

  constructor(private readonly random: () => number) {}

  /** Counts a try; answers whether the keys must be renewed for it. */
  begin(): boolean {
    this.count += 1;
    const expired = this.#keysExpired;
    this.#keysExpired = false;
    return expired;
  }

  /** Milliseconds to wait before the next try; nothing to give up. */
  waitAfter(error: unknown): number | undefined {
    const kind = retryKindOf(error);
    if (kind === 'no') return undefined;
    if (kind === 'throttled' || kind === 'transient') {
      this.#retries += 1;
      if (this.#retries > DEADLINE_RETRIES.retries) return undefined;
      return Math.max(backoffMs(this.#retries, DEADLINE_RETRIES, this.random), retryAfterMsOf(error));
    }
    if (this.#mended.has(kind)) return undefined;
    this.#mended.add(kind);
    this.#keysExpired = kind === 'expired';
    return 0;
  }
}
