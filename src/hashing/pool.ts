/**
 * The hash pool: threads that read, hash, look at and write files, behind the port of ports.ts. What
 * crosses the thread is laid out in messages.ts. Threads start when work comes and end when
 * none came for a while, so that a run that finds everything in its caches starts few.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { StorageError } from '../model/errors.js';
import { DIGEST_LENGTH } from '../model/hash-text.js';
import {
  errorFrom,
  HASH_STRIDE,
  type HashAnswer,
  type HashTask,
  type ListAnswer,
  type RangeAnswer,
  type StatAnswer,
  type WriteTask,
} from './messages.js';
import {
  type HashCallOptions,
  type HashedFile,
  type HashOutcome,
  type HashPool,
  type HashRequest,
  type ListOutcome,
  STAT_STRIDE,
  type StatBatch,
  type WriteOutcome,
  type WriteRequest,
} from './ports.js';
import { SharedBuffers } from './shared-buffers.js';
import { type MakeJob, TaskRunner, ThreadFailure } from './task-runner.js';
import { workerUrl } from './worker-url.js';

export interface HashPoolOptions {
  /** Threads at most. Default: {@link hashPoolDefaults}. */
  readonly threads?: number;
  /** The compiled code of a thread, for programs that are bundled into one file. Default: {@link hashPoolDefaults}. */
  readonly workerFile?: URL;
}

/** Defaults of {@link HashPoolOptions}: one thread per processor that the process may use. */
export function hashPoolDefaults(): Required<HashPoolOptions> {
  return { threads: availableParallelism(), workerFile: workerUrl('hash-worker.js', import.meta.url) };
}

/**
 * A pool of hashing threads.
 *
 * - Order of answers is the order of requests; calls run side by side, one per thread.
 * - Bodies: files of one call may share one `ArrayBuffer`; do not transfer it to another thread.
 * - Errors: a file's failure is its outcome (spec/storage.md section 6: `FileVanished`, `NotAFile`,
 *   `SymlinkEscape`, `FileUnreadable`, `FileChanged`, `LocalIo`); a thread that dies rejects the call
 *   with `LocalIo` naming the files; an error thrown by `onBytes` rejects the call.
 * - Cancel: see {@link HashCallOptions.signal}.
 */
export function createHashPool(options: HashPoolOptions = {}): HashPool {
  const { threads, workerFile } = { ...hashPoolDefaults(), ...options };
  if (!Number.isSafeInteger(threads) || threads < 1) {
    throw new StorageError('InvalidConfig', `threads: must be a whole number of at least 1, not ${threads}`);
  }
  const bodies = new SharedBuffers();
  const runner = new TaskRunner(fileURLToPath(workerFile), threads);
  const run = <T>(paths: readonly string[], make: MakeJob, call: HashCallOptions): Promise<T> =>
    runner.run<T>(make, call).catch((error: unknown) => {
      throw threadError(error, paths);
    });
  return {
    prepare: () => runner.prepare(),
    hashFiles: async (requests, call = {}) => {
      const paths = requests.map(({ path }) => path);
      const columns = { ...hashColumns(requests), paths };
      const make: MakeJob = (control) => ({ name: 'hashFiles', task: { ...columns, control } });
      return outcomes(await run<HashAnswer>(paths, make, call), requests.length);
    },
    hashRange: async (path, offset, length, call = {}) => {
      const make: MakeJob = (control) => ({ name: 'hashRange', task: { path, offset, length, control } });
      const answer = await run<RangeAnswer>([path], make, call);
      if ('error' in answer) throw errorFrom(answer.error);
      return answer.digest;
    },
    stat: (paths, call = {}) => {
      if (paths.length === 0) return Promise.resolve({ rows: new BigInt64Array(0), errors: new Map() });
      const make: MakeJob = (control) => ({ name: 'stat', task: { paths: paths.join('\0'), control } });
      return run<StatAnswer>(paths, make, call) satisfies Promise<StatBatch>;
    },
    sizes: (directory, names, { suffix = '', ...call } = {}) => {
      if (names.length === 0) return Promise.resolve(new Float64Array(0));
      const asked = { directory, names: names.join('\0'), suffix };
      const make: MakeJob = (control) => ({ name: 'sizes', task: { ...asked, control } });
      return run<Float64Array>([directory], make, call);
    },
    list: async (directories, limit, call = {}) => {
      if (directories.length === 0) return [];
      const asked = { directories: directories.join('\0'), limit };
      const make: MakeJob = (control) => ({ name: 'list', task: { ...asked, control } });
      return listings(await run<ListAnswer>(directories, make, call));
    },
    writeFiles: async (requests, { replace }) => {
      const paths = requests.map(({ path }) => path);
      const body = bodies.take(requests.reduce((sum, { bytes }) => sum + bytes.length, 0));
      const task = { ...writeColumns(requests, body), replace };
      const outcomes = await run<WriteOutcome[]>(paths, () => ({ name: 'writeFiles', task }), {});
      bodies.give(body); // not after a failure: a thread that is ended may still be reading it
      return outcomes;
    },
    close: () => runner.close(),
  };
}

