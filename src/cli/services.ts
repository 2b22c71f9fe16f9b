/**
 * Opens what presets work on, the store and the caches, as the settings say, and closes
 * them again whatever happens. Knows no command.
 */
import { resolve } from 'node:path';
import {
  type CheckCache,
  checkCacheFile,
  defaultCacheDir,
  type HashCache,
  openCheckCache,
  openHashCache,
  openStore,
  type PresetOptions,
  type S3StoreOptions,
  type Store,
} from '../index.js';
import type { CommandContext } from './command.js';
import { UsageError } from './errors.js';

/** Directory of the caches in force. */
export function cacheDir(context: CommandContext): string {
  const given = context.settings.value('cacheDir');
  return given === undefined ? defaultCacheDir() : resolve(context.cwd, given);
}

/** Runs `body` with the store of `--store`; with `create` a missing directory is made. */
export async function withStore<T>(
  context: CommandContext,
  options: { readonly create: boolean },
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const where = context.settings.value('store');
  if (where === undefined) {
    throw new UsageError('--store is required: a directory, file:URI or s3://bucket/prefix');
  }
  const store = await openStore(where, { ...options, cwd: context.cwd, s3: s3Options(context) });
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

/** How S3 is reached, as the settings say. What they leave open the AWS SDK's own chains decide. */
function s3Options(context: CommandContext): S3StoreOptions {
  const { settings, env, log } = context;
  const proxy = settings.value('httpsProxy');
  return defined({
    log,
    client: settings.value('s3Client'),
    profile: settings.value('profile'),
    region: settings.value('region'),
    endpoint: settings.value('s3EndpointUrl') ?? settings.value('endpointUrl'),
    forcePathStyle: settings.value('forcePathStyle'),
    expectedBucketOwner: settings.value('bucketOwner'),
    maxConnections: settings.value('concurrency') ?? settings.value('s3MaxConnections'),
    caBundle: settings.value('caBundle'),
    env: proxy === undefined ? env : { ...env, HTTPS_PROXY: proxy },
    checkCachePath: checkCacheFile(cacheDir(context)),
  });
}

/** Runs `body` with the options that every preset takes, the caches among them unless `--no-cache`. */
export async function withOptions<T>(
  context: CommandContext,
  needs: { readonly hashCache?: boolean; readonly checkCache?: boolean },
  body: (options: PresetOptions) => Promise<T>,
): Promise<T> {
  const caching = !context.settings.value('noCache');
  const place = { dir: cacheDir(context), warn: (message: string) => context.log('warning', message) };
  const hashCache = needs.hashCache && caching ? openHashCache(place) : undefined;
  let checkCache: CheckCache | undefined;
  try {
    checkCache = needs.checkCache && caching ? openCheckCache(place) : undefined;
    return await body(presetOptions(context, hashCache, checkCache));
  } finally {
    await Promise.all([hashCache?.close(), checkCache?.close()]);
  }
}

function presetOptions(
  context: CommandContext,
  hashCache: HashCache | undefined,
  checkCache: CheckCache | undefined,
): PresetOptions {
  const { settings, signal, log } = context;
  return defined({
    signal,
    log,
    onProgress: context.report,
    concurrency: settings.value('concurrency'),
    maxBandwidth: settings.value('maxBandwidth'),
    existence: settings.value('existence'),
    hashCache,
    checkCache,
    cacheCheck: settings.value('forceS3Check') ? ('force' as const) : undefined,
  });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** `members` without those that are undefined, for option types that do not take `undefined`. */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
