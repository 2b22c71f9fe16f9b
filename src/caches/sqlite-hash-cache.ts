/**
 * The hash cache in `{dir}/hash_cache.db`, shared with the Python tools (spec/storage.md 5.1 to
 * 5.3, 5.5). This file turns calls into messages; what they do is in hash-tables.ts.
 */

import { type HashLookup, type HashStore, RANGE_STRIDE, TIME_STRIDE } from './cache-messages.js';
import { type SqliteCacheOptions, threadClient } from './cache-options.js';
import { isStorable, isUsableRange } from './hash-rules.js';
import { joined, parted } from './joined.js';
import type { HashCache, HashQuery, HashRecord } from './ports.js';
import { inBatches, WriteBatches } from './write-batches.js';

/**
 * Opens the hash cache; nothing is read, created or loaded before the first call.
 *
 * - Errors: none while it runs. A file that cannot be used makes every answer "not known" and is
 *   told to `warn` once. `StorageError` `InvalidConfig` for a relative `dir`, at once.
 * - Rows are written in transactions of 500 or after 250 ms; files too young to be trusted are left out.
 */
export function openHashCache(options: SqliteCacheOptions): HashCache {
  const client = threadClient('hash', options);
  const now = options.now ?? Date.now;
  const batches = new WriteBatches<HashRecord>((rows) => {
    void client.call('hash-store', {
      ...columns(rows, now()),
      hashes: joined(rows.map(({ hash }) => hash)),
    } satisfies HashStore);
  });
  const lookup = async (queries: readonly HashQuery[]): Promise<readonly (string | undefined)[]> => {
    const answer = (await client.call('hash-lookup', columns(queries, now()))) as string | undefined;
    const hashes = answer === undefined ? [] : parted(answer);
    return queries.map((query, i) => (isUsableRange(query) && hashes[i] ? hashes[i] : undefined));
  };
  return {
    lookup: async (queries) => (await Promise.all(inBatches(queries).map(lookup))).flat(),
    prepare: () => void client.call('flush'),
    store: (records) => batches.add(records.filter(isStorable)),
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

function columns(queries: readonly HashQuery[], nowMs: number): HashLookup {
  const count = queries.length;
  const numbers = new Float64Array(count * RANGE_STRIDE);
  const times = new BigInt64Array(count * TIME_STRIDE);
  queries.forEach(({ rangeStart, rangeEnd, size, mtimeNs, ctimeNs }, i) => {
    numbers[i * RANGE_STRIDE] = rangeStart;
    numbers[i * RANGE_STRIDE + 1] = rangeEnd;
    numbers[i * RANGE_STRIDE + 2] = size;
    times[i * TIME_STRIDE] = mtimeNs;
    times[i * TIME_STRIDE + 1] = ctimeNs;
  });
  const paths = joined(queries.map(({ path }) => path));
  return { paths, numbers, times, nowSeconds: nowMs / 1000 };
}
