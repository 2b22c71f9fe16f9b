/**
 * Reads a whole file that a user names. No thread ever waits for a writer: one that does keeps the process from ending,
 * signals or not. So pipes, as `<(command)` and `/dev/stdin` are, and terminals are read by events. Knows no format.
 */
import { close, constants, createReadStream, fstat, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { StorageError } from '../model/errors.js';
import { CancelledError } from '../pipeline/errors.js';

/** Windows has no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const PIECE_BYTES = 1024 * 1024;

/**
 * The bytes of a file, or all that comes through a pipe or from a terminal. Rejects with `NotAFile` for a device, with
 * `CancelledError` once `signal` aborts, and as the file system does for the rest.
 */
export async function readWholeFile(path: string, signal?: AbortSignal): Promise<Buffer> {
  try {
    return await buffer(await openStream(path, signal));
  } catch (error) {
    throw signal?.aborted ? new CancelledError(undefined, { cause: signal.reason }) : error;
  }
}

async function openStream(path: string, signal: AbortSignal | undefined): Promise<Readable> {
  const fd = await promisify(open)(path, FLAGS);
  const options = { fd, ...(signal && { signal }) };
  try {
    const stat = await promisify(fstat)(fd);
    if (stat.isFIFO()) return new Socket({ ...options, readable: true, writable: false });
    if (isatty(fd)) return new ReadStream(fd, options);
    if (stat.isCharacterDevice() || stat.isBlockDevice()) throw isDevice(path);
    return createReadStream(path, { ...options, highWaterMark: PIECE_BYTES });
  } catch (error) {
    await promisify(close)(fd);
    throw error;
  }
}

function isDevice(path: string): StorageError {
  return new StorageError('NotAFile', `${JSON.stringify(path)} is a device: give a file or a pipe`, { path });
}
