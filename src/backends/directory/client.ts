/**
 * The port on a directory (spec/storage.md 1.8 and 2.1): maps calls to paths and failures
 * to typed errors. The work is done by its siblings, which know paths only.
 */
import type { Xxh128 } from '../../model/hasher.js';
import { checkMatch, checkRange, detailsOf, wholeObject } from '../contract.js';

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
} from '../storage-client.js';
import type { FileCalls } from './file-calls.js';
import { Folders } from './folders.js';
import { Guard, type StoreNames } from './guard.js';
import { scopeOfPrefix } from './keys.js';
import { Lister } from './list.js';
import { Publisher } from './publish.js';
import { Reader } from './read.js';
import { Reflinks } from './reflink.js';
import { Sidecars } from './sidecar.js';
import { placeObject, pourObject } from './to-file.js';
import { Uploads } from './uploads.js';
import { Writer } from './write.js';

export interface OpenedDirectory extends StoreNames {
  readonly calls: FileCalls;
  readonly hash: Xxh128;
  readonly now: () => number;
}

/** The whole port on a directory; made by `openDirectoryStore`. Needs no closing. */
export class DirectoryClient implements StorageClient {
  readonly #store: OpenedDirectory;
  readonly #guard: Guard;
  readonly #folders: Folders;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #lister: Lister;
  readonly #uploads: Uploads;
  readonly #sidecars: Sidecars;
  readonly #reflinks: Reflinks;

  constructor(store: OpenedDirectory) {
    const { root, calls, hash, now } = store;
    this.#store = store;
    this.#guard = new Guard(store);
    this.#folders = new Folders(root, calls, now);
    const publisher = new Publisher(this.#folders, calls);
    this.#sidecars = new Sidecars(publisher, calls);
    this.#reflinks = new Reflinks(calls);
    this.#reader = new Reader(this.#folders, this.#sidecars, calls);
    const parts = { publisher, sidecars: this.#sidecars, reader: this.#reader, reflinks: this.#reflinks };
    this.#writer = new Writer({ ...parts, calls, hash });
    this.#lister = new Lister(this.#folders, calls);
    this.#uploads = new Uploads(this.#folders, publisher, calls, hash, now);
  }

  /** Real path of the directory. */
  get root(): string {
    return this.#store.root;
  }

  expectedBucketOwner(): undefined {
    return undefined;
  }

  /** Resolves when the leftovers of killed processes, in folders written to so far, are gone. */
  swept(): Promise<void> {
    return this.#folders.swept();
  }

  async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    return this.#guard.reading({ operation: 'headObject', bucket, key }, options, (path) =>
      this.#reader.head(key, path),
    );
  }

