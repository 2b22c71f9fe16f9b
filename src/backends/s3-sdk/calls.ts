/**
 * How every call of the SDK client runs: nothing starts after an abort, the SDK is loaded
 * once, owner and target are known before the request, and what fails becomes a typed error.
 */
import { setMaxListeners } from 'node:events';
import { StorageError } from '../../model/errors.js';
import { throwIfAborted } from '../cancel.js';
import { objectError } from '../errors.js';
import type { S3Connection } from '../s3/connection.js';
import type { S3Subject } from '../s3/failure.js';
import { typedError } from './failures.js';
import { loadSdk, type Sdk } from './load.js';

/** What one call works with. */
export interface Call extends Sdk {
  readonly subject: S3Subject;
  /** Goes into the input of every command. */
  readonly owner: { readonly ExpectedBucketOwner?: string };
  /** Second argument of `client.send`. */
  readonly http: { readonly abortSignal?: AbortSignal };
  readonly signal: AbortSignal | undefined;
}

export class Calls {
  #sdk: Promise<Sdk> | undefined;
  #owner: string | undefined;

  constructor(readonly connection: S3Connection) {}

  /** The owner that requests demand; `undefined` also before the first one. */
  get expectedOwner(): string | undefined {
    return this.#owner;
  }

  /** Runs `work`. An empty key is `InvalidConfig`; a prefix is checked by nobody. */
  async run<T>(
    subject: S3Subject,
    signal: AbortSignal | undefined,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    let about = subject;
    let sdk: Sdk | undefined;
    let signedAt: Date | undefined;
    try {
      const call = await this.#prepare(subject, signal);
      about = call.subject;
      sdk = call;
      signedAt = this.connection.now();
      throwIfAborted(signal);
      return await work(call);
    } catch (cause) {
      const error = typedError(cause, about, signal, signedAt);
      // After a sleep or a change of networks every try would meet another dead socket, and there are few tries.
      if (isSilence(error)) sdk?.dropIdle();
      throw error;
    }
  }

  /** {@link run} for a call on one object. */
  async onObject<T>(
    subject: S3Subject,
    signal: AbortSignal | undefined,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal);
    if (subject.key === '') throw objectError('InvalidConfig', 'the key is empty', subject);
    return this.run(subject, signal, work);
  }

  async close(): Promise<void> {
    const sdk = await this.#sdk?.catch(() => undefined);
    sdk?.destroy();
  }

  async #prepare(subject: S3Subject, signal: AbortSignal | undefined): Promise<Call> {
    this.#sdk ??= loadSdk(this.connection);
    const sdk = await this.#sdk;
    const owner = await this.connection.expectedOwner();
    this.#owner = owner;
    await this.connection.target(subject.bucket);
    if (signal) setMaxListeners(0, signal); // the SDK listens to it once or twice for each request in flight
    return {
      ...sdk,
      subject: owner === undefined ? subject : { ...subject, owner },
      owner: owner === undefined ? {} : { ExpectedBucketOwner: owner },
      http: signal ? { abortSignal: signal } : {},
      signal,
    };
  }
}

function isSilence(error: Error): boolean {
  return error instanceof StorageError && error.kind === 'Timeout' && error.httpStatus === undefined;
}
