/**
 * Reads a whole file that a user names. No thread ever waits for a writer: one that does keeps the process from ending,
 * signals or not. So pipes, as `<(command)` and `/dev/stdin` are, and terminals are read by events. Knows no format.
 */
import { close, constants, fstat, open } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { StorageError } from '../model/errors.js';
import { CancelledError } from '../pipeline/errors.js';

/** Windows has no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a file, or all that comes through a pipe or from a terminal. Rejects with `NotAFile` for a device, with
 * `CancelledError` once `signal` aborts, and as the file system does for the rest.
 */
export async function readWholeFile(path: string, signal?: AbortSignal): Promise<Buffer> {
  try {
    const stream = await openStream(path, signal);
    return await (stream ? received(stream) : readFile(path, { flag: FLAGS, signal }));
  } catch (error) {
    throw signal?.aborted ? new CancelledError(undefined, { cause: signal.reason }) : error;
  }
}

/** What comes through a pipe or from a terminal; `undefined` for anything else that can be read. */
async function openStream(path: string, signal: AbortSignal | undefined): Promise<Socket | undefined> {
  const fd = await promisify(open)(path, FLAGS);
  const options = { fd, ...(signal && { signal }) };
  let stream: Socket | undefined;
  try {
    const stat = await promisify(fstat)(fd);
    if (stat.isFIFO()) stream = new Socket({ ...options, readable: true, writable: false });
    else if (isatty(fd)) stream = new ReadStream(fd, options);
    else if (stat.isCharacterDevice() || stat.isBlockDevice()) throw isDevice(path);
    return stream;
  } finally {
    if (!stream) await promisify(close)(fd);
  }
}

async function received(stream: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

function isDevice(path: string): StorageError {
  return new StorageError('NotAFile', `${JSON.stringify(path)} is a device: give a file or a pipe`, { path });
}
