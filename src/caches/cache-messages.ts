/** What travels between a cache and the thread that owns its database: columns instead of objects. */

export type CacheKind = 'hash' | 'check';

/** Given to a thread when it starts. */
export interface ThreadJob {
  readonly kind: CacheKind;
  /** Absolute path of the database. */
  readonly file: string;
  readonly nowSeconds: number;
  readonly busyTimeoutMs: number;
  /** Check cache: rows of other prefixes are not pruned. */
  readonly bucketPrefix: string;
  readonly ttlDays: number;
  /** Reads what a file holds and never creates, repairs or prunes one. */
  readonly readOnly: boolean;
}

export interface Request {
  readonly id: number;
  readonly name: string;
  readonly data: unknown;
}

/** `value` is missing when the cache could not say. */
export type Reply =
  | { readonly id: number; readonly value?: unknown }
  | { readonly warning: CacheWarning }
  /** The cache is of no use any more; `pending` calls are answered with "not known". */
  | { readonly off: true };

export interface CacheWarning {
  /** Warnings of one topic are given once. */
  readonly topic: 'problem' | 'time';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const RANGE_STRIDE = 3;
export const TIME_STRIDE = 2;
export interface HashLookup {
  /** {@link joined} */
  readonly paths: string;
  /** {@link RANGE_STRIDE} numbers per path: start, end, size. */
  readonly numbers: Float64Array;
  /** {@link TIME_STRIDE} numbers per path: mtimeNs, ctimeNs. */
  readonly times: BigInt64Array;
  readonly nowSeconds: number;
}
export interface HashStore extends HashLookup {
  /** {@link joined} */
  readonly hashes: string;
}
export interface CheckBatch {
  /** {@link joined} */
  readonly keys: string;
  readonly nowSeconds: number;
}

/** What a table of a cache holds; times in seconds since the epoch, where the table has any. */
export interface TableInfo {
  readonly name: string;
  readonly rows: number;
  readonly oldestSeconds?: number;
  readonly newestSeconds?: number;
}
