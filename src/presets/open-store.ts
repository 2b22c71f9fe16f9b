/**
 * The place of objects and manifests, from the text that users give: a directory, a
 * `file:` URI, or `s3://bucket/prefix`.
 */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindCas, type CasStore } from '../backends/bind-cas.js';
import { DIRECTORY_STORE_DEFAULTS, openDirectoryStore } from '../backends/directory.js';
import type { StorageClient } from '../backends/storage-client.js';
import { hasher } from '../hashing/xxh128.js';
import type { S3Location } from '../model/s3-location.js';
import { OptionError } from '../pipeline/errors.js';

/** An open store, and what presets need of it. */
export interface Store {
  readonly client: StorageClient;
  readonly location: S3Location;
  readonly cas: CasStore;
  /** Begins the keys of this store in the check cache, in place of the bucket; two stores never share it. */
  readonly cacheScope: string;
  /** Local directory of a directory store. */
  readonly directory?: string;
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  /** Make a missing directory. Default true. */
  readonly create?: boolean;
  /** Relative directories are below this one. Default: the working directory. */
  readonly cwd?: string;
}

/**
 * Opens `place`. Rejects with `InvalidConfig` for a text that names no store,
 * `NotADirectory`, `PathNotFound` (without `create`) or `LocalIo` for a directory that cannot be used.
 */
export async function openStore(place: string, options: OpenStoreOptions = {}): Promise<Store> {
  const directory = directoryOf(place, options.cwd ?? process.cwd());
  const client = await openDirectoryStore(directory, { xxh128: hasher, create: options.create ?? true });
  const { bucket, rootPrefix } = DIRECTORY_STORE_DEFAULTS;
  return storeOf(
    client,
    { bucket, rootPrefix },
    { cacheScope: `file://${await realpath(directory)}`, directory },
  );
}

/** A store of any client, for programs that bring their own backend. */
export function storeOf(
  client: StorageClient,
  location: S3Location,
  more: { readonly cacheScope?: string; readonly directory?: string } = {},
): Store {
  return {
    client,
    location,
    cas: bindCas(client, location),
    cacheScope: more.cacheScope ?? location.bucket,
    ...(more.directory !== undefined && { directory: more.directory }),
    close: async () => {},
  };
}

function directoryOf(place: string, cwd: string): string {
  if (place === '') throw new OptionError('store', 'is empty: give a directory or a file: URI');
  if (/^s3:/i.test(place)) {
    throw new OptionError(
      'store',
      `${JSON.stringify(place)} is an S3 location, and this release has no S3 backend yet: give a directory or a file: URI`,
    );
  }
  if (!/^file:/i.test(place)) return resolve(cwd, place);
  try {
    return fileURLToPath(place);
  } catch (cause) {
    throw new OptionError('store', `${JSON.stringify(place)} is no file: URI of this machine`, { cause });
  }
}
