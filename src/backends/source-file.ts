/**
 * Reads a local file whose bytes go into a store, and proves that they are one state of
 * it (spec/storage.md 3.4): a regular file, opened without following a link or blocking on
 * a FIFO, with equal size, time and inode before the first byte and after the last.
 * Knows no store and no hash.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StorageError } from '../model/errors.js';
import { localIoError } from '../model/local-io.js';
import { CancelledError } from '../pipeline/errors.js';
import { throwIfAborted } from './cancel.js';

/** Bytes of one piece: large enough that the calls do not count, small enough to be cancelled. */
export const PIECE_BYTES = 1024 * 1024;

/** Zero where the system has no such flag. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NON_BLOCKING = constants.O_NONBLOCK ?? 0;

export interface SourceRequest {
  readonly operation: string;
  readonly path: string;
  /** Bytes to read; the whole file without it. */
  readonly range?: { readonly offset: number; readonly length: number };
  /** Bytes that the file must have; another size is `FileChanged` before the first byte is read. */
  readonly fileBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes one piece; the memory is used again for the next one. */
export type PieceConsumer = (piece: Uint8Array, position: number) => void | Promise<void>;

/**
 * Reads the range in order, piece by piece, and gives its length. Rejects with `NotAFile`,
 * `FileVanished`, `FileUnreadable` or `FileChanged`; errors of `consume` pass through.
 */
export async function readSource(request: SourceRequest, consume: PieceConsumer): Promise<number> {
  throwIfAborted(request.signal);
  return withSource(request, async (handle, stats) => {
    const { offset, length } = request.range ?? { offset: 0, length: stats.size };
    checkNumbers(request, offset, length);
    if (offset + length > stats.size)
      throw fileChanged(request, `it has ${stats.size} bytes, fewer than asked for`);
    await readPieces(handle, { offset, length }, request, consume);
    return length;
  });
}

/** Opens the file, runs `work`, and demands afterwards that the file is as it was. */
export async function withSource<T>(
  request: SourceRequest,
  work: (handle: FileHandle, stats: Stats) => Promise<T>,
): Promise<T> {
  const handle = await attempt(request, () =>
    open(request.path, constants.O_RDONLY | NO_FOLLOW | NON_BLOCKING),
  );
  try {
    const before = await attempt(request, () => handle.stat());
    if (!before.isFile()) throw notAFile(request);
    const { fileBytes = before.size } = request;
    if (before.size !== fileBytes)
      throw fileChanged(request, `it has ${before.size} bytes instead of ${fileBytes}`);
    const result = await work(handle, before);
    const after = await attempt(request, () => handle.stat());
    if (!sameState(before, after)) throw fileChanged(request, 'it was written to while it was read');
    return result;
  } finally {
    await handle.close();
  }
}

/** Fills `buffer` with the bytes of an open source from `position`; a file that ends before is `FileChanged`. */
export async function fillFrom(
  handle: FileHandle,
  buffer: Uint8Array,
  position: number,
  request: SourceRequest,
): Promise<void> {
  for (let done = 0; done < buffer.length; ) {
    throwIfAborted(request.signal);
    const want = Math.min(PIECE_BYTES, buffer.length - done);
    const { bytesRead } = await attempt(request, () => handle.read(buffer, done, want, position + done));
    if (bytesRead === 0) throw fileChanged(request, `it ended ${buffer.length - done} bytes early`);
    done += bytesRead;
  }
}

function checkNumbers({ operation, path }: SourceRequest, offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0) return;
  const text = `${length} bytes from ${offset} are no range of a file`;
  throw new StorageError('InvalidConfig', `${operation} ${JSON.stringify(path)}: ${text}`, {
    operation,
    path,
  });
}

async function readPieces(
  handle: FileHandle,
  range: { offset: number; length: number },
  request: SourceRequest,
  consume: PieceConsumer,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, range.length));
  for (let done = 0; done < range.length; ) {
    throwIfAborted(request.signal);
    const want = Math.min(buffer.length, range.length - done);
    const { bytesRead } = await attempt(request, () => handle.read(buffer, 0, want, range.offset + done));
    if (bytesRead === 0) throw fileChanged(request, `it ended ${range.length - done} bytes early`);
    await consume(buffer.subarray(0, bytesRead), done);
    done += bytesRead;
  }
}

async function attempt<T>(request: SourceRequest, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    throw localIoError(error, { operation: request.operation, path: request.path, side: 'source' });
  }
}

function sameState(before: Stats, after: Stats): boolean {
  return before.size === after.size && before.mtimeMs === after.mtimeMs && before.ino === after.ino;
}

function notAFile({ operation, path }: SourceRequest): StorageError {
  return new StorageError('NotAFile', `${operation} ${JSON.stringify(path)}: it is not a regular file`, {
    operation,
    path,
  });
}

/** The error of a file that is not, or no longer, what it was when it was hashed. */
export function fileChanged({ operation, path }: SourceRequest, text: string): StorageError {
  return new StorageError('FileChanged', `${operation} ${JSON.stringify(path)}: ${text}`, {
    operation,
    path,
    hint: 'the file was modified after it was hashed: close the program that writes it and submit again',
  });
}
