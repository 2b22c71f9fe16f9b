/**
 * A client around a client that changes nothing: what every policy extends. A policy
 * overrides `around` (each call), `pages` (each listing), or single methods.
 */
import type {
  CallOptions,
  HeadResult,
  MultipartInfo,
  ObjectInfo,
  Part,
  PutOptions,
  PutOutcome,
  RangeOptions,
  StorageClient,
} from './storage-client.js';

export type StoreMethod = Exclude<keyof StorageClient, 'expectedBucketOwner'>;

/** One call on its way to the inner client. */
export interface StoreCall {
  readonly method: StoreMethod;
  readonly bucket: string;
  /** Key, or the prefix of a listing. */
  readonly key: string;
  /** Bytes of the body that is sent, where they are known beforehand. */
  readonly bodyBytes?: number;
  /** Bytes of the body that is asked for, at most, where the caller says. */
  readonly askedBytes?: number;
  /** The local file that is sent or written. */
  readonly path?: string;
  /** Where in the local file the body begins, when it is not the whole of it. */
  readonly offset?: number;
  readonly options: CallOptions | undefined;
}

/** What the items of both listings have in common. */
export interface Listed {
  readonly key: string;
  readonly uploadId?: string;
}
export type OpenListing<T> = (changes?: CallOptions) => AsyncIterable<readonly T[]>;

/** Its methods hand promises on as they are: six policies around a small object cost six promises less than with `async`. */
export class ForwardingClient implements StorageClient {
  constructor(protected readonly inner: StorageClient) {}

  /** Makes the call; `changes` replace the caller's options of the same name. */
  protected around<T>(_call: StoreCall, run: (changes?: CallOptions) => Promise<T>): Promise<T> {
    return run();
  }

  /** Opens a listing, as {@link around} makes a call. */
  protected pages<T extends Listed>(_call: StoreCall, open: OpenListing<T>): AsyncIterable<readonly T[]> {
    return open();
  }

  expectedBucketOwner(): string | undefined {
    return this.inner.expectedBucketOwner();
  }

  headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    return this.around({ method: 'headObject', bucket, key, options }, (changes) =>
      this.inner.headObject(bucket, key, merged(options, changes)),
    );
  }

  putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    return this.around({ method: 'putObject', bucket, key, bodyBytes: data.length, options }, (changes) =>
      this.inner.putObject(bucket, key, data, merged(options, changes)),
    );
  }

  putObjectFromFile(bucket: string, key: string, path: string, options?: PutOptions): Promise<PutOutcome> {
    return this.around({ method: 'putObjectFromFile', bucket, key, path, options }, (changes) =>
      this.inner.putObjectFromFile(bucket, key, path, merged(options, changes)),
    );
  }

  putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const call: StoreCall = {
      method: 'putObjectFromFileRange',
      bucket,
      key,
      path,
      offset,
      bodyBytes: length,
      options,
    };
    return this.around(call, (changes) =>
      this.inner.putObjectFromFileRange(bucket, key, path, offset, length, merged(options, changes)),
    );
  }

  getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    return this.around({ method: 'getObject', bucket, key, options }, (changes) =>
      this.inner.getObject(bucket, key, merged(options, changes)),
    );
  }

  getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    const call: StoreCall = { method: 'getObjectRange', bucket, key, askedBytes: end - start + 1, options };
    return this.around(call, (changes) =>
      this.inner.getObjectRange(bucket, key, start, end, merged(options, changes)),
    );
  }

  getObjectToFile(bucket: string, key: string, path: string, options?: CallOptions): Promise<HeadResult> {
    return this.around({ method: 'getObjectToFile', bucket, key, path, options }, (changes) =>
      this.inner.getObjectToFile(bucket, key, path, merged(options, changes)),
    );
  }

  getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult> {
    return this.around({ method: 'getObjectToFileOffset', bucket, key, path, options }, (changes) =>
      this.inner.getObjectToFileOffset(bucket, key, path, offset, merged(options, changes)),
    );
  }

  copyObject(
    bucket: string,
    key: string,
    from: { readonly bucket: string; readonly key: string },
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.around({ method: 'copyObject', bucket, key, options }, (changes) =>
      this.inner.copyObject(bucket, key, from, merged(options, changes)),
    );
  }

  listObjects(bucket: string, prefix: string, options?: CallOptions): AsyncIterable<readonly ObjectInfo[]> {
    return this.pages({ method: 'listObjects', bucket, key: prefix, options }, (changes) =>
      this.inner.listObjects(bucket, prefix, merged(options, changes)),
    );
  }

  createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string> {
    return this.around({ method: 'createMultipart', bucket, key, options }, (changes) =>
      this.inner.createMultipart(bucket, key, merged(options, changes)),
    );
  }

  uploadPart(
    bucket: string,
    key: string,
    uploadId: string,
    partNumber: number,
    data: Uint8Array,
    options?: CallOptions,
  ): Promise<Part> {
    return this.around({ method: 'uploadPart', bucket, key, bodyBytes: data.length, options }, (changes) =>
      this.inner.uploadPart(bucket, key, uploadId, partNumber, data, merged(options, changes)),
    );
  }

  completeMultipart(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly Part[],
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.around({ method: 'completeMultipart', bucket, key, options }, (changes) =>
      this.inner.completeMultipart(bucket, key, uploadId, parts, merged(options, changes)),
    );
  }

  abortMultipart(bucket: string, key: string, uploadId: string): Promise<void> {
    return this.around({ method: 'abortMultipart', bucket, key, options: undefined }, () =>
      this.inner.abortMultipart(bucket, key, uploadId),
    );
  }

  listMultipart(bucket: string, prefix: string): AsyncIterable<readonly MultipartInfo[]> {
    return this.pages({ method: 'listMultipart', bucket, key: prefix, options: undefined }, () =>
      this.inner.listMultipart(bucket, prefix),
    );
  }
}

/** Member by member where it matters: a second spread takes several times as long as the first. */
function merged<O extends CallOptions>(
  options: O | undefined,
  changes: CallOptions | undefined,
): O | undefined {
  if (changes === undefined) return options;
  if (options === undefined) return changes as O;
  const all: { -readonly [K in keyof CallOptions]: CallOptions[K] } = { ...options };
  if (changes.onBytes) all.onBytes = changes.onBytes;
  if (changes.pace) all.pace = changes.pace;
  if (changes.signal) all.signal = changes.signal;
  if (changes.freshConnection !== undefined) all.freshConnection = changes.freshConnection;
  return all as O;
}
