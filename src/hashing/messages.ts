/** What travels between the pool and its threads: plain data, as columns where there are many rows. */
import { StorageError, type StorageErrorKind } from '../model/errors.js';

/** Shared by the pool and the thread that runs a task: a stop flag and a counter of bytes. */
export interface Control {
  readonly stop: Int32Array;
  readonly bytes: BigInt64Array;
}
export const CONTROL_BYTES = 16;

export function controlOf(memory: SharedArrayBuffer): Control {
  return { stop: new Int32Array(memory, 0, 1), bytes: new BigInt64Array(memory, 8, 1) };
}

export interface HashTask {
  readonly control: SharedArrayBuffer;
  readonly paths: readonly string[];
  readonly chunkSizes: readonly number[];
  readonly keep: readonly boolean[];
}
/** Numbers per file in {@link HashAnswer.rows}: digests, size, mtimeNs, ctimeNs, mode, startedNs. */
export const HASH_STRIDE = 6;
export interface HashAnswer {
  /** All digests in a row, each as long as the next. */
  readonly digests: string;
  readonly rows: BigInt64Array;
  readonly bodies: ReadonlyMap<number, Uint8Array>;
  readonly errors: ReadonlyMap<number, ErrorData>;
}

export interface RangeTask {
  readonly control: SharedArrayBuffer;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}
export type RangeAnswer = { readonly digest: string } | { readonly error: ErrorData };

export interface StatTask {
  readonly control: SharedArrayBuffer;
  /** Joined by NUL: one text is copied ten times as fast as many. */
  readonly paths: string;
}
export interface StatAnswer {
  readonly rows: BigInt64Array;
  readonly errors: ReadonlyMap<number, string>;
}

export interface SizesTask {
  readonly control: SharedArrayBuffer;
  readonly directory: string;
  /** Joined by NUL. */
  readonly names: string;
  /** Follows every name. */
  readonly suffix: string;
}

export interface ListTask {
  readonly control: SharedArrayBuffer;
  /** Joined by NUL. */
  readonly directories: string;
  readonly limit: number;
}
export interface ListAnswer {
  /** Joined by NUL, directory after directory. */
  readonly names: string;
  readonly kinds: Uint8Array;
  /** Entries per directory; -1 for one that has more than the limit. */
  readonly counts: Int32Array;
  /** errno names of the directories that cannot be listed, by position. */
  readonly errors: ReadonlyMap<number, string>;
  /** As in a stat answer, one row per entry; zero for what is no regular file. */
  readonly rows: BigInt64Array;
  /** errno names of the files that cannot be looked at, by position. */
  readonly unseen: ReadonlyMap<number, string>;
}

export interface WriteTask {
  /** Joined by NUL. */
  readonly paths: string;
  readonly temporaries: string;
  /** Bytes of each file. */
  readonly sizes: readonly number[];
  /** All contents in a row; what follows them is of earlier tasks. */
  readonly body: SharedArrayBuffer;
  readonly mtimes: readonly (number | string | undefined)[];
  readonly runnable: readonly boolean[];
  readonly replace: boolean;
}

/** What a thread is asked to do. */
export type HashJob =
  | { readonly name: 'ready' }
  | { readonly name: 'hashFiles'; readonly task: HashTask }
  | { readonly name: 'hashRange'; readonly task: RangeTask }
  | { readonly name: 'stat'; readonly task: StatTask }
  | { readonly name: 'sizes'; readonly task: SizesTask }
  | { readonly name: 'list'; readonly task: ListTask }
  | { readonly name: 'writeFiles'; readonly task: WriteTask };

/** The stop flag was set. Ends a task and never leaves its thread. */
export class Stopped extends Error {}

/** What a thread answers when the stop flag ended its task. */
export const STOPPED = 'stopped';
export type Answer<T> = T | typeof STOPPED;

/** A {@link StorageError} without its class, which a message cannot carry. */
export interface ErrorData {
  readonly kind: StorageErrorKind;
  readonly message: string;
  readonly path: string;
  readonly retryable: boolean;
  readonly errno?: string;
  readonly hint?: string;
  readonly cause?: string;
}

export function errorData(error: StorageError): ErrorData {
  return {
    kind: error.kind,
    message: error.message,
    path: error.path ?? '',
    retryable: error.retryable,
    ...(error.errno !== undefined && { errno: error.errno }),
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.cause instanceof Error && { cause: error.cause.message }),
  };
}

export function errorFrom({ kind, message, cause, ...subject }: ErrorData): StorageError {
  return new StorageError(kind, message, {
    operation: 'hash',
    ...subject,
    ...(cause !== undefined && { cause: new Error(cause) }),
  });
}
