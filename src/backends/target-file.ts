/**
 * Writes an object's bytes into a local file that the caller named: a new file that is
 * gone again after a failure, or a place in an existing one. Knows no store.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { localIoError } from '../model/local-io.js';
import { CancelledError } from '../pipeline/errors.js';

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
/** A FIFO without a reader must fail instead of waiting for one. */
const NON_BLOCKING = constants.O_NONBLOCK ?? 0;

export interface TargetRequest {
  readonly operation: string;
  readonly path: string;
}

/** Runs `fill` on a file that did not exist; whatever fails, the file is removed. `AlreadyExists` when something has the name. */
export async function writeNewFile<T>(
  request: TargetRequest,
  fill: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await attempt(request, () =>
    open(request.path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW),
  );
  try {
    return await closing(request, handle, fill);
  } catch (error) {
    await unlink(request.path).catch(() => undefined); // the first error is the one to report
    throw error;
  }
}

/** Runs `fill` on an existing regular file, which keeps what `fill` does not write over. */
export async function writeIntoFile<T>(
  request: TargetRequest,
  fill: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await attempt(request, () =>
    open(request.path, constants.O_WRONLY | NO_FOLLOW | NON_BLOCKING),
  );
  return closing(request, handle, fill);
}

/** Writes all of `bytes` at `position`; a full disk is `NoSpace`. */
export async function writeAll(
  request: TargetRequest,
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await attempt(request, () =>
      handle.write(bytes, done, bytes.length - done, position + done),
    );
    done += bytesWritten;
  }
}

async function closing<T>(
  request: TargetRequest,
  handle: FileHandle,
  fill: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await fill(handle);
  } catch (error) {
    await handle.close().catch(() => undefined); // the first error is the one to report
    throw error;
  }
  await attempt(request, () => handle.close()); // network volumes report a full disk here
  return result;
}

async function attempt<T>({ operation, path }: TargetRequest, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    throw localIoError(error, { operation, path, side: 'target' });
  }
}
