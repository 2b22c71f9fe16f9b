/** A set of digests: a million of them take 32 MB where strings take 100. */
import { DigestSlots } from './digest-slots.js';

export class HashSet {
  readonly #slots = new DigestSlots();
  /** What is not 32 hex digits: manifests may hold any alphanumeric text. */
  readonly #others = new Set<string>();

  get size(): number {
    return this.#slots.size + this.#others.size;
  }

  /** Adds a digest; false when it was there already. */
  add(hash: string): boolean {
    const at = this.#slots.add(hash);
    if (at !== undefined) return at < 0;
    const known = this.#others.has(hash);
    this.#others.add(hash);
    return !known;
  }

  has(hash: string): boolean {
    const at = this.#slots.find(hash);
    return at === undefined ? this.#others.has(hash) : at >= 0;
  }
}
