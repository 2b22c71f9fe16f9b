/** Submissions with the two caches as files in a directory, for tests of what becomes of them. */
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import type { PresetOptions } from '../../src/presets/preset-options.js';
import type { Store } from '../../src/presets/store.js';
import { type SubmitResult, submitTree } from '../../src/presets/submit-tree.js';
import { warnings } from '../support/cache-records.js';

export const CACHE_FILES = ['hash_cache.db', 's3_check_cache.db'] as const;

/** Forty files with contents of their own. */
export const FORTY = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`d${index % 3}/${index}.txt`, `content ${index}`]),
);

/** A submission with both caches in `dir`, and what they said. */
export async function submitWith(
  dir: string,
  request: PresetOptions & { readonly store: Store; readonly root: string },
  busyTimeoutMs = 50,
): Promise<SubmitResult & { readonly messages: readonly string[] }> {
  const { messages, warn } = warnings();
  const hashCache = openHashCache({ dir, warn, busyTimeoutMs });
  const checkCache = openCheckCache({ dir, warn, busyTimeoutMs });
  try {
    return { ...(await submitTree({ hashCache, checkCache, ...request })), messages };
  } finally {
    await Promise.all([hashCache.close(), checkCache.close()]);
  }
}
