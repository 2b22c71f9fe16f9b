/** A store in memory with one bucket, `bucket`. */
import { MemoryClient } from '../../src/backends/memory.js';
import { hasher } from '../../src/hashing/xxh128.js';

export const memoryStore = (): MemoryClient => new MemoryClient({ xxh128: hasher, buckets: ['bucket'] });
