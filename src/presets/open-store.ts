/**
 * The place of objects and manifests, from the text that users give: a directory, a
 * `file:` URI, or `s3://bucket/prefix`.
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DIRECTORY_STORE_DEFAULTS,
  type DirectoryStoreOptions,
  openDirectoryStore,
} from '../backends/directory.js';
import { hasher } from '../hashing/xxh128.js';
import { parseS3Uri, type S3Location } from '../model/s3-location.js';
import { OptionError } from '../pipeline/errors.js';
import type { S3StoreOptions } from './open-s3-store.js';
import { type Store, storeOf } from './store.js';

export interface OpenStoreOptions {
  /** Make a missing directory; `dry-run`: as if it were made. Default true. */
  readonly create?: DirectoryStoreOptions['create'];
  /** Relative directories are below this one. Default: the working directory. */
  readonly cwd?: string;
  /** How S3 is reached; of no effect on a directory. */
  readonly s3?: S3StoreOptions;
}

/**
 * Opens `place`. Rejects with `InvalidConfig` for a text that names no store or a setting that cannot
 * be used, `NotADirectory`, `PathNotFound` (without `create`) or `LocalIo` for a directory that cannot be used.
 */
export async function openStore(place: string, options: OpenStoreOptions = {}): Promise<Store> {
  if (/^s3:/i.test(place)) {
    const { openS3Store } = await import('./open-s3-store.js'); // a directory needs none of it
    return openS3Store(s3LocationOf(place), options.s3);
  }
  const directory = directoryOf(place, options.cwd ?? process.cwd());
  const client = await openDirectoryStore(directory, {
    xxh128: hasher,
    create: options.create ?? DIRECTORY_STORE_DEFAULTS.create,
  });
  const { bucket, rootPrefix } = DIRECTORY_STORE_DEFAULTS;
  return storeOf(client, { bucket, rootPrefix }, { cacheScope: `file://${client.root}`, directory });
}

function s3LocationOf(place: string): S3Location {
  try {
    return parseS3Uri(place);
  } catch (cause) {
    throw new OptionError('store', `${JSON.stringify(place)} names no S3 store: give s3://bucket/prefix`, {
      cause,
    });
  }
}

function directoryOf(place: string, cwd: string): string {
  if (place === '')
    throw new OptionError('store', 'is empty: give a directory, a file: URI or s3://bucket/prefix');
  if (!/^file:/i.test(place)) {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return resolve(cwd, place);
    const problem = `${JSON.stringify(place)} names no store: give a directory, a file: URI or s3://bucket/prefix`;
    throw new OptionError('store', problem);
  }
  try {
    return fileURLToPath(place);
  } catch (cause) {
    throw new OptionError('store', `${JSON.stringify(place)} is no file: URI of this machine`, { cause });
  }
}
