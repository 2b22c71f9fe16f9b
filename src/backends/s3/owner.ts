/**
 * The account that requests demand as the bucket's owner (spec/storage.md 2.2): a fixed one,
 * none, or the caller's own, which is looked up once per key pair.
 */
import type { Logger } from '../../pipeline/types.js';
import type { S3Credentials } from './settings.js';

/** The account of a key pair, asked of the service that issued it; rejects when it does not say. */
export type AskAccount = (keys: S3Credentials) => Promise<string>;

export interface OwnerDeps {
  readonly credentials: () => S3Credentials | Promise<S3Credentials>;
  /** `AWS_ACCOUNT_ID`, if it is set. */
  readonly environmentAccount: string | undefined;
  readonly askAccount: AskAccount;
  readonly log: Logger;
}

/** Gives the account, or `undefined` for no demand; no promise once it is known. */
export type ExpectedOwner = () => string | undefined | Promise<string | undefined>;

/** The function for a setting: 12 digits, `none` or `caller`. */
export function expectedOwner(setting: string, deps: OwnerDeps): ExpectedOwner {
  if (setting === 'none') return () => undefined;
  if (setting !== 'caller') return () => setting;
  const caller = new Caller(deps);
  return () => caller.account();
}

class Caller {
  readonly #deps: OwnerDeps;
  readonly #accounts = new Map<string, string | undefined | Promise<string | undefined>>();
  #last: string | undefined;
  #warned = false;

  constructor(deps: OwnerDeps) {
    this.#deps = deps;
  }

  account(): string | undefined | Promise<string | undefined> {
    const keys = this.#deps.credentials();
    return keys instanceof Promise ? keys.then((found) => this.#accountOf(found)) : this.#accountOf(keys);
  }

  #accountOf(keys: S3Credentials): string | undefined | Promise<string | undefined> {
    const known = keys.accountId ?? this.#deps.environmentAccount;
    if (known !== undefined) return known;
    const id = keys.accessKeyId;
    if (this.#accounts.has(id)) return this.#accounts.get(id);
    const asked = this.#ask(keys);
    this.#accounts.set(id, asked);
    asked.then((account) => this.#accounts.set(id, account));
    return asked;
  }

  /** Renewed keys belong to the account of those before them, so a failure then keeps the demand. */
  async #ask(keys: S3Credentials): Promise<string | undefined> {
    try {
      this.#last = await this.#deps.askAccount(keys);
    } catch (error) {
      if (this.#last === undefined) this.#warn(error);
    }
    return this.#last;
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#deps.log(
      'warning',
      'the account of the credentials could not be found out: requests do not demand an owner of the bucket; set AWS_ACCOUNT_ID or the expected bucket owner',
      { reason: error instanceof Error ? error.name : 'unknown' },
    );
  }
}
