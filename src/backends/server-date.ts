/**
 * The store's time, as an answer stated it. A client whose clock was called too far off
 * hangs it on the error, and the retry policy hands it to whoever corrects the clock.
 */
import type { StorageError } from '../model/errors.js';

const dates = new WeakMap<StorageError, Date>();

/** `error` itself, which now carries the `Date` of the answer. Copies of the error do not. */
export function withServerDate(error: StorageError, date: Date): StorageError {
  dates.set(error, date);
  return error;
}

/** The store's time when it gave this answer; `undefined` when the answer had none. */
export function serverDateOf(error: unknown): Date | undefined {
  return typeof error === 'object' && error !== null ? dates.get(error as StorageError) : undefined;
}
