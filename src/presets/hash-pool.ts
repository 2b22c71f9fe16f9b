/** A pool of hashing threads for the length of one call. */
import { createHashPool } from '../hashing/pool.js';
import type { HashPool } from '../hashing/ports.js';

/** Runs `body` with a pool; its threads start with the first task and end with the call. */
export async function withHashPool<T>(body: (pool: HashPool) => Promise<T>): Promise<T> {
  const pool = createHashPool();
  try {
    return await body(pool);
  } finally {
    await pool.close();
  }
}
