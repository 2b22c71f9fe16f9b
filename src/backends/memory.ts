/**
 * A store in memory: the port at its plainest, for tests, examples and small runs. It
 * behaves like a store with conditional writes and strong consistency; nothing outlives
 * the process. Knows no disk but the files that a caller names.
 */
import type { Xxh128 } from '../model/hasher.js';
import { compareCodePoints } from '../model/order.js';
import { throwIfAborted } from './cancel.js';
import {
  checkBytes,
  checkFileDigest,
  checkMatch,
  checkRange,
  type Details,
  detailsOf,
  PAGE_SIZE,
  wholeObject,
} from './contract.js';
import { bucketNotFound, notFound, type ObjectSubject, objectError } from './errors.js';
import { infoOf, type StoredObject, storedObject } from './memory-object.js';
import { MemoryUploads } from './memory-uploads.js';
import { readSource } from './source-file.js';
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
import { writeAll, writeIntoFile, writeNewFile } from './target-file.js';

export interface MemoryClientOptions {
  /** Checks every digest that a caller promises. */
  readonly xxh128: Xxh128;
  /** Buckets that exist; any other is `BucketNotFound`. */
  readonly buckets: readonly string[];
  /** What `expectedBucketOwner()` answers; nothing is checked against it. */
  readonly expectedBucketOwner?: string;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

/** An object costs its bytes; bytes are copied on the way in and out. */
export class MemoryClient implements StorageClient {
  readonly #hash: Xxh128;
  readonly #owner: string | undefined;
  readonly #now: () => number;
  readonly #buckets: ReadonlyMap<string, Map<string, StoredObject>>;
  readonly #uploads: MemoryUploads;
  #written = 0;

  constructor(options: MemoryClientOptions) {
    this.#hash = options.xxh128;
    this.#owner = options.expectedBucketOwner;
    this.#now = options.now ?? Date.now;
    this.#buckets = new Map(options.buckets.map((name) => [name, new Map<string, StoredObject>()]));
    this.#uploads = new MemoryUploads(this.#hash, this.#now);
  }

  expectedBucketOwner(): string | undefined {
    return this.#owner;
  }

  async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    const objects = this.#enter({ operation: 'headObject', bucket, key }, options);
    return objects.get(key)?.head ?? null;
  }

  async putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    const subject = { operation: 'putObject', bucket, key };
    this.#enter(subject, options);
    checkBytes(this.#hash, data, options, subject);
    return this.#store(subject, Uint8Array.from(data), options, detailsOf(options));
  }

