/** From an error of the SDK to the typed error of the port. Knows no operation. */
import { StorageError } from '../../model/errors.js';
import { CancelledError, OptionError } from '../../pipeline/errors.js';
import { cancelled } from '../cancel.js';
import { failureOf } from '../s3/answer.js';
import { judgedByTime } from '../s3/clock-skew.js';
import { type S3Failure, type S3Subject, s3Error, transportError } from '../s3/failure.js';
import { redact } from '../s3/redact.js';
import { sentStatus } from './middleware.js';

/** What is used of the SDK's errors. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly Code?: unknown;
  readonly Region?: unknown;
  readonly Header?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Record<string, string> };
}

/** The error that a call, signed at `signedAt`, rejects with: typed ones as they are, a cancelled call as `CancelledError`. */
export function typedError(
  cause: unknown,
  subject: S3Subject,
  signal: AbortSignal | undefined,
  signedAt?: Date,
): Error {
  if (cause instanceof CancelledError) return cause;
  if (signal?.aborted) return cancelled(signal); // whatever it did to the connection
  if (cause instanceof StorageError || cause instanceof OptionError) return cause;
  const failure = answeredFailure(cause);
  if (!failure) return transportError(cause, subject);
  const error = s3Error({ ...failure, cause: withoutAnswer(cause) }, subject);
  return judgedByTime(error, failure.serverDate, signedAt);
}

/** An answer that is none of S3's, such as the page of a captive portal. */
export function notAnAnswer(text: string, subject: S3Subject): StorageError {
  return s3Error({ httpStatus: 200, message: text }, subject);
}

/**
 * The SDK's error with a message that can be shown, and without the answer that it holds: a store
 * says back what it was told, signatures and tokens among it.
 */
function withoutAnswer(cause: unknown): unknown {
  if (!(cause instanceof Error)) return undefined;
  const copy = new Error(redact(cause.message));
  copy.name = cause.name;
  const calls = cause.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  copy.stack = [`${copy.name}: ${copy.message}`, ...calls].join('\n');
  return copy;
}

/** What the store's answer said; `undefined` when there was none. */
function answeredFailure(cause: unknown): S3Failure | undefined {
  const error = (typeof cause === 'object' && cause !== null ? cause : {}) as SdkError;
  const status = statusOf(error);
  if (status === undefined) return undefined;
  const code = codeOf(error);
  const { message, Region: region, Header: header, $metadata, $response } = error;
  return failureOf(status, $response?.headers ?? {}, {
    ...(code !== undefined && { code, ...(message !== undefined && { message }) }),
    ...(typeof region === 'string' && { region }),
    ...(typeof header === 'string' && { header }),
    ...($metadata?.requestId !== undefined && { requestId: $metadata.requestId }),
  });
}

function statusOf({ $response, $metadata, message }: SdkError): number | undefined {
  if ($response) return sentStatus($response) ?? $response.statusCode;
  // The SDK's own error for a 200 without the body that it should have had.
  if (message === 'S3 aborted request') return 200;
  return $metadata?.httpStatusCode;
}

/** The store's code. Without a document, as for HEAD, the SDK invents a name; what its parser throws is named by JavaScript. */
function codeOf({ name, Code }: SdkError): string | undefined {
  if (typeof Code === 'string' && Code !== '') return Code;
  return name === undefined || /^Unknown$|Error$/.test(name) ? undefined : name;
}
