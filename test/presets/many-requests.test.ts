/** Whoever asks for more requests at once than files are usually in flight gets them. */
import { expect, it } from 'vitest';
import { ForwardingClient, type StoreCall } from '../../src/backends/forwarding.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { storeOf } from '../../src/presets/store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { LOCATION, writeTree } from '../support/contents.js';
import { memoryStore } from '../support/memory-store.js';
import { tempDir } from '../support/temp-dir.js';

/** Holds every put back until `wanted` of them are there at once. */
class HoldingClient extends ForwardingClient {
  #there = 0;
  readonly #met: Promise<void>;
  #meet = (): void => undefined;

  constructor(
    inner: StorageClient,
    private readonly wanted: number,
  ) {
    super(inner);
    this.#met = new Promise((resolve) => {
      this.#meet = resolve;
    });
  }

  protected override async around<T>(call: StoreCall, run: () => Promise<T>): Promise<T> {
    if (call.method.startsWith('put')) {
      this.#there += 1;
      if (this.#there === this.wanted) this.#meet();
      await this.#met;
    }
    return run();
  }
}

it.each(['put', 'head'] as const)('1,500 requests at once have 1,500 files (%s)', async (existence) => {
  const concurrency = 1500;
  const files = Array.from({ length: concurrency }, (_, n) => [`d${n % 10}/f${n}`, `content ${n}`]);
  const root = writeTree(tempDir('many-requests'), Object.fromEntries(files));
  const store = storeOf(new HoldingClient(memoryStore(), concurrency), LOCATION);
  const { uploadStats } = await submitTree({ store, root, concurrency, existence });
  expect(uploadStats.processedFiles).toBe(concurrency);
});
