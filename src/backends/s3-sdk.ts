/**
 * The S3 client on AWS's own SDK: slower than `s3-direct`, and as compatible as can be. One
 * try per call (spec/storage.md 2.3); a request is repeated only without a feature that the store
 * does not have. Policies around it retry, limit and explain.
 */
import { StorageError } from '../model/errors.js';
import type { Xxh128 } from '../model/hasher.js';
import { throwIfAborted } from './cancel.js';
import type { S3Connection } from './s3/connection.js';
import type { S3Subject } from './s3/failure.js';
import { StoreFeatures } from './s3/features.js';
import type { BucketAnswer, HeadBucketOptions, S3Client } from './s3/s3-client.js';
import { type Call, Calls } from './s3-sdk/calls.js';
import { copy } from './s3-sdk/copy.js';
import { headOf } from './s3-sdk/details.js';
import { notAnAnswer } from './s3-sdk/failures.js';
import { type Got, getIntoFile, getRange, getToNewFile, getWhole } from './s3-sdk/get.js';
import { listPage, type Page, uploadsPage } from './s3-sdk/list.js';
import { Multipart } from './s3-sdk/multipart.js';
import { isStatus, Putter } from './s3-sdk/put.js';
import { type FileSource, type UploadMeans, uploadFile } from './s3-sdk/upload.js';
import type {
  CallOptions,
  HeadResult,
  MultipartInfo,
  ObjectInfo,
  Part,
  PutOptions,
  PutOutcome,
  RangeOptions,
} from './storage-client.js';

/** Loads nothing and connects to nothing before the first call. */
export function createS3SdkClient(
  connection: S3Connection,
  { xxh128 }: { readonly xxh128: Xxh128 },
): S3Client {
  return new S3SdkClient(connection, xxh128);
}

class S3SdkClient implements S3Client {
  readonly features: StoreFeatures;
  readonly #calls: Calls;
  readonly #means: UploadMeans;

  constructor(
    readonly connection: S3Connection,
    xxh128: Xxh128,
  ) {
    const { settings } = connection;
    const features = new StoreFeatures(settings.log);
    this.features = features;
    this.#calls = new Calls(connection);
    const putter = new Putter({ features, settings, xxh128 });
    this.#means = { putter, multipart: new Multipart({ features, settings }), settings, xxh128 };
  }

  expectedBucketOwner(): string | undefined {
    return this.#calls.expectedOwner;
  }

  async close(): Promise<void> {
    await this.#calls.close();
  }

  async headBucket(bucket: string, { withOwner, signal }: HeadBucketOptions): Promise<BucketAnswer> {
    const subject = { operation: 'headBucket', bucket, key: '' };
    try {
      await this.#calls.run(subject, signal, ({ s3, client, owner, http }) =>
        client.send(new s3.HeadBucketCommand({ Bucket: bucket, ...(withOwner && owner) }), http),
      );
      return 'ok';
    } catch (error) {
      if (isStatus(error, 403)) return 'denied';
      if (isStatus(error, 404)) return 'missing';
      throw error;
    }
  }

  async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    const subject = { operation: 'headObject', bucket, key };
    try {
      return await this.#onObject(subject, options, async ({ s3, client, owner, http }) => {
        const answer = await client.send(
          new s3.HeadObjectCommand({ Bucket: bucket, Key: key, ...owner }),
          http,
        );
        // A gateway to plain files may have no ETag; the page of a captive portal has neither.
        if (answer.ContentLength === undefined || !(answer.ETag ?? answer.LastModified))
          throw notAnAnswer('it is not about an object', subject);
        return headOf(key, answer.ContentLength, answer);
      });
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  async putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    return this.#onObject({ operation: 'putObject', bucket, key }, options, (call) =>
      this.#means.putter.put(call, data, options),
    );
  }

  async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.#putFile({ operation: 'putObjectFromFile', bucket, key, path }, { path }, options);
  }

  async putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'putObjectFromFileRange', bucket, key, path };
    return this.#putFile(subject, { path, range: { offset, length } }, options);
  }

  async getObject(bucket: string, key: string, options?: CallOptions): Promise<Got> {
    return this.#onObject({ operation: 'getObject', bucket, key }, options, (call) =>
      getWhole(call, options),
    );
  }

  async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    return this.#onObject({ operation: 'getObjectRange', bucket, key }, options, (call) =>
      getRange(call, { start, end }, options),
    );
  }

  async getObjectToFile(
    bucket: string,
    key: string,
    path: string,
    options?: CallOptions,
  ): Promise<HeadResult> {
    return this.#onObject({ operation: 'getObjectToFile', bucket, key, path }, options, (call) =>
      getToNewFile(call, path, options),
    );
  }

  async getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult> {
    return this.#onObject({ operation: 'getObjectToFileOffset', bucket, key, path }, options, (call) =>
      getIntoFile(call, path, offset, options),
    );
  }

  async copyObject(
    bucket: string,
    key: string,
    from: { readonly bucket: string; readonly key: string },
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.#onObject({ operation: 'copyObject', bucket, key }, options, (call) =>
      copy(call, from, options, this.features),
    );
  }

  listObjects(bucket: string, prefix: string, options?: CallOptions): AsyncIterable<readonly ObjectInfo[]> {
    return this.#pages({ operation: 'listObjects', bucket, key: prefix }, options?.signal, listPage);
  }

  async createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string> {
    return this.#onObject({ operation: 'createMultipart', bucket, key }, options, (call) =>
      this.#means.multipart.create(call, options),
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
    return this.#onObject({ operation: 'uploadPart', bucket, key }, options, (call) =>
      this.#means.multipart.part(call, { uploadId }, partNumber, data, options),
    );
  }

  async completeMultipart(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly Part[],
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.#onObject({ operation: 'completeMultipart', bucket, key }, options, (call) =>
      this.#means.multipart.complete(call, { uploadId }, parts, options),
    );
  }

  async abortMultipart(bucket: string, key: string, uploadId: string): Promise<void> {
    const subject = { operation: 'abortMultipart', bucket, key };
    try {
      await this.#onObject(subject, undefined, (call) => this.#means.multipart.abort(call, { uploadId }));
    } catch (error) {
      if (!(error instanceof StorageError && error.kind === 'NoSuchUpload')) throw error;
    }
  }

  listMultipart(bucket: string, prefix: string): AsyncIterable<readonly MultipartInfo[]> {
    return this.#pages({ operation: 'listMultipart', bucket, key: prefix }, undefined, uploadsPage);
  }

  #onObject<T>(
    subject: S3Subject,
    options: CallOptions | undefined,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    return this.#calls.onObject(subject, options?.signal, work);
  }

  #putFile(subject: S3Subject, source: FileSource, options: PutOptions | undefined): Promise<PutOutcome> {
    return this.#onObject(subject, options, (call) => uploadFile(this.#means, call, source, options));
  }

  async *#pages<T, N>(
    subject: S3Subject,
    signal: AbortSignal | undefined,
    ask: (call: Call, from: N | undefined) => Promise<Page<T, N>>,
  ): AsyncGenerator<readonly T[]> {
    let from: N | undefined;
    do {
      const { items, next } = await this.#calls.run(subject, signal, (call) => ask(call, from));
      if (items.length > 0) yield items;
      throwIfAborted(signal);
      from = next;
    } while (from !== undefined);
  }
}
