/**
 * The thread's side of the pool. Every function takes one message and answers with one; the
 * failure of a file is part of the answer, so that it never costs the other files of a task.
 */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { StorageError } from '../model/errors.js';
import { heldNanoseconds } from '../model/file-item.js';
import { type FileDigests, hashFile, hashFileRange } from './hash-file.js';
import { listDirectories, statInto } from './list-directories.js';
import {
  type Answer,
  type Control,
  controlOf,
  type ErrorData,
  errorData,
  HASH_STRIDE,
  type HashAnswer,
  type HashJob,
  type HashTask,
  type ListAnswer,
  type ListTask,
  type RangeAnswer,
  type RangeTask,
  type SizesTask,
  STOPPED,
  type StatAnswer,
  type StatTask,
  Stopped,
} from './messages.js';
import { STAT_STRIDE } from './ports.js';
import { sizeAt } from './size-at.js';
import { Slab } from './slab.js';
import { writeFiles } from './write-files.js';

/** The one entrance: for each name of a function that is asked for, piscina would load this file anew. */
export function perform(job: HashJob): unknown {
  switch (job.name) {
    case 'ready': // what a thread that is started ahead of its work does first: nothing
      return undefined;
    case 'hashFiles':
      return hashFiles(job.task);
    case 'hashRange':
      return hashRange(job.task);
    case 'stat':
      return stat(job.task);
    case 'sizes':
      return sizes(job.task);
    case 'list':
      return list(job.task);
    case 'writeFiles':
      return writeFiles(job.task);
  }
}

/** Hashes every file of the task; bodies are transferred, not copied. */
function hashFiles(task: HashTask): Answer<HashAnswer> {
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
function hashRange({ control, path, offset, length }: RangeTask): Answer<RangeAnswer> {
  return untilStopped(() => {
    let digest = '';
    const error = failureOf(() => {
      digest = hashFileRange(path, offset, length, controlOf(control));
    });
    return error === undefined ? { digest } : { error };
  });
}

/** `lstat` of every path. */
function stat(task: StatTask): Answer<StatAnswer> {
  const control = controlOf(task.control);
  const paths = task.paths.split('\0');
  const rows = new BigInt64Array(paths.length * STAT_STRIDE);
  const errors = new Map<number, string>();
  return untilStopped(() => {
    paths.forEach((path, index) => {
      goOn(control);
      const errno = statInto(rows, index * STAT_STRIDE, path);
      if (errno !== undefined) errors.set(index, errno);
    });
    return moved({ rows, errors }, [rows.buffer]);
  });
}

/** Size of every plain file; -1 where nothing is, `NaN` where it cannot be said. */
function sizes(task: SizesTask): Answer<Float64Array> {
  const control = controlOf(task.control);
  return untilStopped(() => {
    const names = task.names.split('\0');
    const found = new Float64Array(names.length);
    for (let index = 0; index < names.length; index += 1) {
      goOn(control);
      found[index] = sizeAt(`${task.directory}/${names[index]}${task.suffix}`);
    }
    return moved(found, [found.buffer]);
  });
}

/** Entries of every directory. */
function list(task: ListTask): Answer<ListAnswer> {
  const control = controlOf(task.control);
  return untilStopped(() => {
    const answer = listDirectories(task.directories.split('\0'), task.limit, () => goOn(control));
    return moved(answer, [answer.rows.buffer, answer.kinds.buffer, answer.counts.buffer]);
  });
}

function goOn(control: Control): void {
  if (Atomics.load(control.stop, 0) !== 0) throw new Stopped();
}

function rowOf({ digests, before, startedNs }: FileDigests): bigint[] {
  const mtimeNs = heldNanoseconds(before.mtimeNs);
  return [BigInt(digests.length), before.size, mtimeNs, before.ctimeNs, before.mode, startedNs];
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
