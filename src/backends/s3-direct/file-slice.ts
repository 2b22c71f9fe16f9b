/** Bytes of an open local file, whole or in pieces, and the proof that it has not changed. Knows no store. */
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { StorageError } from '../../model/errors.js';
import { fileChanged, fillFrom, PIECE_BYTES, type SourceRequest } from '../source-file.js';

export interface Slice {
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** What `request` asks for of a file of `size` bytes: `InvalidConfig` for no range, `FileChanged` for one that the file no longer has. */
export function sliceOf(request: SourceRequest, size: number): Slice {
  const slice = request.range ?? { offset: 0, length: size };
  const { offset, length } = slice;
  if (!isCount(offset) || !isCount(length)) {
    const { operation, path } = request;
    const text = `${length} bytes from ${offset} are no range of a file`;
    const subject = { operation, path };
    throw new StorageError('InvalidConfig', `${operation} ${JSON.stringify(path)}: ${text}`, subject);
  }
  if (offset + length > size) throw fileChanged(request, `it has ${size} bytes, fewer than asked for`);
  return slice;
}

/** All bytes of the slice, in memory of their own. */
export async function readSlice(handle: FileHandle, slice: Slice, request: SourceRequest): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(slice.length);
  await fillFrom(handle, bytes, slice.offset, request);
  return bytes;
}

/** The slice piece by piece, each in memory of its own. */
export async function* piecesOf(
  handle: FileHandle,
  { offset, length }: Slice,
  request: SourceRequest,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; done += PIECE_BYTES) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, length - done));
    await fillFrom(handle, piece, offset + done, request);
    yield piece;
  }
}

/** `FileChanged` unless the open file is as it was at `before`. */
export async function checkUnchanged(
  handle: FileHandle,
  before: Stats,
  request: SourceRequest,
): Promise<void> {
  const after = await handle.stat();
  if (after.size === before.size && after.mtimeMs === before.mtimeMs && after.ino === before.ino) return;
  throw fileChanged(request, 'it was written to while it was read');
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
