/** What a test sees of a running versitygw (see `versitygw.ts`), and the options it is started with. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { S3Credentials, S3Settings } from '../../src/backends/s3/settings.js';
import { type LoggedRequest, parseAccessLog } from './access-log.js';
import { VIRTUAL_DOMAIN } from './certificates.js';
import type { VersityProcess } from './versity-process.js';

/** The root account's key; 12 digits, so that it is an account that can be expected as owner. */
export const ACCOUNT = '123456789012';
export const SECRET = 'secretsecret';
export const REGION = 'us-east-1';

export interface VersityAccount {
  readonly access: string;
  readonly secret: string;
  /** `user` may do nothing in the root account's buckets. */
  readonly role: 'admin' | 'user' | 'userplus';
}

export interface VersityOptions {
  /** HTTPS with a certificate of a private authority (`caFile`). */
  readonly tls?: boolean;
  /** Virtual-hosted style: the endpoint is `s3.localhost`, and `settings()` brings the `lookup` for it. */
  readonly virtualDomain?: boolean;
  /** Default: `['bucket']`. */
  readonly buckets?: readonly string[];
  /** Refuses every write: 403 AccessDenied. */
  readonly readonly?: boolean;
  readonly versioning?: boolean;
  readonly region?: string;
  readonly accounts?: readonly VersityAccount[];
  /** Added to the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface VersityServer {
  /** URL for clients. */
  readonly endpoint: string;
  /** URL by address, for a proxy in front: `http(s)://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  /** The first of `buckets`. */
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly credentials: S3Credentials;
  readonly caFile?: string;
  /** The data: one folder per bucket. */
  readonly directory: string;
  /** How to reach it; `overrides` win, for instance the endpoint of a proxy. */
  settings(overrides?: Partial<S3Settings>): S3Settings;
  /** Variables for other programs (Python, s5cmd) and for the SDK's own chains. */
  env(): Record<string, string>;
  /** A new empty bucket; its name. */
  newBucket(name?: string): string;
  /** Keys of a bucket by looking at the disk, sorted. */
  keys(bucket?: string): string[];
  /** What reached the server since the start or `clearRequests()`. */
  requests(): LoggedRequest[];
  /** How many of them were this operation, `HeadObject`, or had this method. */
  count(operationOrMethod: string): number;
  clearRequests(): void;
  stderr(): string;
  stop(): Promise<void>;
}

/** Below this folder: `data` with the buckets, `access.log`, and what options need. */
export class RunningVersity implements VersityServer {
  readonly endpoint: string;
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId = ACCOUNT;
  readonly secretAccessKey = SECRET;
  readonly credentials: S3Credentials = { accessKeyId: ACCOUNT, secretAccessKey: SECRET };
  readonly caFile?: string;
  readonly directory: string;
  readonly #folder: string;
  readonly #process: VersityProcess;
  readonly #virtual: boolean;
  #made = 0;
  #seen = 0;

  constructor(folder: string, options: VersityOptions, started: VersityProcess, caFile: string | undefined) {
    const scheme = caFile === undefined ? 'http' : 'https';
    this.#folder = folder;
    this.#process = started;
    this.#virtual = options.virtualDomain === true;
    this.directory = join(folder, 'data');
    this.port = started.port;
    this.pid = started.pid;
    this.origin = `${scheme}://127.0.0.1:${this.port}`;
    this.endpoint = this.#virtual ? `${scheme}://${VIRTUAL_DOMAIN}:${this.port}` : this.origin;
    this.bucket = options.buckets?.[0] ?? 'bucket';
    this.region = options.region ?? REGION;
    if (caFile !== undefined) this.caFile = caFile;
  }

  settings(overrides: Partial<S3Settings> = {}): S3Settings {
    return {
      endpoint: this.endpoint,
      region: this.region,
      credentials: this.credentials,
      forcePathStyle: !this.#virtual,
      ...(this.caFile === undefined ? {} : { caBundle: this.caFile }),
      ...(this.#virtual ? { lookup: lookupVirtual } : {}),
      env: {},
      ...overrides,
    };
  }

  env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_DEFAULT_REGION: this.region,
      AWS_REGION: this.region,
      AWS_ACCOUNT_ID: ACCOUNT,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      // s5cmd takes its endpoint from here.
      S3_ENDPOINT_URL: this.endpoint,
      ...(this.caFile === undefined ? {} : { AWS_CA_BUNDLE: this.caFile }),
    };
  }

  newBucket(name?: string): string {
    this.#made += 1;
    const bucket = name ?? `bucket-${this.#made}`;
    mkdirSync(join(this.directory, bucket));
    return bucket;
  }

  keys(bucket = this.bucket): string[] {
    const root = join(this.directory, bucket);
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const paths = files.map((entry) => relative(root, join(entry.parentPath, entry.name)));
    return paths.filter((path) => !path.startsWith('.sgwtmp')).sort();
  }

  requests(): LoggedRequest[] {
    return this.#allRequests().slice(this.#seen);
  }

  count(operationOrMethod: string): number {
    const isCounted = ({ operation, method }: LoggedRequest): boolean =>
      operation === operationOrMethod || method === operationOrMethod;
    return this.requests().filter(isCounted).length;
  }

  clearRequests(): void {
    this.#seen = this.#allRequests().length;
  }

  stderr(): string {
    return this.#process.stderr();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #allRequests(): LoggedRequest[] {
    return parseAccessLog(readFileSync(join(this.#folder, 'access.log'), 'utf8'));
  }
}

function lookupVirtual(hostname: string): string | undefined {
  return hostname === VIRTUAL_DOMAIN || hostname.endsWith(`.${VIRTUAL_DOMAIN}`) ? '127.0.0.1' : undefined;
}
