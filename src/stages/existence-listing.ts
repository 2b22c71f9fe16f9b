/**
 * What a store holds, learned by listing it: one page to estimate how much that is, then
 * the whole in 1, 16 or 256 parallel shards (spec/storage.md 3.3). Digests spread evenly,
 * so the last one of a page tells how far the page reached. Knows no store and no item.
 */
import { HashSizes } from '../model/hash-sizes.js';
import type { ListedPage, ListObjects } from './existence-calls.js';

/** Keys of a full page. */
export const PAGE_KEYS = 1000;
const SHARD_DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

export interface ListingOptions {
  /** Shards listed at once. */
  readonly concurrency: number;
  /** Told of every page. */
  readonly onPage: () => void;
}

export class StoreListing {
  readonly sizes = new HashSizes();
  #pages = 0;
  #begun: AsyncIterator<ListedPage> | undefined;

  constructor(
    private readonly list: ListObjects,
    private readonly options: ListingOptions,
  ) {}

  /** Reads the first page. The number of objects that the store holds: exact when it is `whole`, else an estimate. */
  async probe(signal: AbortSignal): Promise<{ readonly whole: boolean; readonly objects: number }> {
    this.#begun = this.list('', signal)[Symbol.asyncIterator]();
    const first = await this.#take(this.#begun);
    if (!first) return { whole: true, objects: 0 };
    // A page that is not full is nearly always the last; asking for the next costs nothing then.
    const next = first.keys < PAGE_KEYS ? await this.#take(this.#begun) : first;
    if (!next) return { whole: true, objects: this.sizes.size };
    return { whole: false, objects: estimate(this.sizes.size, next.objects.at(-1)?.hash) };
  }

  /** Gives up what {@link probe} began. */
  async leave(): Promise<void> {
    await this.#begun?.return?.();
    this.#begun = undefined;
  }

  /** Reads everything, `objects` being about what there is. False when that would be more than `maxPages` pages. */
  async readAll(objects: number, maxPages: number, signal: AbortSignal): Promise<boolean> {
    const begun = this.#begun;
    this.#begun = undefined;
    const shards = shardsFor(objects);
    if (begun && shards.length === 1) return this.#readOn(begun, maxPages);
    await begun?.return?.();
    return this.#readShards(shards, maxPages, signal);
  }

  async #readShards(shards: readonly string[], maxPages: number, signal: AbortSignal): Promise<boolean> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const waiting = [...shards];
    let whole = true;
    const work = async (): Promise<void> => {
      for (let digits = waiting.shift(); digits !== undefined && whole; digits = waiting.shift()) {
        whole = (await this.#readOn(this.list(digits, either)[Symbol.asyncIterator](), maxPages)) && whole;
      }
    };
    const workers = Array.from({ length: Math.min(this.options.concurrency, shards.length) }, work);
    try {
      await Promise.all(workers);
    } catch (error) {
      stop.abort();
      await Promise.allSettled(workers); // nothing goes on behind the failure
      throw error;
    }
    return whole;
  }

  async #readOn(pages: AsyncIterator<ListedPage>, maxPages: number): Promise<boolean> {
    while (await this.#take(pages)) {
      if (this.#pages <= maxPages) continue;
      await pages.return?.();
      return false;
    }
    return true;
  }

  async #take(pages: AsyncIterator<ListedPage>): Promise<ListedPage | undefined> {
    const { done, value } = await pages.next();
    if (done === true) {
      if (this.#pages === 0) this.#countPage(); // an empty answer was a request, too
      return undefined;
    }
    this.#countPage();
    for (const { hash, size } of value.objects) this.sizes.set(hash, size);
    return value;
  }

  #countPage(): void {
    this.#pages += 1;
    this.options.onPage();
  }
}

/** Leading digits of the shards: as many as the objects fill with whole pages. */
export function shardsFor(objects: number): readonly string[] {
  if (objects >= 256 * PAGE_KEYS) return SHARD_DIGITS.flatMap((a) => SHARD_DIGITS.map((b) => a + b));
  return objects >= 16 * PAGE_KEYS ? SHARD_DIGITS : [''];
}

/** Objects in all, when `seen` of them reach up to the digest `last`; without one nothing can be said. */
function estimate(seen: number, last: string | undefined): number {
  if (last === undefined) return Number.POSITIVE_INFINITY;
  return Math.round(seen / ((Number.parseInt(last.slice(0, 8), 16) + 1) / 2 ** 32));
}
