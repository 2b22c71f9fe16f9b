/**
 * Lists one directory in batches, so that a directory of a million names is never held.
 * Below the walk; knows no filter and no stat.
 */
import { type Dir, type Dirent, opendir } from 'node:fs';

/** Names asked of the system at once. */
const BATCH_NAMES = 1024;

export interface ListOptions {
  /** Names that may be held at once. */
  readonly limit: number;
  /** Takes what is not a directory, batch by batch, of a directory with at least `limit` names; its promise slows the listing. */
  readonly spill: (entries: readonly Dirent[]) => Promise<void>;
  /** True: the rest is not wanted any more. */
  readonly stopped: () => boolean;
}

/** {@link listDirectory}, or what stands in for it. */
export type ListDirectory = (path: string, options: ListOptions) => Promise<readonly Dirent[]>;

/**
 * The entries of a directory; of a large one only its directories, for the rest was spilled.
 * The handle is closed when the promise settles. Rejects with the system's error.
 */
export async function listDirectory(path: string, options: ListOptions): Promise<readonly Dirent[]> {
  const dir = await open(path);
  try {
    const entries = await read(dir, options.limit, options.stopped);
    return entries.length < options.limit ? entries : await spillAll(dir, entries, options);
  } finally {
    await close(dir);
  }
}

async function spillAll(
  dir: Dir,
  first: readonly Dirent[],
  { spill, stopped }: ListOptions,
): Promise<readonly Dirent[]> {
  const directories: Dirent[] = [];
  let entries = first;
  while (entries.length > 0 && !stopped()) {
    for (const entry of entries) if (entry.isDirectory()) directories.push(entry);
    await spill(entries.filter((entry) => !entry.isDirectory()));
    entries = await read(dir, BATCH_NAMES, stopped);
  }
  return directories;
}

function open(path: string): Promise<Dir> {
  return new Promise((resolve, reject) => {
    opendir(path, { bufferSize: BATCH_NAMES }, (error, dir) => (error ? reject(error) : resolve(dir)));
  });
}

/** Up to `count` entries; none at the end. */
function read(dir: Dir, count: number, stopped: () => boolean): Promise<Dirent[]> {
  return new Promise((resolve, reject) => {
    const entries: Dirent[] = [];
    // The callback form: a promise per name costs three times as much.
    const next = (): void => {
      dir.read((error, entry) => {
        if (error) return reject(error);
        if (entry !== null) entries.push(entry);
        if (entry === null || entries.length >= count || stopped()) resolve(entries);
        else next();
      });
    };
    next();
  });
}

/** What was read stays good when the handle cannot be closed. */
function close(dir: Dir): Promise<void> {
  return new Promise((resolve) => dir.close(() => resolve()));
}
