/**
 * What a directory store holds, asked in batches. A look at a file costs 3 microseconds when
 * it is made in place, ten times that as a call of its own, and twice that through a
 * thread; a listing with sizes would have to look at every file, those of strangers too.
 */
import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import type { CasStore } from '../backends/bind-cas.js';
import { HASH_ALG } from '../model/manifest.js';
import type { HeadMany } from '../stages/existence-check.js';

/** Files looked at between two glances at the clock. */
const SLICE = 64;
/** Two slices in a row that take longer are those of a remote disk, for which nobody may wait in place; one alone is a thread that was held up. */
const SLICE_MS = 5;
const DIGEST = /^[0-9a-f]{32}$/;
const QUIETLY = { throwIfNoEntry: false } as const;

/**
 * Sizes of the objects in `directory`. The store itself answers for the first, so that it can
 * refuse its folder, for what is no plain file or cannot be looked at, and where that is slow.
 */
export function directorySizes(directory: string, cas: Pick<CasStore, 'head'>): HeadMany {
  let isFirst = true;
  const ask = async (hash: string, signal: AbortSignal): Promise<number | undefined> =>
    (await cas.head(hash, signal))?.size;
  return async (hashes, signal) => {
    const sizes: (number | undefined)[] = [];
    if (isFirst && hashes[0] !== undefined) sizes.push(await ask(hashes[0], signal));
    isFirst = false;
    for (let slow = 0; slow < 2 && sizes.length < hashes.length; ) {
      const slice = hashes.slice(sizes.length, sizes.length + SLICE);
      const startedMs = performance.now();
      const seen = slice.map((hash) => sizeAt(directory, hash));
      slow = performance.now() - startedMs > SLICE_MS ? slow + 1 : 0;
      for (const [index, size] of seen.entries())
        sizes.push(size === 'unclear' ? await ask(slice[index] as string, signal) : size);
    }
    const rest = hashes.slice(sizes.length).map((hash) => ask(hash, signal));
    return [...sizes, ...(await Promise.all(rest))];
  };
}

function sizeAt(directory: string, hash: string): number | undefined | 'unclear' {
  if (!DIGEST.test(hash)) return 'unclear';
  try {
    const found = lstatSync(`${directory}${sep}${hash}.${HASH_ALG}`, QUIETLY);
    if (found === undefined) return undefined;
    return found.isFile() ? found.size : 'unclear';
  } catch {
    return 'unclear';
  }
}
