/**
 * Lists directories through a pool of threads, many per message, with the `lstat` of every
 * regular file. In the walk it takes the place of listings and looks one by one; a
 * directory above the limit is left to those.
 */
import type { Dirent } from 'node:fs';
import type { HashPool, ListOutcome, ENTRY_KIND as PORT_KIND } from '../hashing/ports.js';
import { type ListDirectory, listDirectory } from './list-directory.js';

/** As the port numbers them; the compiler keeps the two equal. */
const ENTRY_KIND: typeof PORT_KIND = { other: 0, file: 1, directory: 2, link: 3 };

/** An entry of a pooled listing: as much of a `Dirent` as a walk needs, and where its `lstat` is. */
export class PooledEntry {
  constructor(
    readonly name: string,
    readonly kind: number,
    /** Columns of the listing; the entry's numbers begin at `at`. */
    readonly rows: BigInt64Array,
    readonly at: number,
    /** errno name, where `lstat` failed. */
    readonly errno: string | undefined,
  ) {}

  isFile(): boolean {
    return this.kind === ENTRY_KIND.file;
  }

  isDirectory(): boolean {
    return this.kind === ENTRY_KIND.directory;
  }

  isSymbolicLink(): boolean {
    return this.kind === ENTRY_KIND.link;
  }
}

interface Waiting {
  readonly path: string;
  readonly resolve: (outcome: ListOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Directories in one message at most. */
const MESSAGE_DIRECTORIES = 32;

/** Listings by `pool`. Those asked for in one turn of the event loop travel together. */
export function pooledListing(pool: Pick<HashPool, 'list'>, stride: number): ListDirectory {
  let waiting: Waiting[] = [];
  const send = (batch: readonly Waiting[], limit: number): void => {
    pool
      .list(
        batch.map(({ path }) => path),
        limit,
      )
      .then(
        (outcomes) => {
          for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as ListOutcome);
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error);
        },
      );
  };
  const ask = (path: string, limit: number): Promise<ListOutcome> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) {
        setImmediate(() => {
          const all = waiting;
          waiting = [];
          for (let at = 0; at < all.length; at += MESSAGE_DIRECTORIES)
            send(all.slice(at, at + MESSAGE_DIRECTORIES), limit);
        });
      }
      waiting.push({ path, resolve, reject });
    });
  return async (path, options) => {
    const outcome = await ask(path, options.limit);
    if ('tooLarge' in outcome) return listDirectory(path, options);
    if ('errno' in outcome)
      throw Object.assign(new Error(`${outcome.errno}: opendir`), { code: outcome.errno });
    const { names, kinds, rows, unseen } = outcome;
    return names.map(
      (name, index) =>
        new PooledEntry(
          name,
          kinds[index] ?? 0,
          rows,
          index * stride,
          unseen.get(index),
        ) as unknown as Dirent,
    );
  };
}
