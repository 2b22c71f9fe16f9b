/**
 * One S3 store's region, endpoint, keys, owner, proxies, trust and clock (spec/storage.md 2.2),
 * put together for both clients. Opens no connection to the store and knows no request. What
 * the AWS SDK knows is asked of it, and it is loaded only when it has to be asked.
 */
import { OptionError } from '../../pipeline/errors.js';
import type { Clock } from '../../pipeline/types.js';
import { callerAccount } from './caller-account.js';
import { bundledCertificates } from './certificates.js';
import { KeyRing } from './credentials.js';
import { keyProvider } from './key-providers.js';
import { expectedOwner } from './owner.js';
import { proxiesOf } from './proxies.js';
import {
  type CheckedS3Settings,
  checkS3Settings,
  isAccount,
  type S3Credentials,
  type S3Settings,
} from './settings.js';
import type { S3Target } from './target.js';
import { type Addresses, addressesOf } from './targets.js';

export interface S3Connection {
  readonly region: string;
  /** Whether requests go to an endpoint of AWS. */
  readonly isAws: boolean;
  readonly settings: CheckedS3Settings;
  /** Address of a bucket, by the SDK's endpoint rules; kept per bucket, and no promise once it is known. Rejects with `OptionError` for a name that no bucket can have. */
  target(bucket: string): S3Target | Promise<S3Target>;
  /** Keys that do not expire within five minutes, unless there are no better ones; no promise while they are fresh. One renewal is shared by all callers. Rejects with `MissingCredentials` or `ExpiredCredentials`. */
  credentials(): S3Credentials | Promise<S3Credentials>;
  /** Replaces the keys now, after the store said that they expired. Shared by all callers. */
  refreshCredentials(): Promise<void>;
  /** Account for `x-amz-expected-bucket-owner`, if one is demanded; looked up once per key pair, and no promise once it is known. */
  expectedOwner(): string | undefined | Promise<string | undefined>;
  /** The proxy for a URL, from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Its URL may hold a password. */
  readonly proxyFor: (url: string) => string | undefined;
  /** PEM certificates to trust beside the system's. */
  readonly ca: readonly string[] | undefined;
  /** The store's time: the clock and its correction. */
  now(): Date;
  /** Takes over the store's time, after it called ours too far off. */
  correctClock(serverDate: Date): void;
}

/**
 * Resolves region and endpoint; keys, owner and addresses of buckets follow when they are first asked for.
 * Rejects with `OptionError` (`InvalidConfig`) for a setting, an environment variable or a bundle that cannot be used.
 */
export async function connectS3(given: S3Settings): Promise<S3Connection> {
  const settings = checkS3Settings(given);
  const proxyFor = proxiesOf(settings.env);
  const [addresses, ca] = await Promise.all([addressesOf(settings), bundledCertificates(settings)]);
  const time = new StoreTime(settings.clock);
  const keys = new KeyRing(keyProvider(settings, addresses.region), {
    now: () => time.ms(),
    log: settings.log,
    ...(settings.profile !== undefined && { profile: settings.profile }),
  });
  const demand = settings.expectedBucketOwner ?? (addresses.isAws ? 'caller' : 'none');
  const owner = expectedOwner(demand, {
    credentials: () => keys.current(),
    environmentAccount: demand === 'caller' ? environmentAccount(settings) : undefined,
    askAccount: callerAccount({ settings, region: addresses.region, proxyFor, ca }),
    log: settings.log,
  });
  return joined(settings, addresses, { keys, time, owner, proxyFor, ca });
}

interface Parts extends Pick<S3Connection, 'proxyFor' | 'ca'> {
  readonly keys: KeyRing;
  readonly time: StoreTime;
  readonly owner: S3Connection['expectedOwner'];
}

function joined(settings: CheckedS3Settings, addresses: Addresses, parts: Parts): S3Connection {
  const { keys, time, owner, proxyFor, ca } = parts;
  return {
    region: addresses.region,
    isAws: addresses.isAws,
    settings,
    target: (bucket) => addresses.target(bucket),
    credentials: () => keys.current(),
    refreshCredentials: () => keys.refresh(),
    expectedOwner: owner,
    proxyFor,
    ca,
    now: () => time.now(),
    correctClock: (serverDate) => time.correct(serverDate),
  };
}

/** The clock, and how far the store's is ahead of it. */
class StoreTime {
  #offsetMs = 0;

  constructor(private readonly clock: Clock) {}

  now(): Date {
    return new Date(this.ms());
  }

  ms(): number {
    return this.clock.now() + this.#offsetMs;
  }

  correct(serverDate: Date): void {
    const offsetMs = serverDate.getTime() - this.clock.now();
    if (Number.isFinite(offsetMs)) this.#offsetMs = offsetMs;
  }
}

function environmentAccount({ env }: CheckedS3Settings): string | undefined {
  const account = env['AWS_ACCOUNT_ID'];
  if (!account) return undefined;
  if (!isAccount(account)) throw new OptionError('AWS_ACCOUNT_ID', 'must have 12 digits');
  return account;
}
