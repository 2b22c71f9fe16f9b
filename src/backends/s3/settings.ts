/**
 * What a user may set about one S3 store (spec/storage.md 2.2, 2.3, 2.6, 2.7): names, units,
 * defaults and their checks. Knows no SDK and reaches no network; `connection.ts` gives it effect.
 */
import { PART_LIMITS, PART_PLAN_DEFAULTS } from '../../model/part-plan.js';
import { systemClock } from '../../pipeline/clock.js';
import { OptionError } from '../../pipeline/errors.js';
import { positiveInteger } from '../../pipeline/options.js';
import type { Clock, Logger } from '../../pipeline/types.js';

/** A key pair, and what is known of it. Never logged. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
  /** 12 digits: the account that the keys belong to. */
  readonly accountId?: string;
}

export type PayloadSigning = 'auto' | 'always' | 'never';
export type ChecksumChoice = 'auto' | 'xxh128' | 'crc32' | 'none';

export interface S3Settings {
  /** Default: the SDK's own chain (`AWS_REGION`, the profile), else `us-west-2`. */
  readonly region?: string;
  /** Profile of the AWS config files. Default: `AWS_PROFILE`, else `default`. */
  readonly profile?: string;
  /** Fixed keys, or a function that gives fresh ones. Default: the SDK's own chain. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** `http:` or `https:` URL. Default: the SDK's own resolution. */
  readonly endpoint?: string;
  /** Default: `true` with a custom endpoint, else `false`. */
  readonly forcePathStyle?: boolean;
  readonly useDualstack?: boolean;
  readonly useFips?: boolean;
  /** An account of 12 digits, `none`, or `caller`. Default: `caller`, and `none` with an endpoint that is not AWS's. */
  readonly expectedBucketOwner?: 'caller' | 'none' | (string & {});
  /** Most connections; `auto` starts at {@link AUTO_CONNECTIONS}`.initial`. */
  readonly maxConnections?: number | 'auto';
  readonly connectTimeoutMs?: number;
  /** Longest silence on a connection that has a request. */
  readonly idleTimeoutMs?: number;
  /** `auto`: bodies are signed over HTTP, and only covered by a checksum over HTTPS. */
  readonly payloadSigning?: PayloadSigning;
  readonly checksum?: ChecksumChoice;
  /** Bytes of a part; an object of more than two parts travels in parts. */
  readonly partSizeBytes?: number;
  /** Path of a PEM file with certificates to trust beside the system's. Default: `AWS_CA_BUNDLE`. */
  readonly caBundle?: string;
  /** The IP address of a host name, or `undefined` to ask the system. */
  readonly lookup?: (hostname: string) => string | undefined;
  /** Where proxies, `AWS_CA_BUNDLE` and `AWS_ACCOUNT_ID` are read. Default: `process.env`, which is what the SDK's own chains always read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log?: Logger;
  readonly clock?: Clock;
}

export const S3_DEFAULTS = {
  maxConnections: 'auto',
  connectTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  payloadSigning: 'auto',
  checksum: 'auto',
  partSizeBytes: PART_PLAN_DEFAULTS.partSizeBytes,
} as const satisfies S3Settings;

/** Connections of `maxConnections: 'auto'`. */
export const AUTO_CONNECTIONS = { initial: 50, most: 1024 } as const;

/** The region when nothing names one. */
export const FALLBACK_REGION = 'us-west-2';

type Defaulted = keyof typeof S3_DEFAULTS | 'env' | 'log' | 'clock';

/** Settings with their defaults. What still may be absent is left to the SDK, or not used. */
export type CheckedS3Settings = Omit<S3Settings, Defaulted> & {
  readonly [K in Defaulted]-?: NonNullable<S3Settings[K]>;
};

/** A checked copy of `settings`. Throws `OptionError` (`InvalidConfig`), which names the option, for one that cannot be used. */
export function checkS3Settings(settings: S3Settings): CheckedS3Settings {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const all = {
    ...S3_DEFAULTS,
    env: process.env,
    log: () => {},
    clock: systemClock,
    ...given,
  } as CheckedS3Settings;
  checkTexts(all);
  checkChoices(all);
  checkNumbers(all);
  checkFunctions(all);
  checkCredentials(all.credentials);
  return all;
}

const REGION = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function checkTexts({ region, profile, endpoint, caBundle, expectedBucketOwner }: CheckedS3Settings): void {
  if (region !== undefined && !REGION.test(String(region))) {
    throw new OptionError('region', `${quoted(region)} is no name of a region, such as "us-west-2"`);
  }
  if (profile !== undefined) checkText('profile', profile);
  if (caBundle !== undefined) checkText('caBundle', caBundle);
  if (endpoint !== undefined) checkEndpoint('endpoint', endpoint);
  const owner = expectedBucketOwner;
  if (owner !== undefined && !/^(?:caller|none|\d{12})$/.test(String(owner))) {
    throw new OptionError(
      'expectedBucketOwner',
      `must be "caller", "none" or an account of 12 digits, not ${quoted(owner)}`,
    );
  }
}

function checkText(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw new OptionError(option, 'must be a text that is not empty');
  }
}