  async putObject(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    return this.#guard.writing({ operation: 'putObject', bucket, key }, options, (target) =>
      this.#writer.bytes(target, data),
    );
  }

  async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'putObjectFromFile', bucket, key };
    const request = { operation: subject.operation, path, signal: options?.signal };
    return this.#guard.writing(subject, options, (target) => this.#writer.file(target, request));
  }

  async putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'putObjectFromFileRange', bucket, key };
    const request = {
      operation: subject.operation,
      path,
      range: { offset, length },
      signal: options?.signal,
    };
    return this.#guard.writing(subject, options, (target) => this.#writer.file(target, request));
  }

  async getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    return this.#guard.reading({ operation: 'getObject', bucket, key }, options, (path) =>
      this.#reader.withOpen(key, path, async (object) => {
        const range = { offset: 0, length: object.info.size };
        const data = await this.#reader.bytes(object, range, options);
        const head = await this.#reader.describe(path, object.info);
        options?.onBytes?.(data.length);
        return { data, head };
      }),
    );
  }

  async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    const subject = { operation: 'getObjectRange', bucket, key };
    return this.#guard.reading(subject, options, (path) =>
      this.#reader.withOpen(key, path, async (object) => {
        checkMatch(object.info.etag, options?.ifMatch, subject);
        const range = checkRange({ start, end }, object.info.size, subject);
        options?.onObject?.(wholeObject(object.info));
        const data = await this.#reader.bytes(object, range, options);
        options?.onBytes?.(data.length);
        return data;
      }),
    );
  }

  async getObjectToFile(
    bucket: string,
    key: string,
    path: string,
    options?: CallOptions,
  ): Promise<HeadResult> {
    const request = { operation: 'getObjectToFile', path };
    return this.#guard.reading({ operation: request.operation, bucket, key }, options, (stored) =>
      this.#reader.withOpen(key, stored, async (object) => {
        const from = { path: stored, object };
        await placeObject(
          { reader: this.#reader, reflinks: this.#reflinks, remove: this.#store.calls.unlink },
          from,
          request,
          options,
        );
        return this.#reader.describe(stored, object.info);
      }),
    );
  }

  async getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult> {
    const request = { operation: 'getObjectToFileOffset', path };
    return this.#guard.reading({ operation: request.operation, bucket, key }, options, (stored) =>
      this.#reader.withOpen(key, stored, async (object) => {
        await pourObject(this.#reader, object, { ...request, offset }, options);
        return this.#reader.describe(stored, object.info);
      }),
    );
  }

  async copyObject(
    bucket: string,
    key: string,
    from: { readonly bucket: string; readonly key: string },
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const operation = 'copyObject';
    const { onBytes: _movesNone, ...quiet } = options ?? {};
    return this.#guard.reading({ operation, ...from }, options, (source) =>
      this.#reader.withOpen(from.key, source, async (object) => {
        const kept = detailsOf(options) ?? (await this.#sidecars.read(source, object.info.size));
        return this.#guard.writing({ operation, bucket, key }, quiet, (target) =>
          this.#writer.pieces({ ...target, details: kept }, (consume) =>
            this.#reader.pieces(object, quiet.signal, consume),
          ),
        );
      }),
    );
  }

  async *listObjects(
    bucket: string,
    prefix: string,
    options?: CallOptions,
  ): AsyncIterable<readonly ObjectInfo[]> {
    const subject = { operation: 'listObjects', bucket, key: prefix };
    this.#guard.enter(subject, options);
    const scope = scopeOfPrefix(this.#store.rootPrefix, subject);
    if (!scope) return;
    yield* this.#guard.listing(subject, this.#lister.pages(scope, options?.signal));
  }

  async createMultipart(bucket: string, key: string, options?: PutOptions): Promise<string> {
    return this.#guard.uploading({ operation: 'createMultipart', bucket, key }, options, () =>
      this.#uploads.create(key, detailsOf(options)),
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
    const subject = { operation: 'uploadPart', bucket, key };
    return this.#guard.uploading(subject, options, async () => {
      const part = await this.#uploads.put(subject, uploadId, { partNumber, data }, options?.signal);
      options?.onBytes?.(data.length);
      return part;
    });
  }

  async completeMultipart(
    bucket: string,
    key: string,
    uploadId: string,
    parts: readonly Part[],
    options: PutOptions = {},
  ): Promise<PutOutcome> {
    const subject = { operation: 'completeMultipart', bucket, key };
    const { onBytes: _travelledWithTheParts, ...rest } = options;
    return this.#guard.writing(subject, rest, async (target) => {
      const details = await this.#uploads.details(subject, uploadId);
      const upload = { uploadId, parts, signal: options.signal };
      const created = await this.#writer.pieces({ ...target, details }, (consume) =>
        this.#uploads.join(subject, upload, consume),
      );
      if (created) await this.#uploads.drop(subject, uploadId);
      return created;
    });
  }

  async abortMultipart(bucket: string, key: string, uploadId: string): Promise<void> {
    const subject = { operation: 'abortMultipart', bucket, key };
    return this.#guard.uploading(subject, undefined, () => this.#uploads.drop(subject, uploadId));
  }

  async *listMultipart(bucket: string, prefix: string): AsyncIterable<readonly MultipartInfo[]> {
    const subject = { operation: 'listMultipart', bucket, key: prefix };
    this.#guard.enter(subject, undefined);
    yield* this.#guard.listing(subject, this.#uploads.list(prefix));
  }
}
