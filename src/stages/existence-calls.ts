/** What the existence check asks of a store: plain functions, which any backend, cache or fake can be. */

/**
 * How it is found out whether the store holds an object (spec/storage.md 3.3). `auto` takes
 * what costs least: HEAD, a listing for many objects, or a conditional put while nearly
 * everything is absent. The others insist; a `put` is for small objects and HEAD for the rest.
 */
export type Existence = 'auto' | 'head' | 'list' | 'put';

/** Asks the store about one object. */
export type HeadObject = (
  hash: string,
  signal: AbortSignal,
) => Promise<{ readonly size: number } | undefined>;

/** Asks about many objects at once: their sizes, in order, `undefined` for what is not there. For stores where that is one call. */
export type HeadMany = (
  hashes: readonly string[],
  signal: AbortSignal,
) => Promise<readonly (number | undefined)[]>;

export interface ListedPage {
  /** Keys of the page, those of strangers included. */
  readonly keys: number;
  /** The objects among them. */
  readonly objects: readonly { readonly hash: string; readonly size: number }[];
}

/** The objects whose digests begin with `digits`, in the order of their digests; one request a page. */
export type ListObjects = (digits: string, signal: AbortSignal) => AsyncIterable<ListedPage>;

/** A memory of what the store was seen to hold. It may be wrong: its word is checked. */
export interface PresenceCache {
  /** One answer per digest, in order. */
  lookup(hashes: readonly string[]): Promise<readonly boolean[]>;
  /** Remembers digests that the store was just seen to hold. */
  store(hashes: readonly string[]): void;
  /** Forgets all digests, since one of them was wrong. */
  reset?(): Promise<void>;
}
