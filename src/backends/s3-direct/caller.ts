/**
 * One call of the S3 API: target, credentials, owner, signature, the request itself, and the meaning of an
 * answer that says no. Knows no operation of S3 by name.
 */
import { hash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { throwIfAborted, untilAborted } from '../cancel.js';
import { failureOf } from '../s3/answer.js';
import { judgedByTime } from '../s3/clock-skew.js';
import type { S3Connection } from '../s3/connection.js';
import { type S3Subject, s3Error, transportError } from '../s3/failure.js';
import type { S3Credentials } from '../s3/settings.js';
import type { S3Target } from '../s3/target.js';
import { userAgentSuffix } from '../s3/user-agent.js';
import type { ToldBytes } from '../told-bytes.js';
import { type AmzDate, amzDate } from './amz-date.js';
import type { Answer, Receive } from './answer.js';
import { documentOf, textIn } from './document.js';
import type { WireRequest } from './exchange.js';
import { HeaderList } from './header-list.js';
import { EMPTY_PAYLOAD, Signer, UNSIGNED_PAYLOAD } from './sign.js';
import { encodeKey } from './uri-encode.js';
import type { Wire } from './wire.js';

export interface S3Call {
  /** `key` is the one that errors name. */
  readonly subject: Pick<S3Subject, 'operation' | 'bucket' | 'key' | 'path'>;
  readonly method: Dispatcher.HttpMethod;
  /** `false` for calls on the bucket. */
  readonly onObject: boolean;
  /** As `queryText` gives it. */
  readonly query?: string;
  /** What is signed beside the usual; written to. */
  readonly headers?: HeaderList;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Of a body that is no array; without it that body is not signed. */
  readonly payloadHash?: string | undefined;
  readonly contentLength?: number | undefined;
  /** Told how far a large body in memory is. */
  readonly told?: ToldBytes | undefined;
  readonly receive?: Receive | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly freshConnection?: boolean | undefined;
  /** Whether a status other than 2xx is an answer all the same: an error with all that it says costs as much as the request. */
  readonly expects?: ((answer: Answer) => boolean) | undefined;
  /** `false` leaves the expected owner out: the owner probe. */
  readonly withOwner?: boolean;
}

/** Bytes of a body in memory that a connection is given at once. */
const SLICE_BYTES = 1024 * 1024;

export class S3Caller {
  readonly #signer = new Signer();
  readonly #userAgent = `rx-attachments ${userAgentSuffix()}`;
  /** The owner that was demanded last. */
  owner: string | undefined;

  constructor(
    readonly connection: S3Connection,
    private readonly wire: Wire,
  ) {}

  /** The answer, with status 2xx or as the call expects it. Any other is the typed error of it; `CancelledError` when `signal` aborts. */
  async call(call: S3Call): Promise<Answer> {
    throwIfAborted(call.signal);
    const { bucket } = call.subject;
    const { signal } = call;
    const found = this.connection.target(bucket);
    const target = found instanceof Promise ? await untilAborted(found, signal) : found;
    const keys = this.connection.credentials();
    const credentials = keys instanceof Promise ? await untilAborted(keys, signal) : keys;
    if (call.withOwner !== false) {
      const owner = this.connection.expectedOwner();
      this.owner = owner instanceof Promise ? await untilAborted(owner, signal) : owner;
    }
    const signedAt = this.connection.now();
    const request = this.#request(call, target, credentials, signedAt);
    let answer: Answer;
    try {
      answer = await this.wire.send(target.origin, request);
    } catch (cause) {
      throw this.broken(cause, call);
    }
    if (answer.status >= 300 && !call.expects?.(answer)) throw this.refusal(answer, call, target, signedAt);
    return answer;
  }

  /** Whether the bodies of requests to `bucket` are signed. */
  async signsBodies(bucket: string): Promise<boolean> {
    return this.#signsBodies(await this.connection.target(bucket));
  }

  /** The typed error that `answer`, of whatever status, stands for. */
  refusal(answer: Answer, call: S3Call, target?: S3Target, signedAt?: Date): Error {
    const document = documentOf(answer.text, 'Error') ?? {};
    const code = textIn(document, 'Code');
    if (target && isAboutAnother(answer, call, code)) {
      this.wire.refresh(target.origin);
      return transportError(new LeftoverAnswer(), this.#subject(call));
    }
    const failure = failureOf(answer.status, Object.fromEntries(answer.headers.entries()), {
      ...defined('code', code),
      ...defined('message', textIn(document, 'Message')),
      ...defined('region', textIn(document, 'Region')),
      ...defined('header', textIn(document, 'Header')),
      ...defined('requestId', textIn(document, 'RequestId')),
    });
    return judgedByTime(s3Error(failure, this.#subject(call)), failure.serverDate, signedAt);
  }

  /** The typed error of a call that got no answer, or not all of it. */
  broken(cause: unknown, call: S3Call): Error {
    return transportError(cause, this.#subject(call));
  }

  #request(call: S3Call, target: S3Target, credentials: S3Credentials, signedAt: Date): WireRequest {
    const path = target.pathPrefix + (call.onObject ? `/${encodeKey(call.subject.key)}` : '') || '/';
    const query = call.query ?? '';
    return {
      method: call.method,
      target: query === '' ? path : `${path}?${query}`,
      headers: this.#headers(call, path, query, target, credentials, amzDate(signedAt)),
      body: isSliced(call) ? slicesOf(call.body, call.told) : call.body,
      receive: call.receive,
      signal: call.signal,
      fresh: call.freshConnection,
    };
  }

  /** All headers as they are sent: signed ones, the signature, and what proxies may change. */
  #headers(
    call: S3Call,
    path: string,
    query: string,
    target: S3Target,
    { accessKeyId, secretAccessKey, sessionToken }: S3Credentials,
    { day, stamp }: AmzDate,
  ): string[] {
    const headers = call.headers ?? new HeaderList();
    const payloadHash = this.#payloadHash(call, target);
    headers.add('host', hostOf(target.origin));
    headers.add('x-amz-content-sha256', payloadHash);
    headers.add('x-amz-date', stamp);
    if (this.owner !== undefined && call.withOwner !== false) {
      headers.add('x-amz-expected-bucket-owner', this.owner);
    }
    if (sessionToken !== undefined) headers.add('x-amz-security-token', sessionToken);
    const scope = { accessKeyId, secretAccessKey, day, stamp, region: target.signingRegion, service: 's3' };
    const authorization = this.#signer.authorization(
      { method: call.method, path, query, headers, payloadHash },
      scope,
    );
    headers.remove('host'); // the connection adds the same one
    const { flat } = headers;
    flat.push('authorization', authorization, 'user-agent', this.#userAgent);
    const contentLength = isSliced(call) ? call.body.length : call.contentLength;
    if (contentLength !== undefined) flat.push('content-length', String(contentLength));
    return flat;
  }

  #payloadHash({ body, payloadHash }: S3Call, target: S3Target): string {
    if (payloadHash !== undefined) return payloadHash;
    if (body === undefined) return EMPTY_PAYLOAD;
    const signed = body instanceof Uint8Array && this.#signsBodies(target);
    return signed ? hash('sha256', body, 'hex') : UNSIGNED_PAYLOAD;
  }

  #signsBodies({ origin }: S3Target): boolean {
    const { payloadSigning } = this.connection.settings;
    return payloadSigning === 'auto' ? origin.startsWith('http:') : payloadSigning === 'always';
  }

  #subject({ subject, withOwner }: S3Call): S3Subject {
    return this.owner === undefined || withOwner === false ? subject : { ...subject, owner: this.owner };
  }
}

