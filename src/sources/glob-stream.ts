/**
 * Every entry below a directory, through fast-glob over a file system adapter of our own:
 * names come from batched listings, links are not followed, a directory above
 * `LARGE_DIRECTORY_NAMES` leaves fast-glob and is streamed, and no directory is listed
 * while the consumer is behind. Knows no stat and no policy.
 */
import type { Dirent } from 'node:fs';
import { resolve } from 'node:path';
import { disguise, reveal } from './line-breaks.js';
import { type ListDirectory, listDirectory } from './list-directory.js';
import { Outbox } from './outbox.js';

/** Loaded with the first walk: a command that names files walks nothing. */
type FastGlob = typeof import('fast-glob');

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
  /** Default {@link LARGE_DIRECTORY_NAMES}. */
  readonly largeDirectoryNames?: number;
  /** Default: one directory after the other, by the event loop's own threads. */
  readonly list?: ListDirectory;
}

/** fast-glob knows no backpressure: with so many entries waiting, no further directory is listed. */
const WAITING_ENTRIES = 4 * 1024;
const BATCH_ENTRIES = 1024;
/** Listings that are asked for together can be answered together. */
const LISTINGS_AT_ONCE = 16;

/** What fast-glob takes for the root, because it would turn backslashes of the real one into slashes. */
const VIRTUAL_ROOT = resolve('/');

/**
 * Entries below `root` in batches, in no promised order; ends early when `signal` aborts.
 * No directory is open any more when it has ended, early or not.
 */
export async function* globStream(
  root: string,
  options: GlobStreamOptions,
): AsyncGenerator<readonly Listed[]> {
  const { default: fastGlob } = await import('fast-glob');
  const listing = new TreeListing(root, options);
  const stop = (): void => listing.outbox.close();
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  try {
    listing.start(fastGlob);
    for (let some = await listing.outbox.take(); some; some = await listing.outbox.take()) {
      for (let from = 0; from < some.length && !options.signal.aborted; from += BATCH_ENTRIES) {
        yield some.slice(from, from + BATCH_ENTRIES);
      }
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    await listing.stop();
  }
}

/** One walk by fast-glob, and the listings that it has asked for. */
class TreeListing {
  readonly outbox = new Outbox<Listed>(WAITING_ENTRIES);
  readonly #pending = new Set<Promise<void>>();
  #stream: NodeJS.ReadableStream & { destroy?: () => void } = EMPTY_STREAM;

  constructor(
    readonly root: string,
    readonly options: GlobStreamOptions,
  ) {}

  start(fastGlob: FastGlob): void {
    this.#stream = fastGlob.stream('**', {
      cwd: VIRTUAL_ROOT,
      dot: true,
      objectMode: true,
      onlyFiles: false,
      followSymbolicLinks: false,
      concurrency: LISTINGS_AT_ONCE,
      unique: false, // would remember every path of the tree
      fs: { readdir: this.#readdir as never },
    });
    this.#stream.on('data', (entry) => this.outbox.push(trueEntry(entry as unknown as Listed)));
    this.#stream.on('end', () => this.outbox.end());
    this.#stream.on('error', (error) => this.outbox.fail(error));
  }

  /** Drops what waits and resolves when no directory is open. */
  async stop(): Promise<void> {
    this.outbox.close();
    await Promise.all(this.#pending);
    this.#stream.destroy?.();
  }

  readonly #readdir = (
    path: string,
    _options: unknown,
    done: (error: Error | null, entries: Dirent[]) => void,
  ): void => {
    if (this.outbox.closed) return; // unanswered, fast-glob asks for nothing more
    const listing = this.#list(reveal(path.slice(VIRTUAL_ROOT.length)))
      .catch((error: unknown): Dirent[] => {
        this.outbox.fail(error);
        return [];
      })
      .then((entries) => {
        this.#pending.delete(listing);
        if (!this.outbox.closed) done(null, entries);
      });
    this.#pending.add(listing);
  };

  async #list(here: string): Promise<Dirent[]> {
    if (here !== '' && this.options.prune(here)) return [];
    await this.outbox.room();
    if (this.outbox.closed) return [];
    try {
      const { list = listDirectory } = this.options;
      const entries = await list(joinPath(this.root, here), {
        limit: this.options.largeDirectoryNames ?? LARGE_DIRECTORY_NAMES,
        spill: (some) => this.#spill(here, some),
        stopped: () => this.outbox.closed,
      });
      return this.#pass(here, entries);
    } catch (error) {
      this.options.onUnlistable(here, error as Error);
      return [];
    }
  }

  /** Only directories go through fast-glob, which would make six objects of every file; the rest is passed on at once. */
  #pass(here: string, entries: readonly Dirent[]): Dirent[] {
    const directories: Dirent[] = [];
    for (const dirent of entries) {
      if (dirent.isDirectory()) directories.push(disguise(dirent));
      else this.outbox.push({ path: joinRelative(here, dirent.name), dirent });
    }
    return directories;
  }

  async #spill(here: string, entries: readonly Dirent[]): Promise<void> {
    this.#pass(here, entries);
    await this.outbox.room();
  }
}

const EMPTY_STREAM = { destroy: () => {} } as unknown as NodeJS.ReadableStream;

function trueEntry({ path, dirent }: Listed): Listed {
  return { path: reveal(path), dirent };
}

/** `path` below `prefix`, both relative; either may be empty. */
export function joinRelative(prefix: string, path: string): string {
  if (prefix === '' || path === '') return prefix + path;
  return `${prefix}/${path}`;
}

/** `relative` below `root`, which may be `/`. */
export function joinPath(root: string, relative: string): string {
  if (relative === '') return root;
  return root === '/' ? `/${relative}` : `${root}/${relative}`;
}
