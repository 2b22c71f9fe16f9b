/** `rx-attachments/backends`: the store port, the backends, and the policies that wrap them. */

export {
  ADAPTIVE_LIMIT_DEFAULTS,
  type AdaptiveClient,
  type AdaptiveLimitOptions,
  type AdaptiveLimits,
  withAdaptiveLimit,
} from './adaptive-limit.js';
export { type LinkSpeed, type SlowClient, withBandwidth } from './bandwidth.js';
export {
  BANDWIDTH_DEFAULTS,
  type BandwidthRates,
  type PacedClient,
  withBandwidthLimit,
} from './bandwidth-limit.js';
export {
  bindCas,
  CAS_DEFAULTS,
  type CasInfo,
  type CasOptions,
  type CasPutOptions,
  type CasRangeOptions,
  type CasStore,
} from './bind-cas.js';
export { DIRECTORY_STORE_DEFAULTS, type DirectoryStoreOptions, openDirectoryStore } from './directory.js';
export {
  ForwardingClient,
  type Listed,
  type OpenListing,
  type StoreCall,
  type StoreMethod,
} from './forwarding.js';
export { GUIDANCE_DEFAULTS, type GuidanceOptions, withGuidance } from './guidance.js';
export { type CallClass, type CallLimits, callClassOf, withLimits } from './limit.js';
export { MemoryClient, type MemoryClientOptions } from './memory.js';
export { type MeteredClient, type MethodCounts, withMetering } from './metering.js';
export { MULTIPART_DEFAULTS, type MultipartOptions, withMultipart } from './multipart.js';
export { type PartialBody, partialBodyOf, withPartialBody } from './partial-body.js';
export { type RetryPolicy, withRetries } from './retry.js';
export { RETRY_BUDGET_DEFAULTS, type RetryBudgetSettings } from './retry-budget.js';
export { connectS3, type S3Connection } from './s3/connection.js';
export type { BucketAnswer, HeadBucketOptions, S3Client } from './s3/s3-client.js';
export {
  AUTO_CONNECTIONS,
  type ChecksumChoice,
  type PayloadSigning,
  S3_DEFAULTS,
  type S3Credentials,
  type S3Settings,
} from './s3/settings.js';
export { createS3DirectClient } from './s3-direct.js';
export { createS3SdkClient } from './s3-sdk.js';
export { serverDateOf, withServerDate } from './server-date.js';
export type {
  CallOptions,
  HeadResult,
  MultipartInfo,
  ObjectInfo,
  Part,
  PutOptions,
  PutOutcome,
  RangeOptions,
  StorageClient,
  WholeObject,
} from './storage-client.js';
export { SWEEP_DEFAULTS, type SweepOptions, type SweptOrphans, sweepOrphans } from './sweep-orphans.js';
export { PROBE_DEFAULTS, type ProbeSettings } from './throughput-probe.js';
export {
  checkedSettings,
  Moved,
  PROGRESS_RESTARTS_BYTES,
  RETRY_DEFAULTS,
  type RetrySettings,
  Tries,
} from './tries.js';
