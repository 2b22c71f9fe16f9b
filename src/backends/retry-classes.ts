/** Which failures are worth a repetition (spec/storage.md 2.4). Pure; the policy itself is `retry.ts`. */
import { StorageError, type StorageErrorKind } from '../model/errors.js';

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

/** The class of a failure; anything but a `StorageError` is `never`. */
export function retryClassOf(error: unknown): RetryClass {
  if (!(error instanceof StorageError)) return 'never';
  const { kind, httpStatus, retryable } = error;
  // Without a status the client itself compared, and the bytes will not change.
  if (kind === 'ChecksumMismatch') return httpStatus === undefined ? 'never' : 'checksum';
  if (kind === 'Conflict') return httpStatus === 409 ? 'conflict' : 'never';
  return BY_KIND[kind] ?? (retryable ? 'transient' : 'never');
}
