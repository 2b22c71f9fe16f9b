/** The calls that stages make, bound to a store, its policies and its check cache. */
import { join } from 'node:path';
import { withBandwidthLimit } from '../backends/bandwidth-limit.js';
import { bindCas, type CasStore } from '../backends/bind-cas.js';
import type { ObjectInfo } from '../backends/storage-client.js';
import type { CheckCache } from '../caches/ports.js';
import type { HashPool } from '../hashing/ports.js';
import { HASH_ALG } from '../model/manifest.js';
import { CAS_PREFIX, casFolder } from '../model/s3-location.js';
import type { HeadMany, ListObjects, PresenceCache } from '../stages/existence-check.js';
import type { ObjectReader } from '../stages/fetch.js';
import { attemptOf } from './presence-attempt.js';
import { directorySizes } from './presence-sizes.js';
import type { PresetOptions } from './preset-options.js';
import type { Store } from './store.js';

/** The store as content-addressed one, at the bandwidth limit where one is set. A store that paces itself does it part by part. */
export function casOf(store: Store, { maxBandwidth }: PresetOptions): CasStore {
  if (maxBandwidth === undefined) return store.cas;
  const rates = { up: maxBandwidth, down: maxBandwidth };
  if (!store.setBandwidth) return bindCas(withBandwidthLimit(store.client, rates), store.location);
  store.setBandwidth(rates);
  return store.cas;
}

/** Asks a directory store about many objects at once; `undefined` for any other. */
export function headManyOf(
  store: Store,
  cas: CasStore,
  pool: Pick<HashPool, 'sizes'> | undefined,
): HeadMany | undefined {
  if (store.directory === undefined || !pool) return undefined;
  return directorySizes(join(store.directory, store.location.casPrefix ?? CAS_PREFIX), cas, pool);
}

/** Objects by their leading digits, as the store lists them; keys that are none are left out. */
export function listerOf({ client, location }: CasStore): ListObjects {
  const folder = `${casFolder(location)}/`;
  return async function* listed(digits, signal) {
    for await (const page of client.listObjects(location.bucket, folder + digits, { signal })) {
      yield { keys: page.length, objects: page.flatMap((info) => objectIn(folder, info)) };
      const last = page.at(-1)?.key.slice(folder.length) ?? '';
      if (last >= 'g') return; // no digest comes behind it
    }
  };
}

const OBJECT_NAME = new RegExp(`^([0-9a-f]{32})\\.${HASH_ALG}$`);

function objectIn(folder: string, { key, size }: ObjectInfo): { hash: string; size: number }[] {
  const hash = OBJECT_NAME.exec(key.slice(folder.length))?.[1];
  return hash === undefined ? [] : [{ hash, size }];
}

/**
 * The check cache as the existence check asks it. An attempt that does not trust it asks
 * nothing, but remembers what the store answers. Files of a directory store are looked at
 * as fast as rows of a cache: it has none.
 */
export function presenceCache(store: Store, options: PresetOptions): PresenceCache | undefined {
  const { checkCache, cacheCheck } = options;
  if (!checkCache || cacheCheck === 'off' || store.directory !== undefined) return undefined;
  const attempt = attemptOf(options);
  return {
    lookup: (hashes) =>
      attempt.trustsCache
        ? checkCache.lookup(hashes.map((hash) => cacheKey(store, hash)))
        : Promise.resolve(hashes.map(() => false)),
    store: (hashes) => {
      for (const hash of hashes) attempt.confirmed(hash, false);
      checkCache.store(hashes.map((hash) => cacheKey(store, hash)));
    },
    reset: () => forgetStore(store, checkCache),
  };
}

/** Remembers an object that the store confirmed, also when the cache is not trusted in this run. */
export function rememberIn(store: Store, options: PresetOptions): (hash: string, sent: boolean) => void {
  const { checkCache, cacheCheck } = options;
  if (!checkCache || cacheCheck === 'off' || store.directory !== undefined) return () => {};
  const attempt = attemptOf(options);
  return (hash, sent) => {
    attempt.confirmed(hash, sent);
    checkCache.store([cacheKey(store, hash)]);
  };
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
export function readerOf(store: Store, options: PresetOptions): ObjectReader {
  const cas = casOf(store, options);
  const { bucket, casPrefix = CAS_PREFIX } = store.location;
  return {
    get: async (hash, call) => (await cas.get(hash, call)).data,
    getRange: (hash, start, length, call) => cas.getRange(hash, start, start + length - 1, call),
    locate: (hash) => {
      const key = cas.key(hash);
      const name = key.slice(key.lastIndexOf('/') + 1);
      const { directory } = store;
      return {
        bucket,
        key,
        shown: directory === undefined ? `s3://${bucket}/${key}` : join(directory, casPrefix, name),
      };
    },
  };
}
