/** Work that belongs to a run but to none of its items: reading the source, writing the result. */
import type { RunContext } from './types.js';

/** Runs `work`; until it has settled the run is not over, not even a cancelled one. Takes no credit. */
export async function holding<T>(ctx: RunContext, work: () => Promise<T>): Promise<T> {
  const presence = ctx.budgets.files.tryAcquire(0);
  try {
    return await work();
  } finally {
    presence?.release();
  }
}
