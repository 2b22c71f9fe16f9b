/** What both SQLite caches are opened with. */
import { isAbsolute, join } from 'node:path';
import { StorageError } from '../model/errors.js';
import type { CacheKind, ThreadJob } from './cache-messages.js';
import { CACHE_FILES } from './schema.js';
import { DEFAULT_TTL_DAYS } from './seen-time.js';
import { type CacheWarn, ThreadClient } from './thread-client.js';
import { workerUrl } from './worker-url.js';

export interface SqliteCacheOptions {
  /** Absolute directory of the cache files; created with mode 0700 when missing. */
  readonly dir: string;
  /** Told once when the cache, or part of it, cannot be used. Default: nobody is told. */
  readonly warn?: CacheWarn;
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number;
  /** How long to wait for another process's lock. Default: {@link SQLITE_CACHE_DEFAULTS}. */
  readonly busyTimeoutMs?: number;
  /** Look up only: nothing is written, and a file that is not there knows nothing. Default false. */
  readonly readOnly?: boolean;
  /** The compiled code of the thread, for programs that are bundled into one file. */
  readonly threadFile?: URL;
}
export const SQLITE_CACHE_DEFAULTS = { busyTimeoutMs: 5000, ttlDays: DEFAULT_TTL_DAYS } as const;

/** Starts nothing yet: the thread starts with the first call. */
export function threadClient(
  kind: CacheKind,
  options: SqliteCacheOptions,
  job: Partial<Pick<ThreadJob, 'bucketPrefix' | 'ttlDays'>> = {},
): ThreadClient {
  const { dir, warn = () => {}, readOnly = false } = options;
  const { busyTimeoutMs = SQLITE_CACHE_DEFAULTS.busyTimeoutMs } = options;
  if (!isAbsolute(dir))
    throw new StorageError('InvalidConfig', `dir: must be absolute, not ${JSON.stringify(dir)}`);
  const threadFile = options.threadFile ?? workerUrl('sqlite-thread.js', import.meta.url);
  const nowSeconds = (options.now ?? Date.now)() / 1000;
  const common = { kind, file: join(dir, CACHE_FILES[kind]), nowSeconds, busyTimeoutMs, readOnly };
  const rest = { bucketPrefix: '', ttlDays: SQLITE_CACHE_DEFAULTS.ttlDays, ...job };
  return new ThreadClient(threadFile, { ...common, ...rest }, warn);
}
