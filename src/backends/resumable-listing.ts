/**
 * A listing that can be opened again after a failure and goes on behind what it has handed
 * out: keys come in the order of their bytes, so earlier ones are known by comparison.
 */
import { compareCodePoints } from '../model/order.js';
import type { Listed, OpenListing } from './forwarding.js';

export class ResumableListing<T extends Listed> {
  #iterator: AsyncIterator<readonly T[]> | undefined;
  #lastKey: string | undefined;
  /** Uploads of the last key; one key can have many. */
  #lastUploads = new Set<string | undefined>();

  constructor(private readonly open: OpenListing<T>) {}

  /** The next page with anything new; `undefined` at the end. After a rejection, the next call opens the listing again. */
  async next(): Promise<readonly T[] | undefined> {
    this.#iterator ??= this.open()[Symbol.asyncIterator]();
    try {
      for (;;) {
        const result = await this.#iterator.next();
        if (result.done) return undefined;
        const page = result.value.filter((item) => this.#isNew(item));
        if (page.length > 0) return this.#remembered(page);
      }
    } catch (error) {
      this.#iterator = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#iterator?.return?.();
  }

  #isNew({ key, uploadId }: T): boolean {
    if (this.#lastKey === undefined) return true;
    const order = compareCodePoints(key, this.#lastKey);
    return order > 0 || (order === 0 && !this.#lastUploads.has(uploadId));
  }

  #remembered(page: readonly T[]): readonly T[] {
    const last = page[page.length - 1]?.key;
    if (last !== this.#lastKey) this.#lastUploads = new Set();
    this.#lastKey = last;
    for (const item of page) if (item.key === last) this.#lastUploads.add(item.uploadId);
    return page;
  }
}
