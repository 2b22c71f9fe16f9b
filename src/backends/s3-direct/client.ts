/**
 * The port on S3 without an SDK: checks what the port promises and hands each call to the part that knows it.
 * One call is one request, but for what is found out once per store (spec/storage.md 2.5 and 2.6).
 */
import { StorageError } from '../../model/errors.js';
import type { Xxh128 } from '../../model/hasher.js';
import { throwIfAborted } from '../cancel.js';
import { checkPartNumber } from '../contract.js';
import { type ObjectSubject, objectError } from '../errors.js';
import type { S3Connection } from '../s3/connection.js';
import { StoreFeatures } from '../s3/features.js';
import type { BucketAnswer, HeadBucketOptions, S3Client } from '../s3/s3-client.js';
import { AUTO_CONNECTIONS } from '../s3/settings.js';
import type {
  CallOptions,
  HeadResult,
  MultipartInfo,
  ObjectInfo,
  Part,
  PutOptions,
  PutOutcome,
  RangeOptions,
} from '../storage-client.js';
import { writeIntoFile, writeNewFile } from '../target-file.js';
import { S3Caller } from './caller.js';
import { Checksums } from './checksums.js';
import { Copies, type CopySource } from './copy.js';
import { Gets } from './get.js';
import { Lists } from './list.js';
import { Multiparts } from './multipart.js';
import { Puts } from './put.js';
import { FilePuts } from './put-file.js';
import { isPlainKey } from './uri-encode.js';
import { Wire } from './wire.js';

export class S3DirectClient implements S3Client {
  readonly features: StoreFeatures;
  readonly #wire: Wire;
  readonly #caller: S3Caller;
  readonly #puts: Puts;
  readonly #filePuts: FilePuts;
  readonly #gets: Gets;
  readonly #lists: Lists;
  readonly #multiparts: Multiparts;
  readonly #copies: Copies;

  constructor(
    readonly connection: S3Connection,
    hash: Xxh128,
  ) {
    const { settings, ca, proxyFor } = connection;
    const { maxConnections, connectTimeoutMs, idleTimeoutMs, lookup, checksum, partSizeBytes } = settings;
    const most = maxConnections === 'auto' ? AUTO_CONNECTIONS.most : maxConnections;
    this.features = new StoreFeatures(settings.log);
    this.#wire = new Wire({ connectTimeoutMs, idleTimeoutMs, maxConnections: most, lookup, ca, proxyFor });
    this.#caller = new S3Caller(connection, this.#wire);
    const checksums = new Checksums(this.features, checksum);
    this.#puts = new Puts(this.#caller, checksums, hash);
    this.#filePuts = new FilePuts(this.#puts, this.#caller, checksums, hash, partSizeBytes);
    this.#gets = new Gets(this.#caller);
    this.#lists = new Lists(this.#caller);
    this.#multiparts = new Multiparts(this.#caller, checksums, this.#puts);
    this.#copies = new Copies(this.#caller, this.#puts, this.#gets);
  }

  /** The account that was demanded last, or that the settings name: looking it up is left to the first request. */
  expectedBucketOwner(): string | undefined {
    const { expectedBucketOwner: named } = this.connection.settings;
    return this.#caller.owner ?? (named !== undefined && /^\d+$/.test(named) ? named : undefined);
  }

