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

  async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    return this.around({ method: 'headObject', bucket, key, options }, (changes) =>
      this.inner.headObject(bucket, key, merged(options, changes)),
    );
  }

  async putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    return this.around({ method: 'putObject', bucket, key, bodyBytes: data.length, options }, (changes) =>
      this.inner.putObject(bucket, key, data, merged(options, changes)),
    );
  }

  async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.around({ method: 'putObjectFromFile', bucket, key, path, options }, (changes) =>
      this.inner.putObjectFromFile(bucket, key, path, merged(options, changes)),
    );
  }

  async putObjectFromFileRange(
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

  async getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    return this.around({ method: 'getObject', bucket, key, options }, (changes) =>
      this.inner.getObject(bucket, key, merged(options, changes)),
    );
  }

  async getObjectRange(
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

  async getObjectToFile(
    bucket: string,
    key: string,
    path: string,
    options?: CallOptions,
  ): Promise<HeadResult> {
    return this.around({ method: 'getObjectToFile', bucket, key, path, options }, (changes) =>
      this.inner.getObjectToFile(bucket, key, path, merged(options, changes)),
    );
  }

  async getObjectToFileOffset(
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

  async copyObject(
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

  async createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string> {
    return this.around({ method: 'createMultipart', bucket, key, options }, (changes) =>
      this.inner.createMultipart(bucket, key, merged(options, changes)),
    );
  }

  async uploadPart(
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

  async completeMultipart(
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

  async abortMultipart(bucket: string, key: string, uploadId: string): Promise<void> {
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

function merged<O extends CallOptions>(
  options: O | undefined,
  changes: CallOptions | undefined,
): O | undefined {
  return changes === undefined ? options : ({ ...options, ...changes } as O);
}
