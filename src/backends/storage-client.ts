/**
 * The port to a store (spec/storage.md 2.1). A backend implements it for one kind of
 * store; a policy implements it around another client. The one conformance suite
 * (`conformance.ts`) states the same contract as code and runs over all of them.
 *
 * Rules that hold for every method:
 * - Keys are opaque texts; nothing is normalised, trimmed or encoded by the caller.
 * - A failure rejects with a `StorageError` whose `kind` is classified, `operation` is the
 *   method's name, and `bucket` and `key` name the subject; an error about a local file names its
 *   `path` and may leave out the object. `retryable` says whether the same call may succeed
 *   later; no backend retries by itself.
 * - An aborted `signal` rejects with `CancelledError` and leaves nothing behind. One that aborts
 *   after the write has become visible may come too late: the call then succeeds.
 * - `onBytes` has been told the size of the body when a call that moves one succeeds; what a
 *   failed call has told is taken back by whoever repeats it. Copies and joined parts move none.
 * - An empty key, and numbers that are no range, no offset or no part number, are `InvalidConfig`.
 * - A bucket that does not exist is `BucketNotFound`; only `headObject` may answer `null` instead, for
 *   stores whose answer to HEAD does not tell.
 * - Calls may run concurrently; a completed write is visible to every later read and list.
 * - A write is all or nothing: no reader ever sees a part of an object.
 */

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Bytes that have moved since the last call; negative when a failed try is taken back. */
  readonly onBytes?: (delta: number) => void;
  /**
   * Waits until further bytes of the body may move. A store that moves large bodies piece by piece asks before each, or with
   * 0 where none has to move; one that does not ask has each body paced as a whole.
   */
  readonly pace?: (bytes: number) => Promise<void>;
  /** Read over a connection that no request has used yet, because one may be to blame for wrong bytes. Stores without connections need not care. */
  readonly freshConnection?: boolean;
}

/** What the answer to a range says of the object that it is a part of. */
export interface WholeObject {
  /** Bytes. */
  readonly size: number;
  readonly etag?: string;
}

export interface RangeOptions extends CallOptions {
  /** Read only the object that has this etag. */
  readonly ifMatch?: string;
  /**
   * Told of the whole object when the answer has begun and no byte has moved yet, so that other ranges need not wait for
   * this body. Each further try tells again, and the last one counts. A `StorageError` that it throws ends the call.
   */
  readonly onObject?: (object: WholeObject) => void;
}

export interface PutOptions extends CallOptions {
  readonly contentType?: string;
  /** Names are lower case; values are ASCII. */
  readonly userMetadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Write only if no object has the key (`If-None-Match: *`). */
  readonly ifAbsent?: boolean;
  /**
   * XXH128 of the body, hex. Bytes that differ are refused and nothing is stored: `ChecksumMismatch` for bytes
   * that the caller gave, `FileChanged` for a file that is no longer what was hashed (spec/storage.md 3.4).
   * `httpStatus` is set only when the store itself refused them.
   */
  readonly xxh128?: string;
  /** Bytes that a whole file must have (spec/storage.md 3.4). A backend that streams refuses another size before it sends anything; the others find it by the digest. */
  readonly fileBytes?: number;
}

export interface PutOutcome {
  /** `false` only with `ifAbsent`: an object was there already and stays as it was. */
  readonly created: boolean;
  readonly etag?: string;
  /** Set when `ifAbsent` could not be asked of this store, so that `created` tells nothing of what was there before. */
  readonly unconditional?: true;
}

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly lastModified?: number;
  readonly etag?: string;
}

export interface HeadResult extends ObjectInfo {
  readonly contentType?: string;
  readonly userMetadata: Readonly<Record<string, string>>;
}

export interface Part {
  /** 1 to 10,000. */
  readonly partNumber: number;
  readonly etag: string;
  readonly checksum?: string;
  /** Bytes, where the backend needs them again to join checksums. */
  readonly size?: number;
}

export interface MultipartInfo {
  readonly key: string;
  readonly uploadId: string;
  /** Seconds since the epoch. */
  readonly initiated: number;
}

export interface StorageClient {
  /** The account that every request demands as the bucket's owner, if one is demanded. */
  expectedBucketOwner(): string | undefined;

  /** What the store says of an object; `null` only when it is not there. */
  headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null>;

  /** Stores `data`, which the caller must not change until the promise settles. Replaces an object that is there unless `ifAbsent`. */
  putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome>;

  /** Stores a whole regular file, opened without following a link in its last segment (`NotAFile`). `FileVanished`, `NotAFile`, `FileUnreadable` and `FileChanged` (it changed while it was read) are about `path`. */
  putObjectFromFile(bucket: string, key: string, path: string, options?: PutOptions): Promise<PutOutcome>;

  /** Stores `length` bytes of a file from `offset`; a file that ends before is `FileChanged`. */
  putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome>;

  /** A whole object in memory. An absent one is `NotFound`. The returned bytes belong to the caller. */
  getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }>;

  /**
   * The bytes `start` to `end`, both inclusive, as HTTP ranges count. An `end` past the last byte is cut;
   * a `start` past it is `BadRequest` with `httpStatus` 416. An `ifMatch` that is not the object's etag is `Conflict` with status 412.
   * A call that succeeds has told `onObject`; one that was refused so has not.
   */
  getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array>;

  /** Writes an object to a new file: `path` must not exist (`AlreadyExists`), and does not exist after a failure. */
  getObjectToFile(bucket: string, key: string, path: string, options?: CallOptions): Promise<HeadResult>;

  /**
   * Writes an object into an existing file from `offset`; the rest of the file stays. An absent `path` is
   * `LocalIo`. After a failure the range may hold a part of the object.
   */
  getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult>;

  /**
   * Copies within the store, with content type, metadata and tags; if one of the three is given, the three given
   * ones replace all of the source's. An absent source is `NotFound`, and the error names the source.
   */
  copyObject(
    bucket: string,
    key: string,
    from: { readonly bucket: string; readonly key: string },
    options?: PutOptions,
  ): Promise<PutOutcome>;

  /** Every object whose key starts with `prefix`, in the order of the keys' UTF-8 bytes, one item per page; nothing found is an empty stream. */
  listObjects(bucket: string, prefix: string, options?: CallOptions): AsyncIterable<readonly ObjectInfo[]>;

  /** Opens an upload in parts, with what the object will carry besides bytes, and gives its id. Nothing is visible under the key until it is completed. */
  createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string>;

  /** Stores one part; a repeated number replaces the earlier part. An unknown id is `NoSuchUpload`. */
  uploadPart(
    bucket: string,
    key: string,
    uploadId: string,
    partNumber: number,
    data: Uint8Array,
    options?: CallOptions,
  ): Promise<Part>;

  /**
   * Joins the parts, given in ascending order; a part that was not stored so, and no part at all, is
   * `InvalidMultipart`, an unknown id `NoSuchUpload`. Of the options `ifAbsent` and `xxh128` count. Unless an
   * object was created, the upload stays, to be completed otherwise or aborted.
   */
  completeMultipart(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly Part[],
    options?: PutOptions,
  ): Promise<PutOutcome>;

  /** Drops an upload and its parts; one that does not exist is no error. */
  abortMultipart(bucket: string, key: string, uploadId: string): Promise<void>;

  /** Uploads that are neither completed nor aborted, in the order of their keys' UTF-8 bytes; pages as of {@link listObjects}. */
  listMultipart(bucket: string, prefix: string): AsyncIterable<readonly MultipartInfo[]>;
}
