/** `rx-attachments/backends`: the store port, the backends, and the policies that wrap them. */

export { type LinkSpeed, type SlowClient, withBandwidth } from './bandwidth.js';
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
export { type CallClass, type CallLimits, callClassOf, withLimits } from './limit.js';
export { MemoryClient, type MemoryClientOptions } from './memory.js';
export { type MeteredClient, type MethodCounts, withMetering } from './metering.js';
export { type RetryPolicy, withRetries } from './retry.js';
export type {
  CallOptions,
  HeadResult,
  MultipartInfo,
  ObjectInfo,
  Part,
  PutOptions,
  PutOutcome,
  StorageClient,
} from './storage-client.js';
export {
  checkedSettings,
  Moved,
  PROGRESS_RESTARTS_BYTES,
  RETRY_DEFAULTS,
  type RetrySettings,
  Tries,
} from './tries.js';
