/** The root of a walk or of manifest files: checked before anything is listed; a walk asks again at its end. */
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';
import { localIoError } from '../model/local-io.js';
import { identity } from './walk-branch.js';

export interface OpenRoot {
  /** As given, absolute. Entries and messages use this spelling. */
  readonly path: string;
  /** With every link resolved. Caches and file calls use this one. */
  readonly realPath: string;
}

/** Missing: `PathNotFound`; a file: `NotADirectory`; not readable: `FileUnreadable`. A link to a directory is fine. */
export async function openRoot(path: string): Promise<OpenRoot> {
  try {
    const realPath = await fs.realpath(path);
    if (!(await fs.stat(realPath)).isDirectory()) {
      throw new StorageError(
        'NotADirectory',
        `${JSON.stringify(path)} is not a directory: give the directory that holds the files`,
        { path },
      );
    }
    await fs.access(realPath, fs.constants.R_OK | fs.constants.X_OK);
    return { path, realPath };
  } catch (error) {
    throw rootError(path, error);
  }
}

/**
 * Throws `PathNotFound` when the directory that `id` tells from all others is no longer at
 * `root.realPath`: what is missing from the walk then is not what was missing from the tree.
 */
export async function checkRootRemains({ path, realPath }: OpenRoot, id: string): Promise<void> {
  const now = await identity(realPath).catch((error: unknown) => {
    throw rootError(path, error);
  });
  if (now === id) return;
  const message = `${JSON.stringify(path)} was replaced by another directory while it was walked: run again`;
  throw new StorageError('PathNotFound', message, { path });
}

/** The typed error for a root that cannot be walked. */
export function rootError(path: string, error: unknown): unknown {
  if (error instanceof StorageError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return new StorageError('PathNotFound', `${JSON.stringify(path)} does not exist`, {
      path,
      errno: code,
      cause: error,
    });
  }
  if (code === 'ENOTDIR') {
    return new StorageError('NotADirectory', `a part of ${JSON.stringify(path)} is not a directory`, {
      path,
      errno: code,
      cause: error,
    });
  }
  return localIoError(error, { operation: 'walk', path, side: 'source' });
}
