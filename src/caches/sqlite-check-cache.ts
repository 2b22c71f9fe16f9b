/**
 * The S3 check cache in `{dir}/s3_check_cache.db`, shared with the Python tools (spec/storage.md
 * 5.1, 5.2, 5.4, 5.5). This file turns calls into messages; what they do is in check-table.ts.
 */

import { StorageError } from '../model/errors.js';
import type { CheckBatch } from './cache-messages.js';
import { SQLITE_CACHE_DEFAULTS, type SqliteCacheOptions, threadClient } from './cache-options.js';
import { joined } from './joined.js';
import type { CheckCache } from './ports.js';
import { inBatches, WriteBatches } from './write-batches.js';

export interface SqliteCheckCacheOptions extends SqliteCacheOptions {
  /** Days for which a key counts as seen; less for buckets whose lifecycle rules delete sooner. Default: {@link SQLITE_CACHE_DEFAULTS}. */
  readonly ttlDays?: number;
  /** `{bucket}/`: expired rows below it are pruned, at most once a day. Default: those of every bucket. */
  readonly bucketPrefix?: string;
}

/**
 * Opens the check cache; nothing is read, created or loaded before the first call.
 *
 * - Errors: as of `openHashCache`; `InvalidConfig` also for a `ttlDays` that is not above zero.
 * - A reset that cannot delete its rows, for a read-only file, ends the use of the cache instead.
 */
export function openCheckCache(options: SqliteCheckCacheOptions): CheckCache {
  const { ttlDays = SQLITE_CACHE_DEFAULTS.ttlDays, bucketPrefix = '', now = Date.now } = options;
  if (!(ttlDays > 0)) throw new StorageError('InvalidConfig', `ttlDays: must be above zero, not ${ttlDays}`);
  const client = threadClient('check', options, { ttlDays, bucketPrefix });
  const batch = (keys: readonly string[]): CheckBatch => ({
    keys: joined(keys),
    nowSeconds: now() / 1000,
  });
  const batches = new WriteBatches<string>((keys) => void client.call('check-store', batch(keys)));
  const lookup = async (keys: readonly string[]): Promise<boolean[]> => {
    const seen = (await client.call('check-lookup', batch(keys))) as Uint8Array | undefined;
    return keys.map((_, i) => seen?.[i] === 1);
  };
  return {
    lookup: async (keys) => (await Promise.all(inBatches(keys).map(lookup))).flat(),
    prepare: () => void client.call('flush'),
    store: (keys) => batches.add(keys),
    reset: async (prefix) => {
      batches.flush();
      await client.call('check-reset', prefix);
    },
    flush: async () => {
      batches.flush();
      if (client.started) await client.call('flush');
    },
    close: async () => {
      batches.flush();
      await client.close();
    },
  };
}
