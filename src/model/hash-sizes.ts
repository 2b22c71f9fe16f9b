/** Sizes by digest: what a listing of a store says, 48 to 96 bytes an object. */
import { DIGEST_WORDS, DigestSlots } from './digest-slots.js';

const TWO_32 = 2 ** 32;

export class HashSizes {
  /** A digest, and its size as two words. */
  readonly #slots = new DigestSlots(DIGEST_WORDS + 2);
  /** Of what is not 32 hex digits. */
  readonly #others = new Map<string, number>();

  get size(): number {
    return this.#slots.size + this.#others.size;
  }

  /** Remembers a size; of several for one digest the last counts. */
  set(hash: string, bytes: number): void {
    const at = this.#slots.add(hash);
    if (at === undefined) {
      this.#others.set(hash, bytes);
      return;
    }
    const value = (at < 0 ? -1 - at : at) + DIGEST_WORDS;
    this.#slots.words[value] = bytes % TWO_32;
    this.#slots.words[value + 1] = Math.floor(bytes / TWO_32);
  }

  get(hash: string): number | undefined {
    const at = this.#slots.find(hash);
    if (at === undefined) return this.#others.get(hash);
    if (at < 0) return undefined;
    const { words } = this.#slots;
    const value = at + DIGEST_WORDS;
    return ((words[value] ?? 0) >>> 0) + ((words[value + 1] ?? 0) >>> 0) * TWO_32;
  }
}
