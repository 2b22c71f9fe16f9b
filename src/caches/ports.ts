/**
 * The two caches that save work on the next run (spec/storage.md section 5). A cache is
 * never the only proof of anything, and its failure never fails a run: implementations
 * answer "not known" and warn once instead of rejecting.
 */

/** Which bytes of which file, and the file's state when it was looked at. */
export interface HashQuery {
  /** Absolute path with links resolved and the host's separators; a byte that is not UTF-8 is a lone surrogate U+DC80 to U+DCFF. */
  readonly path: string;
  /** First byte; 0 for a whole file. */
  readonly rangeStart: number;
  /** Byte after the last; -1 for a whole file. */
  readonly rangeEnd: number;
  /** Bytes of the file, not of the range. */
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface HashRecord extends HashQuery {
  readonly hash: string;
  /** Wall clock when hashing began, nanoseconds since the epoch: files younger than that are not recorded. */
  readonly startedNs: bigint;
}

/** Remembers the hashes of files that have not changed. */
export interface HashCache {
  /** Starts what the first lookup would have to wait for. */
  prepare?(): void;
  /** One answer per query, in order; `undefined` where no fresh hash is known. */
  lookup(queries: readonly HashQuery[]): Promise<readonly (string | undefined)[]>;
  /** Remembers hashes; rows are written in batches, at the latest by {@link flush}. */
  store(records: readonly HashRecord[]): void;
  /** Resolves when everything stored so far is written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Remembers which objects a store was seen to hold. Keys are `{bucket}/{full key}`. */
export interface CheckCache {
  /** Starts what the first lookup would have to wait for. */
  prepare?(): void;
  /** One answer per key, in order: seen, and not too long ago. */
  lookup(keys: readonly string[]): Promise<readonly boolean[]>;
  /** Remembers keys as seen now. */
  store(keys: readonly string[]): void;
  /** Forgets every key that starts with `prefix`. */
  reset(prefix: string): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}
