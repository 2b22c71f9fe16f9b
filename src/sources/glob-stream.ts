/**
 * Every entry below a directory, through fast-glob over a file system adapter of our own:
 * names come from batched listings, links are not followed, and a directory above
 * `LARGE_DIRECTORY_NAMES` leaves fast-glob and is streamed. Knows no stat and no policy.
 */

import { once } from 'node:events';
import type { Dir, Dirent } from 'node:fs';
import fastGlob from 'fast-glob';
import { disguise, reveal } from './line-breaks.js';
import { listDirectory, restOfDirectory } from './list-directory.js';

/** Names of one directory that may be held at once. */
export const LARGE_DIRECTORY_NAMES = 100_000;

/** An entry as listed. */
export interface Listed {
  /** Relative to the directory that is walked, `/` between the components. */
  readonly path: string;
  readonly dirent: Dirent;
}

export interface GlobStreamOptions {
  /** True: the directory at this relative path is not entered. */
  readonly prune: (path: string) => boolean;
  /** A directory could not be listed; throwing ends the walk. */
  readonly onUnlistable: (path: string, error: Error) => void;
  readonly signal: AbortSignal;
}

/** Entries below `root` in batches, in no promised order; ends early when `signal` aborts. */
export async function* globStream(
  root: string,
  options: GlobStreamOptions,
): AsyncGenerator<readonly Listed[]> {
  const queue: string[] = [''];
  for (let prefix = queue.pop(); prefix !== undefined; prefix = queue.pop()) {
    const large: { path: string; dir: Dir }[] = [];
    yield* walkOnce(root, prefix, large, options);
    for (const { path, dir } of large) yield* streamLarge(path, dir, queue, options);
  }
}

const BATCH_ENTRIES = 1024;

/** One fast-glob walk; directories that turn out to be large are put aside. */
async function* walkOnce(
  root: string,
  prefix: string,
  large: { path: string; dir: Dir }[],
  options: GlobStreamOptions,
): AsyncGenerator<readonly Listed[]> {
  const cwd = joinPath(root, prefix);
  const relative = (absolute: string): string => absolute.slice(root === '/' ? 1 : root.length + 1);
  let fatal: unknown;
  const readdir = (
    path: string,
    _options: unknown,
    done: (error: Error | null, entries: Dirent[]) => void,
  ): void => {
    const absolute = reveal(path);
    const here = relative(absolute);
    const skip = options.signal.aborted || fatal !== undefined || (here !== prefix && options.prune(here));
    if (skip) {
      done(null, []);
      return;
    }
    listDirectory(absolute, LARGE_DIRECTORY_NAMES, (error, listing) => {
      try {
        if (error) options.onUnlistable(here, error);
      } catch (refused) {
        fatal = refused;
      }
      if (listing?.rest) large.push({ path: here, dir: listing.rest });
      done(null, (listing?.entries ?? []).map(disguise));
    });
  };
  const stream = fastGlob.stream('**', {
    cwd,
    dot: true,
    objectMode: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    unique: false, // would remember every path of the tree
    fs: { readdir: readdir as never },
  });
  yield* batches(stream as unknown as NodeJS.ReadStream, prefix, options.signal);
  if (fatal !== undefined) throw fatal;
}

/** What is readable at once forms a batch: a promise per batch instead of one per entry. */
async function* batches(
  stream: NodeJS.ReadableStream & { destroy?: () => void },
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Listed[]> {
  const state = { ended: false };
  let failed: unknown;
  stream.on('end', () => {
    state.ended = true;
  });
  stream.on('error', (error) => {
    failed = error;
    state.ended = true;
  });
  let batch: Listed[] = [];
  try {
    while (!signal.aborted) {
      const entry = stream.read() as unknown as Listed | null;
      if (entry !== null) batch.push(trueEntry(entry, prefix));
      if (batch.length > 0 && (entry === null || batch.length >= BATCH_ENTRIES)) {
        yield batch;
        batch = [];
      } else if (entry === null) {
        if (state.ended) break;
        await Promise.race([once(stream, 'readable'), once(stream, 'end'), once(stream, 'close')]).catch(
          () => {},
        );
      }
    }
  } finally {
    stream.destroy?.();
  }
  if (failed !== undefined) throw failed;
}

function trueEntry({ path, dirent }: Listed, prefix: string): Listed {
  const revealed = reveal(path);
  return { path: prefix === '' ? revealed : `${prefix}/${revealed}`, dirent };
}

/** The rest of a large directory; directories in it are walked by fast-glob again. */
async function* streamLarge(
  path: string,
  dir: Dir,
  queue: string[],
  options: GlobStreamOptions,
): AsyncGenerator<readonly Listed[]> {
  for await (const entries of restOfDirectory(dir)) {
    if (options.signal.aborted) return;
    const listed = entries.map((dirent) => ({
      path: path === '' ? dirent.name : `${path}/${dirent.name}`,
      dirent,
    }));
    for (const { path: below, dirent } of listed) {
      if (dirent.isDirectory() && !options.prune(below)) queue.push(below);
    }
    yield listed;
  }
}

/** `relative` below `root`, which may be `/`. */
export function joinPath(root: string, relative: string): string {
  if (relative === '') return root;
  return root === '/' ? `/${relative}` : `${root}/${relative}`;
}
