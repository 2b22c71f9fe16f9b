/**
 * What is known of paths, links followed, for the length of one run
 * (spec/files-and-submission.md 1.4). Never reused for another run, and never asked for the
 * second look at a file that is being hashed. Lists nothing.
 */
import { type BigIntStats, promises as fs } from 'node:fs';
import { floorMicroseconds } from '../model/file-item.js';
import { errnoOf, localIoError } from '../model/local-io.js';

/** Of a link all but `isSymlink` is its target's; a broken link has size 0, and its own mode and times. */
export interface FileStat {
  /** Bytes. */
  readonly size: number;
  readonly mtimeUs: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly isDir: boolean;
  readonly isSymlink: boolean;
  readonly mode: number;
}

export interface StatCacheOptions {
  /** Paths that are remembered; of more, the one that was asked about longest ago is forgotten. */
  readonly paths?: number;
}
export const STAT_CACHE_DEFAULTS: Required<StatCacheOptions> = { paths: 1024 };

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

/** Whether nothing is behind a link. */
export function isBroken({ mode }: FileStat): boolean {
  return (mode & S_IFMT) === S_IFLNK;
}

/** Whether it is a regular file: no directory, broken link, socket, FIFO or device. */
export function isRegular({ mode }: FileStat): boolean {
  return (mode & S_IFMT) === S_IFREG;
}

/**
 * Asks the system once about each path, also when several ask at a time, and remembers that
 * there is nothing. Rejects with `PathTooLong`, `FileUnreadable` and the like, which are not
 * remembered.
 */
export class StatCache {
  readonly #limit: number;
  /** In the order in which they were asked about last. */
  readonly #known = new Map<string, Promise<FileStat | undefined>>();

  constructor(options: StatCacheOptions = {}) {
    this.#limit = { ...STAT_CACHE_DEFAULTS, ...options }.paths;
  }

  /** `undefined` where nothing has the name. */
  stat(path: string): Promise<FileStat | undefined> {
    const known = this.#known.get(path);
    this.#known.delete(path);
    const answer = known ?? this.#ask(path);
    this.#known.set(path, answer);
    if (this.#known.size > this.#limit) this.#forgetOldest();
    return answer;
  }

  /** False for a broken link. */
  async exists(path: string): Promise<boolean> {
    const found = await this.stat(path);
    return found !== undefined && !isBroken(found);
  }

  async isDir(path: string): Promise<boolean> {
    return (await this.stat(path))?.isDir ?? false;
  }

  async isSymlink(path: string): Promise<boolean> {
    return (await this.stat(path))?.isSymlink ?? false;
  }

  async size(path: string): Promise<number | undefined> {
    return (await this.stat(path))?.size;
  }

  async mtimeUs(path: string): Promise<number | undefined> {
    return (await this.stat(path))?.mtimeUs;
  }

  clear(): void {
    this.#known.clear();
  }

  #ask(path: string): Promise<FileStat | undefined> {
    const answer = look(path);
    answer.catch(() => {
      if (this.#known.get(path) === answer) this.#known.delete(path);
    });
    return answer;
  }

  #forgetOldest(): void {
    for (const path of this.#known.keys()) {
      this.#known.delete(path);
      return;
    }
  }
}

async function look(path: string): Promise<FileStat | undefined> {
  try {
    const own = await present(fs.lstat(path, { bigint: true }));
    if (!own?.isSymbolicLink()) return own && statOf(own, false);
    const target = await present(fs.stat(path, { bigint: true }));
    return target ? statOf(target, true) : { ...statOf(own, true), size: 0 };
  } catch (error) {
    throw localIoError(error, { operation: 'stat', path, side: 'source' });
  }
}

/** `undefined` for what is not there; a link that leads to itself leads nowhere. */
async function present(stat: Promise<BigIntStats>): Promise<BigIntStats | undefined> {
  try {
    return await stat;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return undefined;
    throw error;
  }
}

function statOf(stat: BigIntStats, isSymlink: boolean): FileStat {
  const { size, mtimeNs, ctimeNs, mode } = stat;
  return {
    ...{ size: Number(size), mtimeUs: floorMicroseconds(mtimeNs), mtimeNs, ctimeNs },
    ...{ isDir: stat.isDirectory(), isSymlink, mode: Number(mode) },
  };
}
