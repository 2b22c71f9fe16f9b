/** Failures of source files while they are hashed, on top of what an errno means anywhere (spec/storage.md section 6). */
import { StorageError, type StorageErrorKind } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';

const OPERATION = 'hash';

/** Any error thrown while `path` was opened or read, as a {@link StorageError}. */
export function fileError(path: string, cause: unknown): StorageError {
  // Callers hand over resolved paths, so that a link in the last place was put there afterwards.
  if (errnoOf(cause) === 'ELOOP')
    return failure('SymlinkEscape', path, 'it became a symbolic link', CHANGING, cause);
  return localIoError(cause, { operation: OPERATION, path, side: 'source' });
}

export function notAFile(path: string): StorageError {
  return failure(
    'NotAFile',
    path,
    'it is not a regular file',
    'remove it from the input, or give the file that is meant',
  );
}

export function fileChanged(path: string): StorageError {
  return failure('FileChanged', path, 'it changed while it was hashed', CHANGING);
}

const CHANGING = 'close the program that changes the file and submit again';

function failure(
  kind: StorageErrorKind,
  path: string,
  what: string,
  hint: string,
  cause?: unknown,
): StorageError {
  const errno = errnoOf(cause);
  return new StorageError(kind, `${OPERATION} ${JSON.stringify(path)}: ${what}`, {
    operation: OPERATION,
    path,
    hint,
    ...(cause !== undefined && { cause }),
    ...(errno !== undefined && { errno }),
  });
}
