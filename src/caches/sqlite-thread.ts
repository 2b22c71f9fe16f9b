/** The thread that owns the connection to one cache file. Messages are in cache-messages.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Reply, Request, ThreadJob } from './cache-messages.js';
import { CacheSession } from './cache-session.js';

const reply = (message: Reply): void => parentPort?.postMessage(message);
const session = new CacheSession(workerData as ThreadJob, (warning) => reply({ warning }));

parentPort?.on('message', ({ id, name, data }: Request) => {
  const value = session.call(name, data);
  if (name === 'close') session.close();
  reply({ id, value });
  if (!session.usable && name !== 'close') reply({ off: true });
});
