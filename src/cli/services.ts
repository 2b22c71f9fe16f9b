/**
 * Opens what presets work on, the store and the caches, as the settings say, and closes
 * them again whatever happens. Knows no command.
 */
import {
  checkCacheFile,
  openStore,
  type PresetOptions,
  type S3Location,
  type S3StoreOptions,
  type Store,
  s3Uri,
} from '../index.js';
import { type CacheNeeds, type Caches, cacheDir, withCaches } from './caches.js';
import type { CommandContext } from './command.js';
import type { Settings } from './options/settings.js';
import { missingStore } from './submit-place.js';

export interface StorePlace {
  /** Make a missing directory; `dry-run`: as if it were made. */
  readonly create: boolean | 'dry-run';
  /** Default: that of the settings. */
  readonly place?: string;
}

/** Runs `body` with the store of `--store`, or another place. */
export async function withStore<T>(
  context: CommandContext,
  { create, place }: StorePlace,
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const where = place ?? context.settings.value('store');
  if (where === undefined) throw missingStore();
  return await withOpenStore(openStore(where, { create, cwd: context.cwd, s3: s3Options(context) }), body);
}

/** Runs `body` with a store, and closes it. */
export async function withOpenStore<T>(
  opening: Promise<Store>,
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await opening;
  try {
    return await body(store);
  } finally {
    await store.close();
  }
}

/** The store of a queue, with the keys of its role where they are given. */
export async function openQueueStore(
  context: CommandContext,
  location: S3Location,
  credentials?: S3StoreOptions['credentials'],
): Promise<Store> {
  return await openStore(s3Uri(location), { s3: { ...s3Options(context), ...defined({ credentials }) } });
}

/** How S3 is reached, as the settings say. What they leave open the AWS SDK's own chains decide. */
function s3Options(context: CommandContext): S3StoreOptions {
  const { settings } = context;
  return defined({
    ...networkOptions(context),
    client: settings.value('s3Client'),
    onUpload: context.onUpload,
    region: settings.value('region'),
    endpoint: settings.value('s3EndpointUrl') ?? settings.value('endpointUrl'),
    forcePathStyle: settings.value('forcePathStyle'),
    expectedBucketOwner: settings.value('bucketOwner'),
    maxConnections: settings.value('concurrency') ?? settings.value('s3MaxConnections'),
    checkCachePath: checkCacheFile(cacheDir(context)),
  });
}

/** What all services are reached by. */
export function networkOptions({ settings, env, log }: CommandContext) {
  const proxy = settings.value('httpsProxy');
  return {
    log,
    profile: settings.value('profile'),
    caBundle: settings.value('caBundle'),
    env: proxy === undefined ? env : { ...env, https_proxy: proxy },
  };
}

/** Runs `body` with the options that every preset takes, the caches among them unless `--no-cache`. */
export async function withOptions<T>(
  context: CommandContext,
  needs: CacheNeeds,
  body: (options: PresetOptions) => Promise<T>,
): Promise<T> {
  return await withCaches(context, needs, (caches) => body(presetOptions(context, caches)));
}

/** Directories that a submission writes to, and so does not submit. */
export function ownPlaces(context: CommandContext, store: Store | undefined): string[] {
  return [
    ...(store?.directory === undefined ? [] : [store.directory]),
    ...(context.settings.value('noCache') ? [] : [cacheDir(context)]),
  ];
}

/** The options that every preset takes. */
export function presetOptions(context: CommandContext, caches: Caches): PresetOptions {
  const { settings, signal, log } = context;
  return defined({
    signal,
    log,
    onProgress: context.report,
    concurrency: settings.value('concurrency'),
    maxBandwidth: settings.value('maxBandwidth'),
    existence: settings.value('existence'),
    ...caches,
    smallFileThresholdBytes: smallFileThreshold(settings),
    cacheCheck: settings.value('forceS3Check') ? ('force' as const) : undefined,
  });
}

/** What the client library multiplies by its setting, in bytes (spec/storage.md 3.2). */
export const SMALL_FILE_UNIT_BYTES = 8 * 1024 * 1024;

function smallFileThreshold(settings: Settings): number | undefined {
  const multiplier = settings.value('smallFileThresholdMultiplier');
  return multiplier === undefined ? undefined : multiplier * SMALL_FILE_UNIT_BYTES;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** `members` without those that are undefined, for option types that do not take `undefined`. */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
