/** A pool of hashing threads for the length of one call. */
import { createHashPool } from '../hashing/pool.js';
import type { HashPool } from '../hashing/ports.js';

/** Runs `body` with the pool that is `given`, which stays open, or with one of its own: its threads, at most `threads`, start with the first task and end with the call. */
export async function withHashPool<T>(
  body: (pool: HashPool) => Promise<T>,
  given?: HashPool | undefined,
  threads?: number,
): Promise<T> {
  if (given) return await body(given);
  const pool = createHashPool(threads === undefined ? {} : { threads });
  try {
    return await body(pool);
  } finally {
    await pool.close();
  }
}
