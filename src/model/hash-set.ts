/**
 * A set of digests, 16 bytes each: a million of them take 32 MB where strings take 100.
 * Compares whole digests, so nothing is ever taken for something else.
 */

const DIGEST = /^[0-9a-f]{32}$/;
/** 32-bit words per digest. */
const WORDS = 4;

export class HashSet {
  #slots = new Uint32Array(1024 * WORDS);
  #size = 0;
  #hasZero = false;
  /** What is not 32 hex digits: manifests may hold any alphanumeric text. */
  readonly #others = new Set<string>();

  get size(): number {
    return this.#size + this.#others.size + (this.#hasZero ? 1 : 0);
  }

  /** Adds a digest; false when it was there already. */
  add(hash: string): boolean {
    if (!DIGEST.test(hash)) return this.#addOther(hash);
    const a = Number.parseInt(hash.slice(0, 8), 16);
    const b = Number.parseInt(hash.slice(8, 16), 16);
    const c = Number.parseInt(hash.slice(16, 24), 16);
    const d = Number.parseInt(hash.slice(24), 16);
    if ((a | b | c | d) === 0) return this.#addZero(); // an empty slot is all zero
    if (!insert(this.#slots, a, b, c, d)) return false;
    this.#size += 1;
    if (this.#size * WORDS * 2 > this.#slots.length) this.#grow();
    return true;
  }

  #addOther(hash: string): boolean {
    const known = this.#others.has(hash);
    this.#others.add(hash);
    return !known;
  }

  #addZero(): boolean {
    const known = this.#hasZero;
    this.#hasZero = true;
    return !known;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      const [a, b, c, d] = old.subarray(at, at + WORDS) as unknown as [number, number, number, number];
      if ((a | b | c | d) !== 0) insert(this.#slots, a, b, c, d);
    }
  }
}

/** Open addressing with linear probing; the digest itself is the hash. */
function insert(slots: Uint32Array, a: number, b: number, c: number, d: number): boolean {
  const mask = slots.length / WORDS - 1;
  for (let slot = (a ^ d) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) return false;
    if (
      ((slots[at] as number) |
        (slots[at + 1] as number) |
        (slots[at + 2] as number) |
        (slots[at + 3] as number)) !==
      0
    )
      continue;
    slots[at] = a;
    slots[at + 1] = b;
    slots[at + 2] = c;
    slots[at + 3] = d;
    return true;
  }
}
