/**
 * What a directory store holds, asked in batches. A look at a file costs 3 microseconds in a thread and ten
 * times that as a call of its own; a listing with sizes would have to look at every file, those of strangers too.
 */
import type { CasStore } from '../backends/bind-cas.js';
import type { HashPool } from '../hashing/ports.js';
import { isDigest } from '../model/hash-text.js';
import { HASH_ALG } from '../model/manifest.js';
import type { HeadMany } from '../stages/existence-check.js';

/** Objects that the store is asked about one by one: no thread is started for a few. */
const ONE_BY_ONE = 256;
const SUFFIX = `.${HASH_ALG}`;

/**
 * Sizes of the objects in `directory`. The store itself answers for the first ones, so that it can
 * refuse its folder, and for what is no digest, no plain file, or cannot be looked at.
 */
export function directorySizes(
  directory: string,
  cas: Pick<CasStore, 'head'>,
  pool: Pick<HashPool, 'sizes'>,
): HeadMany {
  let asked = 0;
  const ask = async (hash: string, signal: AbortSignal): Promise<number | undefined> =>
    (await cas.head(hash, signal))?.size;
  return async (hashes, signal) => {
    asked += hashes.length;
    if (asked <= ONE_BY_ONE) return Promise.all(hashes.map((hash) => ask(hash, signal)));
    const sizes = hashes.every(isDigest)
      ? await pool.sizes(directory, hashes, { suffix: SUFFIX, signal })
      : await pool.sizes(directory, hashes.map(nameOf), { signal });
    const found = hashes.map((_, index) => known(sizes[index]));
    // Few, so that the others cost no promise each.
    for (let index = 0; index < hashes.length; index += 1) {
      if (Number.isNaN(sizes[index])) found[index] = await ask(hashes[index] as string, signal);
    }
    return found;
  };
}

/** A text that is no digest must not become a path; the folder stands for it, and is no plain file. */
function nameOf(hash: string): string {
  return isDigest(hash) ? hash + SUFFIX : '.';
}

function known(size = Number.NaN): number | undefined {
  return size >= 0 ? size : undefined;
}
