/** Uploads above the threshold for small files go one at a time (spec/storage.md 3.2). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ForwardingClient, type StoreCall } from '../../src/backends/forwarding.js';
import { storeOf } from '../../src/presets/store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { memoryStore } from '../support/memory-store.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('small-files');
const FILES = 8;

/** Counts the objects on their way at once. */
class CountingClient extends ForwardingClient {
  #now = 0;
  most = 0;

  protected override async around<T>(call: StoreCall, run: () => Promise<T>): Promise<T> {
    if (!call.method.startsWith('put')) return await run();
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    // Whatever may travel beside it has begun when its turn comes again.
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    this.#now -= 1;
    return await run();
  }
}

it.each([
  ['above the threshold one at a time', 9, 1],
  ['at the threshold together', 10, FILES],
  ['below the default together', undefined, FILES],
])('files %s', async (_what, smallFileThresholdBytes, expected) => {
  for (let index = 0; index < FILES; index += 1) writeFileSync(join(base, `f${index}`), `${index} 90123456`);
  const client = new CountingClient(memoryStore());
  const store = storeOf(client, { bucket: 'bucket', rootPrefix: 'root' });
  await submitTree({ root: base, store, ...(smallFileThresholdBytes && { smallFileThresholdBytes }) });
  expect(client.most).toBe(expected);
});

it('refuses a threshold that is none', async () => {
  const store = storeOf(memoryStore(), { bucket: 'bucket', rootPrefix: 'root' });
  const run = submitTree({ root: base, store, smallFileThresholdBytes: 0 });
  await expect(run).rejects.toMatchObject({ code: 'InvalidConfig', option: 'smallFileThresholdBytes' });
});