type SlicedCall = S3Call & { readonly body: Uint8Array; readonly told: ToldBytes };

function isSliced(call: S3Call): call is SlicedCall {
  const { body, told } = call;
  return told !== undefined && body instanceof Uint8Array && body.length > SLICE_BYTES;
}

async function* slicesOf(body: Uint8Array, told: ToldBytes): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < body.length; sent += SLICE_BYTES) {
    told.reached(sent);
    yield body.subarray(sent, sent + SLICE_BYTES);
  }
  told.reached(body.length);
}

/**
 * A store that refuses a body early may leave it unread, and then takes it for the next request on that connection,
 * which gets a 400 that is not about itself. Connections are closed after a refusal, so this is the remaining chance:
 * a 400 without a code of S3 on a connection that was used before. Worth one more try on a fresh one, where a 400 counts.
 */
function isAboutAnother(answer: Answer, call: S3Call, code: string | undefined): boolean {
  return (
    answer.status === 400 &&
    answer.reused &&
    call.method !== 'HEAD' &&
    (code === undefined || code === 'BadRequest')
  );
}

class LeftoverAnswer extends Error {
  readonly code = 'UND_ERR_SOCKET';
  constructor() {
    super('the store answered 400 on a connection that was used before, as if to an earlier body');
  }
}

const hosts = new Map<string, string>();

/** `host[:port]` as HTTP clients send it: without the port of the scheme. */
function hostOf(origin: string): string {
  let host = hosts.get(origin);
  if (host === undefined) {
    host = new URL(origin).host;
    hosts.set(origin, host);
  }
  return host;
}

function defined<K extends string>(name: K, value: string | undefined): { [N in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [N in K]?: string };
}
