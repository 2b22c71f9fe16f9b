/** `rx-attachments/testing`: doubles of a store and of the caches, and the contract that every backend must pass. */

export { type LinkSpeed, type SlowClient, withBandwidth } from './backends/bandwidth.js';
export { storageClientConformance } from './backends/conformance.js';
export { type Fault, type FaultPlan, type PlannedCall, withFaults } from './backends/faults.js';
export { MemoryClient, type MemoryClientOptions } from './backends/memory.js';
export { type MeteredClient, type MethodCounts, withMetering } from './backends/metering.js';
export { type MemoryCheckCacheOptions, memoryCheckCache } from './caches/memory-check-cache.js';
export { memoryHashCache } from './caches/memory-hash-cache.js';
