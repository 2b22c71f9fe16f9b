/**
 * What arrived of a body before its transfer broke. A client hangs it on the error that it
 * rejects with; the retry policy takes it off and asks only for the rest. It is kept beside
 * the error and not in it, so that no content can end in a message or a log.
 */
import type { StorageError } from '../model/errors.js';
import type { HeadResult } from './storage-client.js';

export interface PartialBody {
  /** The first bytes of the body that was asked for (of the range, for a range). Nobody else writes to them again. */
  readonly bytes: Uint8Array;
  /** Of the answer; without it nothing can be resumed. */
  readonly etag?: string;
  /** What the answer said of the object; needed to resume `getObject`. */
  readonly head?: HeadResult;
  /** Bytes that the body would have had, as the answer announced them: of the range, for a range. */
  readonly totalBytes?: number;
}

const bodies = new WeakMap<StorageError, PartialBody>();

/** `error` itself, which now carries `body`. Copies of the error do not. */
export function withPartialBody(error: StorageError, body: PartialBody): StorageError {
  bodies.set(error, body);
  return error;
}

/** What arrived before `error`; `undefined` when nothing did, or nobody said. */
export function partialBodyOf(error: unknown): PartialBody | undefined {
  return typeof error === 'object' && error !== null ? bodies.get(error as StorageError) : undefined;
}
