/**
 * Refusals that are about the time. A HEAD is answered without a document, so that a client whose
 * clock is off sees a bare 403 there; the `Date` of the answer tells it from a denial (spec/storage.md
 * 2.4, clock class). A wrong guess costs one more request, made with the right time. Sends nothing.
 */
import { copyOf, type StorageError } from '../../model/errors.js';
import { withServerDate } from '../server-date.js';
import { hintFor } from './hints.js';

/** Stores tolerate 15 minutes; nobody is refused for less than this. */
const SUSPICIOUS_MS = 5 * 60_000;

/**
 * `error`, which refused a request that was signed at `signedAt` by the client's clock, with the store's
 * date where the clock is to blame. Whether it was corrected meanwhile does not matter.
 */
export function judgedByTime(
  error: StorageError,
  serverDate: Date | undefined,
  signedAt?: Date,
): StorageError {
  if (!serverDate) return error;
  if (error.kind === 'ClockSkew') return withServerDate(error, serverDate);
  const isBare = error.kind === 'AccessDenied' && error.s3Code === undefined;
  if (!signedAt || !isBare || Math.abs(signedAt.getTime() - serverDate.getTime()) < SUSPICIOUS_MS)
    return error;
  const hint = hintFor('clock', { localTime: signedAt, serverTime: serverDate });
  return withServerDate(copyOf(error, 'ClockSkew', { hint, retryable: true }), serverDate);
}