  async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    return this.#gets.head(checked({ operation: 'headObject', bucket, key }), options);
  }

  /** Made for every file, and so without a promise of its own. */
  putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    const subject = { operation: 'putObject', bucket, key };
    const problem = problemOf(subject);
    return problem ? Promise.reject(problem) : this.#puts.bytes(subject, data, options);
  }

  async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { ...checked({ operation: 'putObjectFromFile', bucket, key }), path };
    return this.#filePuts.file(subject, undefined, options);
  }

  async putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { ...checked({ operation: 'putObjectFromFileRange', bucket, key }), path };
    return this.#filePuts.file(subject, { offset, length }, options);
  }

  async getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    return this.#gets.whole(checked({ operation: 'getObject', bucket, key }), options);
  }

  async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    return this.#gets.range(checked({ operation: 'getObjectRange', bucket, key }), { start, end }, options);
  }

  async getObjectToFile(
    bucket: string,
    key: string,
    path: string,
    options?: CallOptions,
  ): Promise<HeadResult> {
    const subject = checked({ operation: 'getObjectToFile', bucket, key });
    const target = { operation: subject.operation, path };
    throwIfAborted(options?.signal);
    return writeNewFile(target, (handle) =>
      this.#gets.intoFile(subject, { ...target, handle, offset: 0 }, options),
    );
  }

  async getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult> {
    const subject = checked({ operation: 'getObjectToFileOffset', bucket, key });
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw objectError('InvalidConfig', `${offset} is no place in a file`, subject, { path });
    }
    const target = { operation: subject.operation, path };
    throwIfAborted(options?.signal);
    return writeIntoFile(target, (handle) =>
      this.#gets.intoFile(subject, { ...target, handle, offset }, options),
    );
  }

  async copyObject(bucket: string, key: string, from: CopySource, options?: PutOptions): Promise<PutOutcome> {
    checked({ operation: 'copyObject', ...from });
    return this.#copies.copy(checked({ operation: 'copyObject', bucket, key }), from, options);
  }

  listObjects(bucket: string, prefix: string, options?: CallOptions): AsyncIterable<readonly ObjectInfo[]> {
    return this.#lists.objects({ operation: 'listObjects', bucket, key: prefix }, options);
  }

  async createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string> {
    return this.#multiparts.create(checked({ operation: 'createMultipart', bucket, key }), options);
  }

  async uploadPart(
    bucket: string,
    key: string,
    uploadId: string,
    partNumber: number,
    data: Uint8Array,
    options?: CallOptions,
  ): Promise<Part> {
    const subject = checked({ operation: 'uploadPart', bucket, key });
    checkPartNumber(partNumber, subject);
    return this.#multiparts.part(subject, { uploadId, partNumber, data }, options);
  }

  async completeMultipart(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly Part[],
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = checked({ operation: 'completeMultipart', bucket, key });
    return this.#multiparts.complete(subject, uploadId, parts, options);
  }

  async abortMultipart(bucket: string, key: string, uploadId: string): Promise<void> {
    return this.#multiparts.abort(checked({ operation: 'abortMultipart', bucket, key }), uploadId);
  }

  listMultipart(bucket: string, prefix: string): AsyncIterable<readonly MultipartInfo[]> {
    return this.#lists.uploads({ operation: 'listMultipart', bucket, key: prefix });
  }

  async headBucket(bucket: string, { withOwner, signal }: HeadBucketOptions): Promise<BucketAnswer> {
    const subject = { operation: 'headBucket', bucket, key: '' };
    try {
      await this.#caller.call({ subject, method: 'HEAD', onObject: false, withOwner, signal });
      return 'ok';
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (error.httpStatus === 403) return 'denied';
      if (error.httpStatus === 404) return 'missing';
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#wire.close();
  }
}

/** `subject`, unless it names nothing or what no URL can carry. */
function checked(subject: ObjectSubject): ObjectSubject {
  const problem = problemOf(subject);
  if (problem) throw problem;
  return subject;
}

function problemOf(subject: ObjectSubject): Error | undefined {
  if (subject.key === '') return objectError('InvalidConfig', 'a key must not be empty', subject);
  if (subject.bucket === '') return objectError('InvalidConfig', 'a bucket must have a name', subject);
  if (!isPlainKey(subject.key) && LONE_SURROGATE.test(subject.key)) {
    return objectError('InvalidConfig', 'the key is no Unicode text: it has half a surrogate pair', subject);
  }
  return undefined;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
