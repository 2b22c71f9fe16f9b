/**
 * Reads and hashes one file, inside a thread of the pool: synchronous, in pieces, with a look
 * at the stop flag between pieces. Follows spec/storage.md 3.4 and spec/files-and-submission.md
 * 1.1: a file whose state changed meanwhile is read once more, then it is an error.
 */
import type { BigIntStats } from 'node:fs';
import { fileChanged } from './file-errors.js';
import { type Control, Stopped } from './messages.js';
import { readExactly, unchanged, withFile } from './open-file.js';
import { createXxh128, xxh128 } from './xxh128.js';

/** Bytes between two looks at the stop flag; larger reads are not faster. */
export const PIECE_BYTES = 1024 * 1024;
const ATTEMPTS = 2;
/** One per thread: a task never runs beside another in the same thread. */
const scratch = new Uint8Array(PIECE_BYTES);

export interface FileDigests {
  readonly digests: readonly string[];
  readonly before: BigIntStats;
  readonly startedNs: bigint;
  readonly body?: Uint8Array;
}

/** Hashes the whole file, one digest per chunk; `take` gives memory when the content is to be kept. */
export function hashFile(
  path: string,
  chunkSize: number,
  control: Control,
  take?: (size: number) => Uint8Array,
): FileDigests {
  return untilUnchanged(path, control, (fd, before) => {
    const startedNs = BigInt(Date.now()) * 1_000_000n;
    const size = Number(before.size);
    const body = take?.(size);
    const step = chunkSize > 0 && size > chunkSize ? chunkSize : size;
    const digests: string[] = [];
    for (let start = 0; start < size || digests.length === 0; start += step) {
      const digest = digestOf(fd, start, Math.min(step, size - start), control, body?.subarray(start));
      if (digest === undefined) return undefined;
      digests.push(digest);
    }
    return { digests, before, startedNs, ...(body !== undefined && { body }) };
  });
}

/** Hashes `length` bytes from `offset`; a file that ends before has changed. */
export function hashFileRange(path: string, offset: number, length: number, control: Control): string {
  return untilUnchanged(path, control, (fd) => digestOf(fd, offset, length, control));
}

/** Repeats `work` once when it gave nothing or the file's state is another one afterwards. */
function untilUnchanged<T>(
  path: string,
  control: Control,
  work: (fd: number, before: BigIntStats) => T | undefined,
): T {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const counted = Atomics.load(control.bytes, 0);
    const result = withFile(path, (fd, before) => {
      const value = work(fd, before);
      return value !== undefined && unchanged(fd, before) ? value : undefined;
    });
    if (result !== undefined) return result;
    Atomics.store(control.bytes, 0, counted);
  }
  throw fileChanged(path);
}

/** Digest of one range, read into `target` or through the scratch memory; `undefined` when the file ends before. */
function digestOf(
  fd: number,
  offset: number,
  length: number,
  control: Control,
  target?: Uint8Array,
): string | undefined {
  if (length <= PIECE_BYTES) {
    const piece = readPiece(fd, offset, length, control, target);
    return piece && xxh128(piece);
  }
  const stream = createXxh128();
  for (let done = 0; done < length; done += PIECE_BYTES) {
    const size = Math.min(PIECE_BYTES, length - done);
    const piece = readPiece(fd, offset + done, size, control, target?.subarray(done));
    if (piece === undefined) return undefined;
    stream.update(piece);
  }
  return stream.digest();
}

function readPiece(
  fd: number,
  position: number,
  size: number,
  control: Control,
  target: Uint8Array = scratch,
): Uint8Array | undefined {
  if (Atomics.load(control.stop, 0) !== 0) throw new Stopped();
  const piece = target.subarray(0, size);
  if (!readExactly(fd, piece, position)) return undefined;
  Atomics.add(control.bytes, 0, BigInt(size));
  return piece;
}
