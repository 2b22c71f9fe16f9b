/**
 * The multipart policy (spec/storage.md 2.7): bodies above a threshold travel in parts, through
 * the create, part, complete and abort calls of the inner client, which makes the retries: a part that
 * fails is sent again alone. Nothing is completed unless the bytes sent hash to what was promised, and
 * every other end aborts the upload. All other calls pass.
 *
 * Memory: a file's parts in flight, at most `partsAtOnce * partSizeBytes` per object (larger parts
 * are fewer at once). Whoever calls counts that, or hands in a `budget`, of which each part takes
 * its bytes. It must not be a budget from which the caller itself holds bytes for the same object:
 * holders that wait for more of the same can wait for each other for ever.
 */
import { lstat } from 'node:fs/promises';
import type { Xxh128 } from '../model/hasher.js';
import {
  PART_LIMITS,
  PART_PLAN_DEFAULTS,
  type PartPlan,
  type PartPlanOptions,
  planParts,
} from '../model/part-plan.js';
import { systemClock } from '../pipeline/clock.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Budget, Clock, Logger } from '../pipeline/types.js';
import type { UploadListener } from './abort-upload.js';
import { classify } from './errors.js';
import { ForwardingClient } from './forwarding.js';
import { type MultipartDeps, putInParts } from './multipart-put.js';
import { bytesSource, fileSource, type PartSource } from './part-source.js';
import type { PutOptions, PutOutcome, StorageClient } from './storage-client.js';

export interface MultipartOptions extends PartPlanOptions {
  /** Checks bodies against their digests as they are sent. */
  readonly xxh128: Xxh128;
  /** Parts of one object in flight. */
  readonly partsAtOnce?: number;
  /** Bytes of the buffers of all uploads; see above. */
  readonly budget?: Budget;
  readonly onUpload?: UploadListener;
  /** Told of an upload that could not be aborted. */
  readonly log?: Logger;
  readonly clock?: Clock;
}
export const MULTIPART_DEFAULTS = { ...PART_PLAN_DEFAULTS, partsAtOnce: 8 } as const satisfies Omit<
  MultipartOptions,
  'xxh128'
>;

/** `client`, usually with retries, that sends large bodies in parts. Throws `OptionError` for sizes that are none. */
export function withMultipart(client: StorageClient, options: MultipartOptions): StorageClient {
  return new MultipartClient(client, options);
}

class MultipartClient extends ForwardingClient {
  readonly #sizes: PartPlanOptions;
  readonly #deps: MultipartDeps;
  readonly #bufferBytes: number;
  /** Bodies up to here travel whole, without a plan. */
  readonly #wholeBytes: number;

  constructor(inner: StorageClient, options: MultipartOptions) {
    super(inner);
    const { partSizeBytes, partsAtOnce, maxObjectSizeBytes } = { ...MULTIPART_DEFAULTS, ...options };
    const { thresholdBytes = 2 * partSizeBytes } = options;
    const sizes = { partSizeBytes, thresholdBytes, maxObjectSizeBytes };
    for (const [name, value] of Object.entries({ ...sizes, partsAtOnce })) positiveInteger(name, value);
    const { xxh128, budget, onUpload = () => {}, log = () => {}, clock = systemClock } = options;
    this.#sizes = sizes;
    this.#deps = { client: inner, onUpload, xxh128, log, clock, budget };
    this.#bufferBytes = partsAtOnce * partSizeBytes;
    this.#wholeBytes = Math.min(thresholdBytes, maxObjectSizeBytes, PART_LIMITS.maxSinglePutBytes);
  }

  override putObject(
    bucket: string,
    key: string,
    data: Uint8Array,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    if (data.length <= this.#wholeBytes) return this.inner.putObject(bucket, key, data, options);
    return this.#putBytes(bucket, key, data, options);
  }

  async #putBytes(bucket: string, key: string, data: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    const subject = { operation: 'putObject', bucket, key };
    const plan = this.#plan(subject, data.length);
    if (!plan) return this.inner.putObject(bucket, key, data, options);
    return this.#put(subject, bytesSource(data), plan, options);
  }

  override async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'putObjectFromFile', bucket, key, path };
    const stats = await lstat(path).catch(() => undefined); // the inner client says what is wrong with it
    const plan = stats?.isFile() ? this.#plan(subject, stats.size) : undefined;
    if (!plan || !stats) return this.inner.putObjectFromFile(bucket, key, path, options);
    return this.#put(subject, fileSource(subject, stats.size), plan, options);
  }

  override async putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const subject = { operation: 'putObjectFromFileRange', bucket, key, path };
    const plan = this.#plan(subject, length);
    if (!plan || !isRange(offset, length)) {
      return this.inner.putObjectFromFileRange(bucket, key, path, offset, length, options);
    }
    return this.#put(subject, fileSource({ ...subject, range: { offset, length } }, length), plan, options);
  }

  #plan(subject: PutSubject, size: number): PartPlan | undefined {
    try {
      return planParts(size, this.#sizes);
    } catch (error) {
      throw classify(error, { path: '', ...subject, access: 'read' });
    }
  }

  #put(
    subject: PutSubject,
    source: PartSource,
    plan: PartPlan,
    options: PutOptions = {},
  ): Promise<PutOutcome> {
    const atOnce = Math.max(1, Math.floor(this.#bufferBytes / plan.partSizeBytes));
    return putInParts(this.#deps, { subject, source, plan, atOnce, options });
  }
}

interface PutSubject {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly path?: string;
}

function isRange(offset: number, length: number): boolean {
  return Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length);
}
