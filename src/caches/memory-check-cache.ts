/** A check cache for one process, without a file: for tests and for programs that run once. */
import type { CheckCache } from './ports.js';
import { DEFAULT_TTL_DAYS, judgeSeen } from './seen-time.js';

export interface MemoryCheckCacheOptions {
  /** Days for which a key counts as seen. Default: {@link DEFAULT_TTL_DAYS}. */
  readonly ttlDays?: number;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
}

export function memoryCheckCache({
  ttlDays = DEFAULT_TTL_DAYS,
  now = Date.now,
}: MemoryCheckCacheOptions = {}): CheckCache {
  const seen = new Map<string, number>();
  return {
    lookup: async (keys) => keys.map((key) => judgeSeen(seen.get(key), now() / 1000, ttlDays) === 'hit'),
    store: (keys) => {
      for (const key of keys) seen.set(key, now() / 1000);
    },
    reset: async (prefix) => {
      for (const key of seen.keys()) if (key.startsWith(prefix)) seen.delete(key);
    },
    flush: async () => {},
    close: async () => {},
  };
}
