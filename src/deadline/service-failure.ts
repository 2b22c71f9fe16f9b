/**
 * What a failed call of the service means: one typed error per failure, and whether to call again. No message holds a
 * credential.
 */

import { transportError } from '../backends/s3/failure.js';
import { hintFor } from '../backends/s3/hints.js';
import { redact } from '../backends/s3/redact.js';
import { transportVerdict } from '../backends/s3/transport-kinds.js';
import { StorageError } from '../model/errors.js';
import { CancelledError, OptionError } from '../pipeline/errors.js';
import { DeadlineServiceError } from './errors.js';

/** The call that failed. */
export interface ServiceCall {
  /** Name in the service model. */
  readonly operation: string;
  readonly region: string;
  readonly profile?: string | undefined;
  readonly attempts: number;
}

/** How a repetition of the call may end otherwise: `no` for an answer that will not change. */
export type RetryKind = 'throttled' | 'transient' | 'expired' | 'clock' | 'no';

interface SdkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryAfterSeconds?: unknown;
  readonly $response?: unknown;
  readonly $metadata?: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly clockSkewCorrected?: boolean;
  };
}

/** The status of an answer; nothing for a call that got none. */
function statusOf({ $metadata }: SdkError): number | undefined {
  return $metadata?.httpStatusCode;
}

const THROTTLED = /^(?:Throttl|TooManyRequests|RequestLimitExceeded|SlowDown)/;
const EXPIRED = /^(?:ExpiredToken|TokenRefreshRequired)/;
const INVALID_KEYS =
  /^(?:UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken|IncompleteSignature)/;

export function retryKindOf(error: unknown): RetryKind {
  if (isOurs(error)) return 'no';
  const failure = (error ?? {}) as SdkError;
  const [name, status] = [String(failure.name), statusOf(failure)];
  if (failure.$metadata?.clockSkewCorrected === true) return 'clock';
  if (EXPIRED.test(name)) return 'expired';
  if (THROTTLED.test(name) || status === 429) return 'throttled';
  if (status === undefined) return transportVerdict(error).retryable ? 'transient' : 'no';
  return status >= 500 ? 'transient' : 'no';
}

/** What the service asked to wait before the next try. */
export function retryAfterMsOf(error: unknown): number {
  const { retryAfterSeconds } = (error ?? {}) as SdkError;
  return typeof retryAfterSeconds === 'number' && retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : 0;
}

/** The typed error of a failed call; typed ones pass. */
export function serviceError(cause: unknown, call: ServiceCall): Error {
  if (isOurs(cause)) return cause;
  const failure = (cause ?? {}) as SdkError;
  const status = statusOf(failure);
  if (status === undefined) return unanswered(cause, failure, call);
  const name = String(failure.name);
  if (EXPIRED.test(name)) return keysError('ExpiredCredentials', 'the credentials have expired', call, cause);
  if (INVALID_KEYS.test(name)) {
    return keysError('InvalidCredentials', `the credentials were refused (${redact(name)})`, call, cause);
  }
  return refused(name, status, failure, call, cause);
}

function isOurs(error: unknown): error is Error {
  return (
    error instanceof StorageError ||
    error instanceof OptionError ||
    error instanceof CancelledError ||
    error instanceof DeadlineServiceError
  );
}

/** Sockets, names, certificates and proxies fail as they do for a store; what the SDK itself finds wrong is none of these. */
function unanswered(cause: unknown, failure: SdkError, call: ServiceCall): Error {
  const { operation, region, attempts } = call;
  const { kind, retryable, about, code } = transportVerdict(cause);
  if (!retryable && about === undefined && code === undefined) {
    const said = redact(String(failure.message ?? cause));
    const problem = `${operation} of Deadline Cloud could not be called: ${said}`;
    return new DeadlineServiceError(problem, { operation, attempts, cause });
  }
  const error = transportError(cause, { operation, bucket: '', key: '' });
  if (error instanceof CancelledError || kind === 'Cancelled') return error;
  const text = error.message.slice(error.message.indexOf(': ') + 2);
  return new StorageError(error.kind, `${operation} of Deadline Cloud in ${region}: ${text}`, {
    ...{ operation, attempts, retryable, cause },
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}

function keysError(
  kind: 'ExpiredCredentials' | 'InvalidCredentials',
  problem: string,
  { operation, profile, attempts }: ServiceCall,
  cause: unknown,
): StorageError {
  const hint = hintFor(
    kind === 'ExpiredCredentials' ? 'expired' : 'bad-credentials',
    profile === undefined ? {} : { profile },
  );
  return new StorageError(kind, `${operation} of Deadline Cloud: ${problem}`, {
    operation,
    attempts,
    hint,
    cause,
  });
}

/** Names of errors that the SDK makes itself, where an answer is none of the service. */
const NO_CODE = /^(?:Error|SyntaxError|TypeError|Unknown|UnknownError)$/;

function refused(
  name: string,
  httpStatus: number,
  failure: SdkError,
  { operation, region, attempts }: ServiceCall,
  cause: unknown,
): DeadlineServiceError {
  const serviceCode = NO_CODE.test(name) ? undefined : redact(name);
  const tries = attempts > 1 ? ` after ${attempts} tries` : '';
  const answer =
    `${operation} of Deadline Cloud in ${region} answered ${httpStatus} ${serviceCode ?? ''}`.trimEnd();
  const said = serviceCode === undefined ? ': this is no answer of the service' : saidBy(failure);
  const requestId = failure.$metadata?.requestId;
  const hint = hintOf(httpStatus, operation, region);
  return new DeadlineServiceError(`${answer}${tries}${said}`, {
    ...{ operation, httpStatus, attempts, cause },
    ...(serviceCode !== undefined && { serviceCode }),
    ...(requestId !== undefined && { requestId }),
    ...(hint !== undefined && { hint }),
  });
}

function saidBy({ message }: SdkError): string {
  return typeof message === 'string' && message !== '' ? `: ${redact(message)}` : '';
}

function hintOf(status: number, operation: string, region: string): string | undefined {
  if (status === 403)
    return `Check that the active credentials may call deadline:${operation}, and that the region ${region} is the farm's.`;
  if (status === 404) return `Check the ids, and that the region ${region} is the farm's.`;
  if (status === 429)
    return 'Deadline Cloud limits how often it is called: wait, or run fewer commands at once.';
  return undefined;
}
