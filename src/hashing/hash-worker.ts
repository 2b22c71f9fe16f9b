/**
 * The thread's side of the pool. Every function takes one message and answers with one; the
 * failure of a file is part of the answer, so that it never costs the other files of a task.
 */
import { lstatSync } from 'node:fs';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { StorageError } from '../model/errors.js';
import { errnoOf } from '../model/local-io.js';
import { fsPath } from './fs-path.js';
import { type FileDigests, hashFile, hashFileRange } from './hash-file.js';
import {
  type Answer,
  type Control,
  controlOf,
  type ErrorData,
  errorData,
  HASH_STRIDE,
  type HashAnswer,
  type HashTask,
  type RangeAnswer,
  type RangeTask,
  STOPPED,
  type StatAnswer,
  type StatTask,
  Stopped,
} from './messages.js';
import { STAT_STRIDE } from './ports.js';
import { Slab } from './slab.js';

/** Hashes every file of the task; bodies are transferred, not copied. */
export function hashFiles(task: HashTask): Answer<HashAnswer> {
  const control = controlOf(task.control);
  const slab = new Slab();
  const rows = new BigInt64Array(task.paths.length * HASH_STRIDE);
  const bodies = new Map<number, Uint8Array>();
  const errors = new Map<number, ErrorData>();
  const digests: string[] = [];
  const hashOne = (path: string, index: number): void => {
    const take = task.keep[index] === true ? (size: number) => slab.take(size) : undefined;
    const file = hashFile(path, task.chunkSizes[index] ?? -1, control, take);
    for (const digest of file.digests) digests.push(digest);
    rows.set(rowOf(file), index * HASH_STRIDE);
    if (file.body !== undefined) bodies.set(index, file.body);
  };
  return untilStopped(() => {
    task.paths.forEach((path, index) => {
      const failure = failureOf(() => hashOne(path, index));
      if (failure !== undefined) errors.set(index, failure);
    });
    return moved({ digests: digests.join(''), rows, bodies, errors }, [rows.buffer, ...slab.buffers]);
  });
}

/** Hashes one range of a file. */
export function hashRange({ control, path, offset, length }: RangeTask): Answer<RangeAnswer> {
  return untilStopped(() => {
    let digest = '';
    const error = failureOf(() => {
      digest = hashFileRange(path, offset, length, controlOf(control));
    });
    return error === undefined ? { digest } : { error };
  });
}

/** `lstat` of every path. */
export function stat(task: StatTask): Answer<StatAnswer> {
  const control = controlOf(task.control);
  const paths = task.paths.split('\0');
  const rows = new BigInt64Array(paths.length * STAT_STRIDE);
  const errors = new Map<number, string>();
  return untilStopped(() => {
    paths.forEach((path, index) => {
      const errno = statInto(rows, index * STAT_STRIDE, path, control);
      if (errno !== undefined) errors.set(index, errno);
    });
    return moved({ rows, errors }, [rows.buffer]);
  });
}

function rowOf({ digests, before, startedNs }: FileDigests): bigint[] {
  return [BigInt(digests.length), before.size, before.mtimeNs, before.ctimeNs, before.mode, startedNs];
}

function statInto(rows: BigInt64Array, at: number, path: string, control: Control): string | undefined {
  if (Atomics.load(control.stop, 0) !== 0) throw new Stopped();
  try {
    // An exception for every file that vanished would cost more than the call.
    const found = lstatSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return 'ENOENT';
    rows.set([found.mode, found.size, found.mtimeNs, found.ctimeNs, found.dev, found.ino], at);
    return undefined;
  } catch (error) {
    return errnoOf(error) ?? 'EIO';
  }
}

function failureOf(work: () => void): ErrorData | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof StorageError) return errorData(error);
    throw error;
  }
}

function untilStopped<T>(work: () => T): Answer<T> {
  try {
    return work();
  } catch (error) {
    if (error instanceof Stopped) return STOPPED;
    throw error;
  }
}

/** Marks what is handed over instead of copied; the thread's caller receives `answer` itself. */
function moved<T extends object>(answer: T, buffers: ArrayBufferLike[]): T {
  const transferable = { [transferableSymbol]: buffers, [valueSymbol]: answer };
  return move(transferable) as T;
}
