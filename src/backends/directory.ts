/**
 * Opens a store in a directory, in the layout of a snapshot (spec/storage.md 1.8): one
 * bucket and one root prefix, which do not appear in paths. Any number of processes may
 * use one directory at once. The client itself is `directory/client.ts`.
 */
import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StorageError } from '../model/errors.js';
import type { Xxh128 } from '../model/hasher.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import { DirectoryClient } from './directory/client.js';
import { type FileCalls, fileCalls } from './directory/file-calls.js';
import { makeDirectories } from './make-directories.js';

export interface DirectoryStoreOptions {
  /** Checks every digest that a caller promises. */
  readonly xxh128: Xxh128;
  /** The one bucket that exists. Default: {@link DIRECTORY_STORE_DEFAULTS}. */
  readonly bucket?: string;
  /** What every key begins with, before a `/`. Default: {@link DIRECTORY_STORE_DEFAULTS}. */
  readonly rootPrefix?: string;
  /**
   * Make the directory when it is missing. With `dry-run` it is not made: it counts as empty if it could be, which is
   * enough to ask the store. Default: {@link DIRECTORY_STORE_DEFAULTS}.
   */
  readonly create?: boolean | 'dry-run';
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** Calls to make instead of the system's, so that a test can let one fail. */
  readonly calls?: Partial<FileCalls>;
}

export const DIRECTORY_STORE_DEFAULTS = {
  bucket: 'local',
  rootPrefix: 'local',
  create: true,
} as const satisfies Partial<DirectoryStoreOptions>;

/**
 * Opens the store in `dir`. Rejects with `NotADirectory` when it is something else, with
 * `PathNotFound` when it is missing and not to be made, with `LocalIo` when it cannot be made.
 */
export async function openDirectoryStore(
  dir: string,
  options: DirectoryStoreOptions,
): Promise<DirectoryClient> {
  const { bucket, rootPrefix, create, now = Date.now } = { ...DIRECTORY_STORE_DEFAULTS, ...options };
  if (bucket === '' || rootPrefix === '') {
    throw new StorageError('InvalidConfig', 'a directory store needs a bucket and a root prefix', {
      path: dir,
    });
  }
  try {
    if (create === true) await makeDirectories(dir);
    const root = create === 'dry-run' ? await directoryToBe(dir) : await directoryAt(dir);
    const calls = { ...fileCalls, ...options.calls };
    return new DirectoryClient({ root, bucket, rootPrefix, calls, hash: options.xxh128, now });
  } catch (error) {
    throw unopened(error, dir);
  }
}

/** The real path of a directory. */
async function directoryAt(path: string): Promise<string> {
  const real = await realpath(path);
  if (!(await stat(real)).isDirectory()) throw Object.assign(new Error('ENOTDIR'), { code: 'ENOTDIR' });
  return real;
}

/** The real path that a directory has, or would have once it were made. Fails as making it would. */
async function directoryToBe(path: string): Promise<string> {
  try {
    return await directoryAt(path);
  } catch (error) {
    const parent = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw error;
    const real = await directoryToBe(parent);
    await access(real, constants.W_OK | constants.X_OK).catch((denied: unknown) => {
      if (errnoOf(denied) !== 'ENOENT') throw denied; // is to be made itself
    });
    return join(real, basename(path));
  }
}

function unopened(error: unknown, path: string): StorageError {
  const local = localIoError(error, { operation: 'openDirectoryStore', path, side: 'target' });
  const kinds = { ENOTDIR: 'NotADirectory', ENOENT: 'PathNotFound' } as const;
  const kind = kinds[local.errno as keyof typeof kinds];
  if (kind === undefined) return local;
  const text = kind === 'PathNotFound' ? 'there is no such directory' : 'it is not a directory';
  const { operation = '', errno = '' } = local;
  return new StorageError(kind, `${operation} ${JSON.stringify(path)}: ${text}`, {
    operation,
    path,
    errno,
    cause: error,
  });
}
