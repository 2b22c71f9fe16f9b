/**
 * What a failed S3 call means: one typed error per failure (spec/storage.md 2.4 and 6), with the
 * hint that needs no more than the failure itself. Both clients end here; neither classifies by
 * itself. No message holds a credential, a signed URL or the content of a body.
 */
import { StorageError, type StorageErrorSubject } from '../../model/errors.js';
import { CancelledError } from '../../pipeline/errors.js';
import { classOfFailure } from '../retry-classes.js';
import type { S3Failure } from './answer.js';
import { kindOf } from './failure-kinds.js';
import { type HintContext, hintFor, hintIdOf } from './hints.js';
import { redact } from './redact.js';
import { transportVerdict } from './transport-kinds.js';

export { type ErrorDocument, failureOf, type Headers, retryAfterMs, type S3Failure } from './answer.js';

/** The call that failed. */
export interface S3Subject {
  /** Name of the port's method. */
  readonly operation: string;
  readonly bucket: string;
  /** Key, or the prefix of a listing. */
  readonly key: string;
  /** Local file of the call. */
  readonly path?: string;
  /** The account that was demanded as the bucket's owner. */
  readonly owner?: string;
}

/** The typed error of an answer that says no; also of a 200 that holds an error, or that cannot be read. */
export function s3Error(failure: S3Failure, subject: S3Subject): StorageError {
  const code = realCode(failure.code);
  const bucketRegion = failure.bucketRegion ?? regionNamed(failure.message);
  const kind = kindOf({
    operation: subject.operation,
    ...defined({ httpStatus: failure.httpStatus, code, message: failure.message, bucketRegion }),
  });
  const { httpStatus, requestId, retryAfterMs, cause } = failure;
  const hint = baseHint(kind, subject, {
    ...defined({ requestId, bucketRegion, serverTime: failure.serverDate }),
    ...(failure.serverDate && { localTime: new Date() }),
  });
  const more = { httpStatus, s3Code: code, requestId, retryAfterMs, hint, cause, path: subject.path };
  return retryableByClass(kind, answerText(failure, code, bucketRegion, kind), subject, defined(more));
}

/** The typed error of a call that got no answer. Typed errors pass through; an aborted signal is `CancelledError`. */
export function transportError(cause: unknown, subject: S3Subject): StorageError | CancelledError {
  if (cause instanceof StorageError || cause instanceof CancelledError) return cause;
  const { kind, code, text, retryable, about } = transportVerdict(cause);
  if (kind === 'Cancelled') return new CancelledError(text, { cause });
  const hint =
    about === 'openFiles'
      ? hintFor('too-many-files')
      : baseHint(kind, subject, { certificate: about === 'certificate', proxy: about === 'proxy' });
  const detail = [code, cause instanceof Error ? redact(cause.message) : '']
    .filter((part) => part)
    .join(': ');
  const more = { retryable, cause, hint, path: subject.path, ...(about === 'openFiles' && { errno: code }) };
  return new StorageError(kind, messageOf(subject, detail === '' ? text : `${text} (${detail})`), {
    ...{ operation: subject.operation, bucket: subject.bucket, key: subject.key },
    ...defined(more),
  });
}

/** Names that stand in for a code where an answer has none, such as the SDK's for a HEAD. */
const NO_CODE = /^(?:Unknown|UnknownError|Error|NotFound|Forbidden|BadRequest|S3ServiceException|\d{3})?$/;

function realCode(code: string | undefined): string | undefined {
  return code === undefined || NO_CODE.test(code) ? undefined : redact(code);
}

/** `the region 'us-east-1' is wrong; expecting 'eu-west-1'` */
function regionNamed(message: string | undefined): string | undefined {
  return /expecting '([a-z0-9-]{3,32})'/.exec(message ?? '')?.[1];
}

function baseHint(kind: StorageError['kind'], subject: S3Subject, more: HintContext): string | undefined {
  const { operation, bucket, key, owner } = subject;
  const id = hintIdOf({ kind, operation, key });
  return id && hintFor(id, { bucket, key, ...defined({ owner }), ...more });
}

function answerText(
  { httpStatus, message, header }: S3Failure,
  code: string | undefined,
  bucketRegion: string | undefined,
  kind: StorageError['kind'],
): string {
  const status = [httpStatus, code].filter((part) => part !== undefined).join(' ');
  const said = message === undefined || message === '' ? '' : `: ${redact(message)}`;
  const refused = header === undefined ? '' : ` (header ${redact(header)})`;
  const where =
    kind === 'WrongRegion' && bucketRegion !== undefined ? `; the bucket is in ${bucketRegion}` : '';
  return `the store answered ${status === '' ? 'with an error' : status}${said}${refused}${where}`;
}

function retryableByClass(
  kind: StorageError['kind'],
  text: string,
  subject: S3Subject,
  more: StorageErrorSubject,
): StorageError {
  const { operation, bucket, key } = subject;
  const retryable = classOfFailure({ ...more, kind, retryable: false }) !== 'never';
  return new StorageError(kind, messageOf(subject, text), { operation, bucket, key, ...more, retryable });
}

function messageOf({ operation, bucket, key }: S3Subject, text: string): string {
  return `${operation} ${JSON.stringify(key === '' ? bucket : `s3://${bucket}/${key}`)}: ${text}`;
}

function defined<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
