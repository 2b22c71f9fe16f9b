/** The second half of every upload: from digests to confirmed objects. */
import type { HashedEntry } from '../model/file-item.js';
import type { SettledUnit } from '../model/upload-unit.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { existenceCheck, StaleCacheError } from '../stages/existence-check.js';
import { splitObjects } from '../stages/split-objects.js';
import { transfer } from '../stages/transfer.js';
import type { Store } from './open-store.js';
import type { PresetOptions } from './preset-options.js';
import { casOf, forgetStore, presenceCache, rememberIn } from './store-calls.js';

/** Chunk, existence check, transfer. */
export function uploadObjects(
  files: Pipeline<HashedEntry>,
  store: Store,
  options: PresetOptions,
  chunkSizeBytes: number | undefined,
): Pipeline<SettledUnit> {
  const cas = casOf(store, options);
  const cache = presenceCache(store, options);
  const remember = rememberIn(store, options);
  const concurrency = options.concurrency === undefined ? {} : { concurrency: options.concurrency };
  return files
    .through(splitObjects(chunkSizeBytes !== undefined && chunkSizeBytes > 0 ? { chunkSizeBytes } : {}))
    .through(existenceCheck(cas.head, { ...concurrency, ...(cache && { cache }) }))
    .through(transfer(cas.put, { ...concurrency, head: cas.head, ...(remember && { remember }) }));
}

/**
 * Runs an upload; where the sample shows that the check cache is out of date, the cache
 * forgets the store and the upload runs again without its word (spec/storage.md 3.5).
 */
export async function healingStaleCache<R>(
  store: Store,
  options: PresetOptions,
  run: (options: PresetOptions) => Promise<R>,
): Promise<R> {
  const steady = withSteadyProgress(options);
  try {
    return await run(steady);
  } catch (error) {
    if (!(error instanceof StaleCacheError)) throw error;
    options.log?.('warning', 'the check cache was out of date and is reset: every object is checked again', {
      hash: error.hash,
    });
    if (options.checkCache) await forgetStore(store, options.checkCache);
    return run({ ...steady, cacheCheck: 'force' });
  }
}

/** Progress that does not go back when the upload begins again (spec/storage.md 3.6). */
function withSteadyProgress(options: PresetOptions): PresetOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  const peaks = { overallCompleted: 0, overallTotal: 0, overallBytes: 0, overallTotalBytes: 0 };
  return {
    ...options,
    onProgress: (progress) => {
      for (const name of Object.keys(peaks) as (keyof typeof peaks)[])
        peaks[name] = Math.max(peaks[name], progress[name]);
      return onProgress({ ...progress, ...peaks });
    },
  };
}
