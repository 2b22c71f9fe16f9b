/** Small files of a download, made by the threads of a pool: what comes in one turn of the event loop is one task. */
import type { HashPool, WriteOutcome, WriteRequest } from '../hashing/ports.js';
import type { PlaceWhole } from '../sinks/place-file.js';

/** Files that are left to the event loop: no thread is started for a few. */
const FIRST_FILES = 256;

interface Waiting {
  readonly file: WriteRequest;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Nothing for a pool that cannot write. `replace`: what has a file's name already goes. */
export function placingThreads(pool: HashPool, replace: boolean): PlaceWhole | undefined {
  if (!pool.writeFiles) return undefined;
  const write = pool.writeFiles.bind(pool);
  let left = FIRST_FILES;
  let waiting: Waiting[] = [];
  const send = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const files = batch.map(({ file }) => file);
    try {
      const outcomes = await write(files, { replace });
      batch.forEach(({ resolve }, index) => {
        resolve(outcomes[index] ?? 'failed');
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (file) => {
    left -= 1;
    if (left >= 0) return undefined;
    return new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(send);
      waiting.push({ file, resolve, reject });
    });
  };
}