/** The URL of an endpoint. Its text is not repeated in the error: it may hold a password. */
export function checkEndpoint(option: string, text: unknown): URL {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new OptionError(option, 'must be a URL that begins with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    throw new OptionError(
      option,
      'must not hold a user name or password: credentials are an option of their own',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new OptionError(option, 'must end before any "?" or "#"');
  }
  return url;
}

const CHOICES = {
  payloadSigning: ['auto', 'always', 'never'],
  checksum: ['auto', 'xxh128', 'crc32', 'none'],
  forcePathStyle: [true, false, undefined],
  useDualstack: [true, false, undefined],
  useFips: [true, false, undefined],
} as const;

function checkChoices(all: CheckedS3Settings): void {
  for (const option of Object.keys(CHOICES) as (keyof typeof CHOICES)[]) {
    const choices: readonly unknown[] = CHOICES[option];
    if (choices.includes(all[option])) continue;
    const names = choices.filter((choice) => choice !== undefined).map(quoted);
    throw new OptionError(option, `must be one of ${names.join(', ')}, not ${quoted(all[option])}`);
  }
}

function checkNumbers(all: CheckedS3Settings): void {
  const { maxConnections, partSizeBytes } = all;
  if (maxConnections !== 'auto') positiveInteger('maxConnections', maxConnections);
  for (const option of ['connectTimeoutMs', 'idleTimeoutMs'] as const) positiveInteger(option, all[option]);
  positiveInteger('partSizeBytes', partSizeBytes);
  if (partSizeBytes < PART_LIMITS.minPartBytes || partSizeBytes > PART_LIMITS.maxPartBytes) {
    throw new OptionError('partSizeBytes', `must be from 5 MiB to 5 GiB, not ${partSizeBytes} bytes`);
  }
}

function checkFunctions({ lookup, log, clock, env }: CheckedS3Settings): void {
  if (lookup !== undefined && typeof lookup !== 'function')
    throw new OptionError('lookup', 'must be a function');
  if (typeof log !== 'function') throw new OptionError('log', 'must be a function');
  if (typeof clock?.now !== 'function') throw new OptionError('clock', 'must be a clock');
  if (typeof env !== 'object') throw new OptionError('env', 'must be an object of texts');
}

function checkCredentials(credentials: S3Settings['credentials']): void {
  if (credentials === undefined || typeof credentials === 'function') return;
  const { accountId } = checkKeys('credentials', credentials);
  if (accountId !== undefined && !isAccount(accountId)) {
    throw new OptionError('credentials.accountId', 'must have 12 digits');
  }
}

/** Whether `text` is the id of an account. */
export function isAccount(text: unknown): text is string {
  return typeof text === 'string' && /^\d{12}$/.test(text);
}

/** `value` if it is a key pair that a request can be signed with; an error names the member and never its value. */
export function checkKeys(option: string, value: unknown): S3Credentials {
  const keys = (typeof value === 'object' && value !== null ? value : {}) as Partial<S3Credentials>;
  for (const name of ['accessKeyId', 'secretAccessKey'] as const) checkKey(`${option}.${name}`, keys[name]);
  if (keys.sessionToken !== undefined) checkKey(`${option}.sessionToken`, keys.sessionToken);
  if (keys.expiration !== undefined && Number.isNaN(new Date(keys.expiration).getTime())) {
    throw new OptionError(`${option}.expiration`, 'must be a Date');
  }
  return keys as S3Credentials;
}

/** What travels in a header: printable ASCII without blanks. */
function checkKey(option: string, value: unknown): void {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new OptionError(option, 'must be a text of printable ASCII characters without blanks');
  }
}

function quoted(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? String(value);
}
