/**
 * The key pair that requests are signed with: kept while it is fresh, renewed before it
 * expires, and renewed once for everybody who asks meanwhile (spec/storage.md 2.2). Knows
 * no SDK: the provider is a function.
 */
import { StorageError } from '../../model/errors.js';
import { OptionError } from '../../pipeline/errors.js';
import type { Logger } from '../../pipeline/types.js';
import { hintFor } from './hints.js';
import { redact } from './redact.js';
import { checkKeys, isAccount, type S3Credentials } from './settings.js';

/** Gives keys; `force` asks for others than it gave before. */
export type KeyProvider = (options: { readonly force: boolean }) => Promise<S3Credentials>;

/** What a provider may reject with: there are no keys, for a reason that can be shown. */
export class NoKeysError extends Error {}

/** Whether a provider's failure is what a service of AWS answered, such as STS. */
export function isAnswer(cause: unknown): cause is Error {
  return cause instanceof Error && '$metadata' in cause;
}

export interface KeyRingDeps {
  /** The store's time in milliseconds: expiry is a matter of its clock. */
  readonly now: () => number;
  readonly log: Logger;
  /** Profile that hints name. */
  readonly profile?: string;
}

/** Keys are renewed when they have less than this left. */
export const RENEW_BEFORE_MS = 5 * 60_000;
/** A provider whose best keys are about to expire, or that fails, is not asked again sooner. */
const RETRY_RENEWAL_MS = 30_000;

export class KeyRing {
  readonly #provider: KeyProvider;
  readonly #deps: KeyRingDeps;
  #keys: S3Credentials | undefined;
  #renewAt = Number.NEGATIVE_INFINITY;
  #renewal: Promise<S3Credentials> | undefined;

  constructor(provider: KeyProvider, deps: KeyRingDeps) {
    this.#provider = provider;
    this.#deps = deps;
  }

  /**
   * Keys that a request can be signed with; no promise while they are fresh. Rejects with `MissingCredentials`
   * when there are none, and with `ExpiredCredentials` when there are only such as have expired.
   */
  current(): S3Credentials | Promise<S3Credentials> {
    const keys = this.#keys;
    if (keys && this.#deps.now() < this.#renewAt) return keys;
    return this.#renewed(keys !== undefined);
  }

  /** Replaces the keys, even fresh ones. */
  async refresh(): Promise<void> {
    await this.#renewed(true);
  }

  #renewed(force: boolean): Promise<S3Credentials> {
    this.#renewal ??= this.#renew(force).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(force: boolean): Promise<S3Credentials> {
    const keys = await this.#ask(force);
    const now = this.#deps.now();
    const left = remainingMs(keys, now);
    if (left <= 0) throw this.#expired();
    this.#keys = keys;
    const wait = Math.max(left - RENEW_BEFORE_MS, Math.min(RETRY_RENEWAL_MS, left));
    this.#renewAt = now + wait;
    return keys;
  }

  /** New keys; when the provider fails before the old ones have expired, these serve a little longer. */
  async #ask(force: boolean): Promise<S3Credentials> {
    try {
      return checkedKeys(await this.#provider({ force }));
    } catch (cause) {
      const old = this.#keys;
      if (old?.expiration === undefined || remainingMs(old, this.#deps.now()) <= 0)
        throw this.#missing(cause);
      this.#deps.log('warning', 'the credentials could not be renewed and are about to expire', {});
      return old;
    }
  }

  #expired(): StorageError {
    return new StorageError('ExpiredCredentials', 'the credentials have expired and cannot be renewed', {
      hint: hintFor('expired', this.#context()),
    });
  }

  /** What a provider's failure means. */
  #missing(cause: unknown): StorageError | OptionError {
    if (cause instanceof StorageError || cause instanceof OptionError) return cause;
    const expired = /expired|aws sso login|aws login|token is invalid/i.test(
      cause instanceof Error ? cause.message : '',
    );
    return expired
      ? new StorageError('ExpiredCredentials', 'the sign-in has expired', {
          hint: hintFor('expired', this.#context()),
          cause,
        })
      : new StorageError('MissingCredentials', `no credentials could be had${shownReason(cause)}`, {
          hint: hintFor('missing-credentials', this.#context()),
          cause,
        });
  }

  #context(): { profile?: string } {
    const { profile } = this.#deps;
    return profile === undefined ? {} : { profile };
  }
}

/** The text of an unknown failure may hold the output of a program, so it stays in the cause. */
function shownReason(cause: unknown): string {
  if (cause instanceof NoKeysError) return `: ${cause.message}`;
  return isAnswer(cause) ? `: ${redact(cause.message)}` : '';
}

function remainingMs({ expiration }: S3Credentials, now: number): number {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - now;
}

/** A copy, so that a provider may reuse its object. */
function checkedKeys(given: unknown): S3Credentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = checkKeys(
    'credentials',
    given,
  );
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiration !== undefined && { expiration: new Date(expiration) }),
    ...(isAccount(accountId) && { accountId }),
  };
}