  async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.#putFile({ operation: 'putObjectFromFile', bucket, key, path }, undefined, options);
  }

  async putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    return this.#putFile(
      { operation: 'putObjectFromFileRange', bucket, key, path },
      { offset, length },
      options,
    );
  }

  async getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    const { data, head } = this.#find({ operation: 'getObject', bucket, key }, options);
    options?.onBytes?.(data.length);
    return { data: Uint8Array.from(data), head };
  }

  async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    const subject = { operation: 'getObjectRange', bucket, key };
    const { data, head } = this.#find(subject, options);
    checkMatch(head.etag ?? '', options?.ifMatch, subject);
    const { offset, length } = checkRange({ start, end }, data.length, subject);
    options?.onObject?.(wholeObject(head));
    options?.onBytes?.(length);
    return data.slice(offset, offset + length);
  }

  async getObjectToFile(
    bucket: string,
    key: string,
    path: string,
    options?: CallOptions,
  ): Promise<HeadResult> {
    const { data, head } = this.#find({ operation: 'getObjectToFile', bucket, key }, options);
    const request = { operation: 'getObjectToFile', path };
    await writeNewFile(request, async (handle) => {
      await writeAll(request, handle, data, 0);
      throwIfAborted(options?.signal);
    });
    options?.onBytes?.(data.length);
    return head;
  }

  async getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult> {
    const { data, head } = this.#find({ operation: 'getObjectToFileOffset', bucket, key }, options);
    const request = { operation: 'getObjectToFileOffset', path };
    await writeIntoFile(request, (handle) => writeAll(request, handle, data, offset));
    throwIfAborted(options?.signal);
    options?.onBytes?.(data.length);
    return head;
  }

  async copyObject(
    bucket: string,
    key: string,
    from: { readonly bucket: string; readonly key: string },
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'copyObject', bucket, key };
    this.#enter(subject, options);
    const source = this.#find({ operation: 'copyObject', ...from }, options);
    checkBytes(this.#hash, source.data, options, subject);
    return this.#store(
      subject,
      source.data,
      { ifAbsent: options?.ifAbsent === true },
      detailsOf(options) ?? source.details,
    );
  }

  async *listObjects(
    bucket: string,
    prefix: string,
    options?: CallOptions,
  ): AsyncIterable<readonly ObjectInfo[]> {
    const objects = this.#enter({ operation: 'listObjects', bucket, key: prefix }, options, true);
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareCodePoints);
    for (let at = 0; at < keys.length; at += PAGE_SIZE) {
      throwIfAborted(options?.signal);
      yield keys.slice(at, at + PAGE_SIZE).flatMap((key) => infoOf(objects.get(key)));
    }
  }

  async createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string> {
    this.#enter({ operation: 'createMultipart', bucket, key }, options);
    return this.#uploads.create(bucket, key, detailsOf(options));
  }

  async uploadPart(
    bucket: string,
    key: string,
    uploadId: string,
    partNumber: number,
    data: Uint8Array,
    options?: CallOptions,
  ): Promise<Part> {
    const subject = { operation: 'uploadPart', bucket, key };
    this.#enter(subject, options);
    const part = this.#uploads.put(subject, uploadId, partNumber, data);
    options?.onBytes?.(data.length);
    return part;
  }

  async completeMultipart(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly Part[],
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'completeMultipart', bucket, key };
    this.#enter(subject, options);
    const { data, details } = this.#uploads.join(subject, uploadId, parts);
    checkBytes(this.#hash, data, options, subject);
    const outcome = this.#store(subject, data, { ifAbsent: options?.ifAbsent === true }, details);
    if (outcome.created) this.#uploads.drop(bucket, key, uploadId);
    return outcome;
  }

  async abortMultipart(bucket: string, key: string, uploadId: string): Promise<void> {
    this.#enter({ operation: 'abortMultipart', bucket, key }, undefined);
    this.#uploads.drop(bucket, key, uploadId);
  }

  async *listMultipart(bucket: string, prefix: string): AsyncIterable<readonly MultipartInfo[]> {
    this.#enter({ operation: 'listMultipart', bucket, key: prefix }, undefined, true);
    yield* this.#uploads.list(bucket, prefix);
  }

  async #putFile(
    subject: ObjectSubject & { path: string },
    range: { offset: number; length: number } | undefined,
    options: PutOptions | undefined,
  ): Promise<PutOutcome> {
    this.#enter(subject, options);
    const pieces: Uint8Array[] = [];
    const { operation, path } = subject;
    await readSource({ operation, path, signal: options?.signal, ...(range && { range }) }, (piece) => {
      pieces.push(Uint8Array.from(piece));
    });
    throwIfAborted(options?.signal);
    const data = Buffer.concat(pieces);
    if (options?.xxh128 !== undefined) checkFileDigest(this.#hash.oneShot(data), options, subject);
    return this.#store(subject, data, options, detailsOf(options));
  }

  #store(
    subject: ObjectSubject,
    data: Uint8Array,
    options: PutOptions | undefined,
    details: Details | undefined,
  ): PutOutcome {
    const { bucket, key } = subject;
    const objects = this.#objects(subject);
    if (options?.ifAbsent && objects.has(key)) return { created: false };
    this.#written += 1;
    const etag = `"${bucket}-${this.#written}"`;
    objects.set(key, storedObject({ key, etag, lastModified: this.#now() / 1000 }, data, details));
    options?.onBytes?.(data.length);
    return { created: true, etag };
  }

  #find(subject: ObjectSubject, options: CallOptions | undefined): StoredObject {
    const object = this.#enter(subject, options).get(subject.key);
    if (!object) throw notFound(subject);
    return object;
  }

  /** The checks that every call begins with; gives the bucket's objects. */
  #enter(
    subject: ObjectSubject,
    options: CallOptions | undefined,
    isPrefix = false,
  ): Map<string, StoredObject> {
    throwIfAborted(options?.signal);
    if (subject.key === '' && !isPrefix) throw objectError('InvalidConfig', 'the key is empty', subject);
    return this.#objects(subject);
  }

  #objects(subject: ObjectSubject): Map<string, StoredObject> {
    const objects = this.#buckets.get(subject.bucket);
    if (!objects) throw bucketNotFound(subject);
    return objects;
  }
}
