/**
 * A store on S3: the chosen client under the policies that make it one to rely on. Innermost is
 * one request; around it stand the limit of connections, the bandwidth limit, the retries, uploads in
 * parts, and the hints for errors that remain (spec/storage.md 2.4, 2.7, 6.1).
 */
import type { UploadListener } from '../backends/abort-upload.js';
import { withAdaptiveLimit } from '../backends/adaptive-limit.js';
import { type BandwidthRates, withBandwidthLimit } from '../backends/bandwidth-limit.js';
import { withGuidance } from '../backends/guidance.js';
import { withHeadReasons } from '../backends/head-reason.js';
import { MULTIPART_DEFAULTS, withMultipart } from '../backends/multipart.js';
import { withRetries } from '../backends/retry.js';
import { connectS3, type S3Connection } from '../backends/s3/connection.js';
import type { S3Client } from '../backends/s3/s3-client.js';
import { AUTO_CONNECTIONS, type S3Settings } from '../backends/s3/settings.js';
import type { StorageClient } from '../backends/storage-client.js';
import type { RetrySettings } from '../backends/tries.js';
import { hasher } from '../hashing/xxh128.js';
import type { S3Location } from '../model/s3-location.js';
import { OptionError } from '../pipeline/errors.js';
import { type Store, storeOf } from './store.js';

/** Which code speaks S3: our own over a connection pool, or the AWS SDK. */
export type S3ClientName = 'direct' | 'sdk';

export interface S3StoreOptions extends S3Settings {
  /** Default {@link S3_STORE_DEFAULTS}. */
  readonly client?: S3ClientName;
  readonly uploadRetry?: RetrySettings;
  readonly downloadRetry?: RetrySettings;
  /** Ask, after the first 403, whether the bucket belongs to another account. Default {@link S3_STORE_DEFAULTS}. */
  readonly ownerProbe?: boolean;
  /** Told of every upload in parts, when it begins and when nothing of it is left to do: what a process that ends between the two leaves behind. */
  readonly onUpload?: UploadListener;
  /** File that messages about a wrong check cache name. */
  readonly checkCachePath?: string;
}
export const S3_STORE_DEFAULTS = { client: 'direct', ownerProbe: true } as const satisfies S3StoreOptions;

/**
 * Opens the store at `location`. Rejects with `InvalidConfig` for a setting that cannot be used;
 * whether the bucket can be reached shows with the first call.
 */
export async function openS3Store(location: S3Location, options: S3StoreOptions = {}): Promise<Store> {
  const connection = await connectS3(options);
  const client = await clientOf(options.client ?? S3_STORE_DEFAULTS.client, connection);
  const { maxConnections, clock, log } = connection.settings;
  const limited = withAdaptiveLimit(withHeadReasons(client, log), { maxConnections, clock });
  const paced = withBandwidthLimit(limited, {}, clock);
  const tried = withRetries(paced, {
    ...{ clock, log, xxh128: hasher },
    refreshCredentials: () => connection.refreshCredentials(),
    correctClock: (date) => connection.correctClock(date),
    ...(options.uploadRetry && { uploadRetry: options.uploadRetry }),
    ...(options.downloadRetry && { downloadRetry: options.downloadRetry }),
  });
  const { partSizeBytes } = connection.settings;
  const { onUpload } = options;
  const inParts = withMultipart(tried, {
    ...{ xxh128: hasher, partSizeBytes, log, clock },
    ...(onUpload && { onUpload }),
  });
  const guided = guidedClient(inParts, client, options, () => limited.limits().all);
  return storeOf(guided, location, {
    concurrency: maxConnections === 'auto' ? AUTO_CONNECTIONS.most : maxConnections,
    bytesPerUpload: MULTIPART_DEFAULTS.partsAtOnce * partSizeBytes,
    setBandwidth: (rates: Partial<BandwidthRates>) => paced.setRates(rates),
    close: () => client.close(),
  });
}

/** Each client loads only its own dependencies. */
async function clientOf(name: string, connection: S3Connection): Promise<S3Client> {
  if (name === 'direct') {
    const { createS3DirectClient } = await import('../backends/s3-direct.js');
    return createS3DirectClient(connection, { xxh128: hasher });
  }
  if (name !== 'sdk') throw new OptionError('client', `must be direct or sdk, not ${JSON.stringify(name)}`);
  const { createS3SdkClient } = await import('../backends/s3-sdk.js');
  return createS3SdkClient(connection, { xxh128: hasher });
}

function guidedClient(
  inner: StorageClient,
  client: S3Client,
  { ownerProbe = S3_STORE_DEFAULTS.ownerProbe, checkCachePath, profile }: S3StoreOptions,
  maxConnections: () => number,
): StorageClient {
  return withGuidance(inner, {
    headBucket: (bucket, probe) => client.headBucket(bucket, probe),
    ownerProbe,
    maxConnections,
    region: client.connection.region,
    ...(profile !== undefined && { profile }),
    ...(checkCachePath !== undefined && { checkCachePath }),
  });
}
