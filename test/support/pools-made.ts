/** How many pools of threads a piece of work makes in this process. */
import { createHook } from 'node:async_hooks';

/** Runs `work`. A pool is seen by the asynchronous resource that it is, whether or not it starts a thread. */
export async function poolsMade(work: () => Promise<unknown>): Promise<number> {
  let pools = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'Piscina') pools += 1;
    },
  });
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return pools;
}
