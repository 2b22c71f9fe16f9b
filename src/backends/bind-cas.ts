/**
 * A store at one location, seen as a content-addressed one: hashes instead of keys (spec/
 * storage.md 1.2). Its members are plain functions, so that a stage is handed the one it
 * needs. Decides nothing but the key, and the fall-back to the key of old releases.
 */
import type { CasObject } from '../model/cas-object.js';
import { StorageError } from '../model/errors.js';
import { casKey, checkLocation, legacyCasKey, type S3Location } from '../model/s3-location.js';
import { objectError } from './errors.js';
import type { CallOptions, PutOptions, PutOutcome, RangeOptions, StorageClient } from './storage-client.js';

export interface CasOptions {
  /** Read an absent object under its key without suffix, once (spec/storage.md 4.9). Default: {@link CAS_DEFAULTS}. */
  readonly legacyKeyFallback?: boolean;
}
export const CAS_DEFAULTS: Required<CasOptions> = { legacyKeyFallback: true };

/** What a put may be told; digest and key follow from the object. */
export type CasPutOptions = CallOptions & Pick<PutOptions, 'ifAbsent'>;
export type CasRangeOptions = RangeOptions;

/** An object's bytes or place, and what the store says of it. */
export interface CasInfo {
  readonly size: number;
  readonly etag?: string;
  /** The key that it was found under. */
  readonly key: string;
}

export interface CasStore {
  readonly location: S3Location;
  readonly client: StorageClient;
  /** Key of the object, as it is written. */
  key(hash: string): string;
  /** `undefined` when it is not there; the old key is not asked for. */
  head(hash: string, signal?: AbortSignal): Promise<CasInfo | undefined>;
  /** As {@link head}, of what a reader would find: under the old key too. */
  headToRead(hash: string, signal?: AbortSignal): Promise<CasInfo | undefined>;
  /** Stores the object; the client checks its bytes against the hash. */
  put(object: CasObject, options?: CasPutOptions): Promise<PutOutcome>;
  get(hash: string, options?: CallOptions): Promise<{ readonly data: Uint8Array; readonly info: CasInfo }>;
  /** Bytes `start` to `end`, both inclusive. */
  getRange(hash: string, start: number, end: number, options?: CasRangeOptions): Promise<Uint8Array>;
  getToFile(hash: string, path: string, options?: CallOptions): Promise<CasInfo>;
  getToFileOffset(hash: string, path: string, offset: number, options?: CallOptions): Promise<CasInfo>;
}

/** The functions of `client` at `location`. Throws `InvalidConfig` for a location that is none. */
export function bindCas(client: StorageClient, location: S3Location, options: CasOptions = {}): CasStore {
  const { bucket } = checkLocation(location);
  const { legacyKeyFallback } = { ...CAS_DEFAULTS, ...options };
  const key = (hash: string): string => casKey(location, hash);

  const headAt = async (name: string, signal?: AbortSignal): Promise<CasInfo | undefined> =>
    (await client.headObject(bucket, name, signal && { signal })) ?? undefined;

  const reading = async <T>(hash: string, read: (key: string) => Promise<T>): Promise<T> => {
    try {
      return await read(key(hash));
    } catch (error) {
      if (!legacyKeyFallback || !isNotFound(error)) throw error;
      return read(legacyCasKey(location, hash)).catch((second: unknown) => {
        throw isNotFound(second) ? error : second; // the key of today is the one to name
      });
    }
  };

  return {
    location,
    client,
    key,
    head: async (hash, signal) => headAt(key(hash), signal),
    headToRead: async (hash, signal) => {
      const info = await headAt(key(hash), signal);
      return info || !legacyKeyFallback ? info : await headAt(legacyCasKey(location, hash), signal);
    },
    put: (object, put) => putObject(client, bucket, key(object.hash), object, put),
    get: (hash, call) =>
      reading(hash, async (name) => {
        const { data, head } = await client.getObject(bucket, name, call);
        return { data, info: head };
      }),
    getRange: (hash, start, end, call) =>
      reading(hash, (name) => client.getObjectRange(bucket, name, start, end, call)),
    getToFile: (hash, path, call) =>
      reading(hash, (name) => client.getObjectToFile(bucket, name, path, call)),
    getToFileOffset: (hash, path, offset, call) =>
      reading(hash, (name) => client.getObjectToFileOffset(bucket, name, path, offset, call)),
  };
}

function putObject(
  client: StorageClient,
  bucket: string,
  key: string,
  { hash, size, source }: CasObject,
  options: CasPutOptions = {},
): Promise<PutOutcome> {
  const put: PutOptions = { ...options, xxh128: hash };
  const length = source.kind === 'bytes' ? source.bytes.length : source.length;
  if (length !== size) {
    const subject = { operation: 'put', bucket, key };
    return Promise.reject(
      objectError('SizeMismatch', `its source has ${length} bytes instead of ${size}`, subject),
    );
  }
  if (source.kind === 'bytes') return client.putObject(bucket, key, source.bytes, put);
  if (source.whole) return client.putObjectFromFile(bucket, key, source.path, { ...put, fileBytes: size });
  return client.putObjectFromFileRange(bucket, key, source.path, source.offset, source.length, put);
}

function isNotFound(error: unknown): boolean {
  return error instanceof StorageError && error.kind === 'NotFound';
}
