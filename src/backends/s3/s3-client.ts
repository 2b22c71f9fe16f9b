/** What both S3 clients are beside a `StorageClient`, for the policies that compose them. No code of its own. */
import type { StorageClient } from '../storage-client.js';
import type { S3Connection } from './connection.js';
import type { StoreFeatures } from './features.js';

/** HeadBucket's answer: `denied` is 403, `missing` is 404. Anything else rejects. */
export type BucketAnswer = 'ok' | 'denied' | 'missing';

export interface HeadBucketOptions {
  /** Whether `x-amz-expected-bucket-owner` is sent; the one call that may leave it out. */
  readonly withOwner: boolean;
  readonly signal?: AbortSignal;
}

/** One client of one S3 store: one try per call, one request per try. */
export interface S3Client extends StorageClient {
  /** For the owner probe (spec/storage.md 6.1); touches no object. */
  headBucket(bucket: string, options: HeadBucketOptions): Promise<BucketAnswer>;
  readonly connection: S3Connection;
  readonly features: StoreFeatures;
  /** Closes its sockets; calls that run fail. */
  close(): Promise<void>;
}
