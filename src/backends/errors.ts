/**
 * Errors of the backends that do not speak S3: what a failed call means for an object
 * (spec/storage.md section 6). Knows errno names and keys, no status codes of a service.
 */
import { copyOf, StorageError, type StorageErrorKind, type StorageErrorSubject } from '../model/errors.js';
import { localIoError } from '../model/local-io.js';
import { CancelledError } from '../pipeline/errors.js';

/** The call and the object that an error is about. */
export interface ObjectSubject {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
}

/** A local failure behind a call on an object: `path` is the store's own file, read or written. */
export interface StoreFileSubject extends ObjectSubject {
  readonly path: string;
  readonly access: 'read' | 'write';
}

const READ_KINDS: Readonly<Record<string, StorageErrorKind>> = {
  ENOENT: 'NotFound',
  ENOTDIR: 'NotFound',
  EISDIR: 'NotFound',
  ELOOP: 'SymlinkEscape',
  ENAMETOOLONG: 'PathTooLong',
};

/** The typed error for a failed local call of a backend. Cancellation passes through, a typed error gets the object it lacks. */
export function classify(cause: unknown, subject: StoreFileSubject): StorageError | CancelledError {
  if (cause instanceof CancelledError) return cause;
  if (cause instanceof StorageError) return withObject(cause, subject);
  const { operation, bucket, key, path, access } = subject;
  const local = localIoError(cause, { operation, path, side: access === 'read' ? 'source' : 'target' });
  const kind = access === 'read' ? (READ_KINDS[local.errno ?? ''] ?? 'LocalIo') : local.kind;
  return copyOf(local, kind, kind === 'NotFound' ? { bucket, key, hint: undefined } : { bucket, key });
}

/** `error`, which may come from code that knows no objects, with the object that it is about. */
function withObject(error: StorageError, { operation, bucket, key }: ObjectSubject): StorageError {
  if (error.operation !== undefined && error.key !== undefined) return error;
  return copyOf(error, error.kind, { operation, bucket, key });
}

/** `error` with the number of tries that were made. */
export function withAttempts(error: StorageError, attempts: number): StorageError {
  return copyOf(error, error.kind, { attempts });
}

export function notFound(subject: ObjectSubject): StorageError {
  return objectError('NotFound', 'there is no such object', subject, { httpStatus: 404 });
}

export function bucketNotFound(subject: ObjectSubject): StorageError {
  return objectError(
    'BucketNotFound',
    `the bucket ${JSON.stringify(subject.bucket)} does not exist here`,
    subject,
    {
      httpStatus: 404,
      hint: 'check the name of the bucket, its region and its account',
    },
  );
}

export function noSuchUpload(subject: ObjectSubject): StorageError {
  return objectError('NoSuchUpload', 'the upload was completed, aborted or never created', subject, {
    httpStatus: 404,
  });
}

/** `text` about an object, in the one form that all messages have. */
export function objectError(
  kind: StorageErrorKind,
  text: string,
  subject: ObjectSubject,
  more: StorageErrorSubject = {},
): StorageError {
  const { operation, bucket, key } = subject;
  return new StorageError(kind, `${operation} ${JSON.stringify(key)}: ${text}`, {
    operation,
    bucket,
    key,
    ...more,
  });
}
