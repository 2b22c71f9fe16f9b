/** Which failures are worth a repetition (spec/storage.md 2.4). Pure; the policy itself is `retry.ts`. */
import { StorageError, type StorageErrorKind, type StorageErrorSubject } from '../model/errors.js';

export type RetryClass =
  | 'throttle'
  | 'transient'
  | 'credentials'
  | 'clock'
  | 'checksum'
  | 'conflict'
  | 'never';

const BY_KIND: Partial<Record<StorageErrorKind, RetryClass>> = {
  Throttled: 'throttle',
  ServiceError: 'transient',
  Timeout: 'transient',
  Network: 'transient',
  ExpiredCredentials: 'credentials',
  ClockSkew: 'clock',
};

type Failure = Pick<StorageErrorSubject, 'httpStatus' | 'retryable'> & { readonly kind: StorageErrorKind };

/** The class of a failure; anything but a `StorageError` is `never`. */
export function retryClassOf(error: unknown): RetryClass {
  return error instanceof StorageError ? classOfFailure(error) : 'never';
}

/** The class of a failure that is no error yet. */
export function classOfFailure({ kind, httpStatus, retryable = false }: Failure): RetryClass {
  // Without a status the client itself compared, and the bytes will not change.
  if (kind === 'ChecksumMismatch') return httpStatus === undefined ? 'never' : 'checksum';
  if (kind === 'Conflict') return httpStatus === 409 ? 'conflict' : 'never';
  return BY_KIND[kind] ?? (retryable ? 'transient' : 'never');
}
