/** The port to hashing: what stages and sinks ask of a pool of threads that read and hash files. */

/** One file to hash. Links are not followed: give a resolved path. */
export interface HashRequest {
  /** Absolute. */
  readonly path: string;
  /** Bytes per chunk; -1 hashes the file as a whole. A file not larger than this has one hash. */
  readonly chunkSizeBytes: number;
  /** Give the content back, so that it need not be read a second time. */
  readonly keepBody: boolean;
}

/** A file as it was while it was hashed: its state was the same before the first and after the last byte. */
export interface HashedFile {
  /** 32 lowercase hex digits each; more than one only above `chunkSizeBytes`. */
  readonly hashes: readonly string[];
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly mode: number;
  /** Wall clock when hashing began, nanoseconds since the epoch. */
  readonly startedNs: bigint;
  /** The whole content, when it was asked for; the memory belongs to the caller. */
  readonly body?: Uint8Array;
}

/** One answer per request, in order; a file that could not be hashed has its `StorageError` instead. */
export type HashOutcome = { readonly file: HashedFile } | { readonly error: Error };

export interface HashCallOptions {
  /** Aborts with `CancelledError`, at the latest after the piece that is being read. */
  readonly signal?: AbortSignal;
  /** Bytes hashed since the last call; negative when a file that changed is read again. */
  readonly onBytes?: (delta: number) => void;
}

/** What `lstat` says of many paths, in one message: columns instead of objects. */
export interface StatBatch {
  /** `STAT_STRIDE` numbers per path, in order: mode, size, mtimeNs, ctimeNs, dev, ino. */
  readonly rows: BigInt64Array;
  /** errno names of the paths that could not be looked at, by position. */
  readonly errors: ReadonlyMap<number, string>;
}
export const STAT_STRIDE = 6;

/** What an entry of a directory is, as the directory says. */
export const ENTRY_KIND = { other: 0, file: 1, directory: 2, link: 3 } as const;

/** One directory: its entries in columns. */
export interface DirectoryListing {
  readonly names: readonly string[];
  /** {@link ENTRY_KIND} per entry. */
  readonly kinds: Uint8Array;
  /** `STAT_STRIDE` numbers per entry, as in {@link StatBatch}; zero for what is no regular file. */
  readonly rows: BigInt64Array;
  /** errno names of the files that cannot be looked at, by position. */
  readonly unseen: ReadonlyMap<number, string>;
}

/** A listing; or why there is none: an errno name, or `tooLarge` for a directory above the limit. */
export type ListOutcome = DirectoryListing | { readonly errno: string } | { readonly tooLarge: true };

/** A small file to be made. */
export interface WriteRequest {
  /** Absolute; the name it has until it is whole. */
  readonly temporary: string;
  /** The name that it gets then, in the same directory. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Modification time as `utimes` takes it. Default: now. */
  readonly mtime?: number | string;
  /** Whoever may read it may run it. */
  readonly runnable: boolean;
}

/**
 * What became of it. `unnamed`: it is whole, but has its temporary name still, because the other one is taken or
 * could not be given. `failed`: it could not be made, and nothing is left of it.
 */
export type WriteOutcome = 'named' | 'unnamed' | 'failed';

export interface HashPool {
  /** Starts the threads ahead of their first task, and waits for nothing. */
  prepare?(): void;
  /** Hashes many small files, or one large one, in one task. */
  hashFiles(requests: readonly HashRequest[], options?: HashCallOptions): Promise<readonly HashOutcome[]>;
  /** Hash of `length` bytes from `offset`; a file that ends before rejects with `FileChanged`. */
  hashRange(path: string, offset: number, length: number, options?: HashCallOptions): Promise<string>;
  /** `lstat` of each path. */
  stat(paths: readonly string[], options?: HashCallOptions): Promise<StatBatch>;
  /**
   * Bytes of each plain file in a directory; -1 where nothing is, `NaN` for what is something else or cannot be
   * looked at. `suffix` follows every name.
   */
  sizes(
    directory: string,
    names: readonly string[],
    options?: HashCallOptions & { readonly suffix?: string },
  ): Promise<Float64Array>;
  /** Entries of each directory, with the `lstat` of its regular files; one above `limit` entries is only named so. */
  list(
    directories: readonly string[],
    limit: number,
    options?: HashCallOptions,
  ): Promise<readonly ListOutcome[]>;
  /** Makes small files, all in one task; an outcome for each, in order. `replace`: what has the name already goes. */
  writeFiles?(
    requests: readonly WriteRequest[],
    options: { readonly replace: boolean },
  ): Promise<readonly WriteOutcome[]>;
  /** Ends the threads; tasks that run are cancelled. */
  close(): Promise<void>;
}
