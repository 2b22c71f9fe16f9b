/** The calls that stages make, bound to a store, its policies and its check cache. */
import { join } from 'node:path';
import { withBandwidth } from '../backends/bandwidth.js';
import { bindCas, type CasStore } from '../backends/bind-cas.js';
import type { CheckCache } from '../caches/ports.js';
import { StorageError } from '../model/errors.js';
import { CAS_PREFIX } from '../model/s3-location.js';
import type { PresenceCache } from '../stages/existence-check.js';
import type { ObjectReader } from '../stages/fetch.js';
import { listedPresence } from './listed-presence.js';
import type { Store } from './open-store.js';
import type { PresetOptions } from './preset-options.js';
import { storedSizeMismatch } from './verify-parts.js';

/** The store as content-addressed one, behind the bandwidth limit where one is set. */
export function casOf(store: Store, { maxBandwidth }: PresetOptions): CasStore {
  if (maxBandwidth === undefined) return store.cas;
  return bindCas(withBandwidth(store.client, { bytesPerSecond: maxBandwidth, latencyMs: 0 }), store.location);
}

/** What may answer in place of the store: its own listing where it is a directory, else the check cache. */
export function presenceCache(store: Store, options: PresetOptions): PresenceCache | undefined {
  const cache = cachedPresence(store, options);
  if (store.directory === undefined || options.cacheCheck === 'force') return cache;
  return listedPresence(join(store.directory, store.location.casPrefix ?? CAS_PREFIX), cache);
}

/** The check cache as the existence check asks it: `force` believes nothing, but remembers what the store answers. */
function cachedPresence(store: Store, { checkCache, cacheCheck }: PresetOptions): PresenceCache | undefined {
  if (!checkCache || cacheCheck === 'off') return undefined;
  return {
    lookup: (hashes) =>
      cacheCheck === 'force'
        ? Promise.resolve(hashes.map(() => false))
        : checkCache.lookup(hashes.map((hash) => cacheKey(store, hash))),
    store: (hashes) => checkCache.store(hashes.map((hash) => cacheKey(store, hash))),
  };
}

/** Remembers an object that the store confirmed, also when the cache is not trusted in this run. */
export function rememberIn(
  store: Store,
  { checkCache, cacheCheck }: PresetOptions,
): ((hash: string) => void) | undefined {
  if (!checkCache || cacheCheck === 'off') return undefined;
  return (hash) => checkCache.store([cacheKey(store, hash)]);
}

/** Forgets everything about the objects of this store. */
export function forgetStore(store: Store, checkCache: CheckCache): Promise<void> {
  return checkCache.reset(cacheKey(store, ''));
}

/** `{bucket}/{key}`, as Python writes it; a store that is no bucket has its own scope in place of the bucket. */
function cacheKey(store: Store, hash: string): string {
  const key = store.cas.key(hash === '' ? '0' : hash);
  const full = `${store.cacheScope}/${key}`;
  return hash === '' ? full.slice(0, full.lastIndexOf('/') + 1) : full;
}

/** The store as the fetch stage reads it. */
export function readerOf(cas: CasStore): ObjectReader {
  return {
    get: async (hash, call) => (await cas.get(hash, call)).data,
    getRange: (hash, start, length, call) =>
      cas.getRange(hash, start, start + length - 1, call).catch(async (error: unknown) => {
        if (!(error instanceof StorageError && error.httpStatus === 416)) throw error;
        // The range begins behind the object's end: it is shorter than the manifest says.
        const stored = await cas.head(hash, call.signal);
        throw storedSizeMismatch(cas.key(hash), stored?.size ?? 0, start + length);
      }),
  };
}
