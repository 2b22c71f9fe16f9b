/** One object of the content-addressed store, by its hash (spec/storage.md 2.8). */

import type { PresetOptions } from './preset-options.js';
import type { Store } from './store.js';
import { casOf } from './store-calls.js';

export interface CasObjectRequest extends Pick<PresetOptions, 'signal' | 'maxBandwidth'> {
  readonly store: Store;
  /** XXH128 of the content. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Whether the store holds the object with this size; one of another size does not count
 * (spec/storage.md 3.3). The key of very old releases is not looked at: uploads never write it.
 */
export async function casObjectExists(request: CasObjectRequest): Promise<boolean> {
  const { store, hash, size, signal } = request;
  const stored = await casOf(store, request).head(hash, signal);
  return stored?.size === size;
}