function listings({ names, kinds, counts, errors, rows, unseen }: ListAnswer): ListOutcome[] {
  const all = names === '' ? [] : names.split('\0');
  let at = 0;
  return Array.from(counts, (count, index): ListOutcome => {
    const errno = errors.get(index);
    if (errno !== undefined) return { errno };
    if (count < 0) return { tooLarge: true };
    const [from, to] = [at, at + count];
    at = to;
    return {
      names: all.slice(from, to),
      kinds: kinds.subarray(from, to),
      rows: rows.subarray(from * STAT_STRIDE, to * STAT_STRIDE),
      unseen: unseen.size === 0 ? unseen : within(unseen, from, to),
    };
  });
}

function within(errors: ReadonlyMap<number, string>, from: number, to: number): ReadonlyMap<number, string> {
  return new Map(
    [...errors].filter(([at]) => at >= from && at < to).map(([at, errno]) => [at - from, errno]),
  );
}

function hashColumns(requests: readonly HashRequest[]): Pick<HashTask, 'chunkSizes' | 'keep'> {
  return {
    chunkSizes: requests.map(({ chunkSizeBytes }) => chunkSizeBytes),
    keep: requests.map(({ keepBody }) => keepBody),
  };
}

/** Fills `body` with all contents in a row: they themselves may be views of larger buffers. */
function writeColumns(
  requests: readonly WriteRequest[],
  body: SharedArrayBuffer,
): Omit<WriteTask, 'replace'> {
  const all = new Uint8Array(body);
  let at = 0;
  for (const { bytes } of requests) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return {
    body,
    sizes: requests.map(({ bytes }) => bytes.length),
    paths: requests.map(({ path }) => path).join('\0'),
    temporaries: requests.map(({ temporary }) => temporary).join('\0'),
    mtimes: requests.map(({ mtime }) => mtime),
    runnable: requests.map(({ runnable }) => runnable),
  };
}

function outcomes({ digests, rows, bodies, errors }: HashAnswer, length: number): HashOutcome[] {
  const all: HashOutcome[] = [];
  let at = 0;
  for (let index = 0; index < length; index += 1) {
    const error = errors.get(index);
    if (error !== undefined) {
      all.push({ error: errorFrom(error) });
      continue;
    }
    const from = index * HASH_STRIDE;
    const end = at + Number(rows[from]) * DIGEST_LENGTH;
    all.push({ file: hashedFile(split(digests, at, end), rows, from, bodies.get(index)) });
    at = end;
  }
  return all;
}

function split(digests: string, from: number, to: number): string[] {
  const parts: string[] = [];
  for (let at = from; at < to; at += DIGEST_LENGTH) parts.push(digests.slice(at, at + DIGEST_LENGTH));
  return parts;
}

/** `from` is where the file's row begins; a view of it, or its iterator, would cost more than all the rest. */
function hashedFile(
  hashes: readonly string[],
  rows: BigInt64Array,
  from: number,
  body: Uint8Array | undefined,
): HashedFile {
  const file = {
    hashes,
    size: Number(rows[from + 1] ?? 0n),
    mtimeNs: rows[from + 2] ?? 0n,
    ctimeNs: rows[from + 3] ?? 0n,
    mode: Number(rows[from + 4] ?? 0n),
    startedNs: rows[from + 5] ?? 0n,
  };
  return body === undefined ? file : { ...file, body };
}

/** Names the files that a dead thread had in hand: one of them may be why it died. */
function threadError(error: unknown, paths: readonly string[]): unknown {
  if (!(error instanceof ThreadFailure)) return error;
  const named = paths.slice(0, 3).map((path) => JSON.stringify(path));
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return new StorageError(
    'LocalIo',
    `a hashing thread failed while it worked on ${named.join(', ')}${more}`,
    {
      operation: 'hash',
      ...(paths[0] !== undefined && { path: paths[0] }),
      cause: error.cause,
    },
  );
}
