/**
 * Looks at the paths that a user names, outside of any pipeline: which are files, which
 * directories, and which files are below those. Decides nothing about what it finds.
 */
import type { HashPool } from '../hashing/ports.js';
import { STAT_STRIDE } from '../hashing/ports.js';
import { normalizeHostPath } from '../model/host-path-normal.js';
import { hostPathKey } from '../model/host-path-order.js';
import type { HostPaths } from '../model/paths.js';
import { fromPosix } from '../model/relative-host-path.js';
import { createContext, type OwnedContext } from '../pipeline/context.js';
import { CancelledError } from '../pipeline/errors.js';
import { onAbort } from '../pipeline/on-abort.js';
import type { Logger } from '../pipeline/types.js';
import { lookAhead } from '../sources/look-ahead.js';
import { pooledListing } from '../sources/pooled-listing.js';
import { type FileStat, StatCache } from '../sources/stat-cache.js';
import { type WalkOptions, walkTree } from '../sources/walk-tree.js';
import type { FileRow } from './entry-table.js';
import { hostFormat } from './host-format.js';
import { RealPaths } from './real-paths.js';

export interface SurveyOptions
  extends Pick<WalkOptions, 'filter' | 'leaveOut' | 'onUnreadable' | 'onSpecialFile'> {
  /** Absolute. Default: that of the process. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly log?: Logger;
}

/** A path as it was given, and what is there, links followed. */
export interface NamedPath {
  readonly given: string;
  /** Absolute and normal. */
  readonly path: string;
  /** Absent for what does not exist; a broken link is there. */
  readonly stat: FileStat | undefined;
}

/** What a walk asks of the threads. */
export type WalkPool = Pick<HashPool, 'stat' | 'list'>;

export interface FileTaker {
  /** A file, by its path as below the directory that was named. */
  readonly file: (path: string, row: FileRow) => void;
  /** A link that leads nowhere. Default: left out with a warning. */
  readonly brokenLink?: (path: string) => void;
}

export class PathSurvey {
  readonly format: HostPaths = hostFormat;
  readonly cwd: string;
  readonly stats = new StatCache();
  readonly realPaths = new RealPaths(this.stats);
  readonly #ctx: OwnedContext;

  constructor(readonly options: SurveyOptions) {
    this.cwd = options.cwd ?? process.cwd();
    this.#ctx = createContext(options.log ? { log: options.log } : {});
  }

  /** Runs `work`, which the caller's signal ends with `CancelledError`. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.options;
    const abort = (): void => this.#ctx.abort(signal?.reason);
    const forget = signal && onAbort(signal, abort);
    try {
      if (signal?.aborted) abort();
      this.throwIfCancelled();
      const result = await work();
      this.throwIfCancelled();
      return result;
    } finally {
      forget?.();
    }
  }

  throwIfCancelled(): void {
    const { aborted, reason } = this.#ctx.signal;
    if (aborted) throw new CancelledError('cancelled while the paths were looked at', { cause: reason });
  }

  absolute(path: string): string {
    return normalizeHostPath(path, this.format, this.cwd);
  }

  /** `paths`, each place once and empty ones dropped, with what is there. */
  async *named(paths: readonly string[]): AsyncGenerator<NamedPath> {
    const distinct = new Map<string, { readonly given: string; readonly path: string }>();
    for (const given of paths) {
      if (given === '') continue;
      const path = this.absolute(given);
      const key = hostPathKey(path, this.format);
      if (!distinct.has(key)) distinct.set(key, { given, path });
    }
    const look = async ({ given, path }: { given: string; path: string }): Promise<NamedPath> => {
      this.throwIfCancelled();
      return { given, path, stat: await this.stats.stat(path) };
    };
    yield* lookAhead(distinct.values(), look);
  }

  /** What a named file is known by once it is opened. */
  async row(path: string, { size, mtimeNs, ctimeNs, mode }: FileStat): Promise<FileRow> {
    return { sourcePath: await this.realPaths.of(path), size, mtimeNs, ctimeNs, mode };
  }

  /** Hands every wanted file below `directory` to `take`, in no promised order; the threads of `pool` look. Links to directories are not entered. */
  async walk(directory: string, pool: WalkPool, take: FileTaker): Promise<void> {
    const { filter, leaveOut, onUnreadable, onSpecialFile } = this.options;
    const { brokenLink } = take;
    const below = this.#joiner(directory);
    const source = walkTree(directory, {
      ...{ symlinks: 'collapse_files', linkEntries: false },
      ...(filter && { filter }),
      ...(leaveOut && { leaveOut }),
      ...(onUnreadable && { onUnreadable }),
      ...(onSpecialFile && { onSpecialFile }),
      ...(brokenLink && { onBrokenLink: (path) => brokenLink(below(path)) }),
      stat: (paths, call) => pool.stat(paths, call),
      list: pooledListing(pool, STAT_STRIDE),
    });
    for await (const entry of source(this.#ctx)) {
      this.throwIfCancelled();
      take.file(below(entry.path), entry);
    }
  }

  #joiner(directory: string): (relative: string) => string {
    const separator = this.format === 'windows' ? '\\' : '/';
    const prefix = directory.endsWith(separator) ? directory : `${directory}${separator}`;
    return (relative) => prefix + fromPosix(relative, this.format);
  }
}
