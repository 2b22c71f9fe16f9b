/**
 * A set of digests, 16 bytes each: a million of them take 32 MB where strings take 100.
 * Compares whole digests, so nothing is ever taken for something else.
 */

const DIGEST_LENGTH = 32;
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
    if (hash.length !== DIGEST_LENGTH) return this.#addOther(hash);
    const a = wordAt(hash, 0);
    const b = wordAt(hash, 8);
    const c = wordAt(hash, 16);
    const d = wordAt(hash, 24);
    if (a < 0 || b < 0 || c < 0 || d < 0) return this.#addOther(hash);
    if ((a | b | c | d) === 0) return this.#addZero(); // an empty slot is all zero
    if (!insert(this.#slots, a, b, c, d)) return false;
    this.#size += 1;
    if (this.#size * WORDS * 2 > this.#slots.length) this.#grow();
    return true;
  }

  has(hash: string): boolean {
    if (hash.length !== DIGEST_LENGTH) return this.#others.has(hash);
    const a = wordAt(hash, 0);
    const b = wordAt(hash, 8);
    const c = wordAt(hash, 16);
    const d = wordAt(hash, 24);
    if (a < 0 || b < 0 || c < 0 || d < 0) return this.#others.has(hash);
    return (a | b | c | d) === 0 ? this.#hasZero : find(this.#slots, a, b, c, d) >= 0;
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
      const a = old[at] ?? 0;
      const b = old[at + 1] ?? 0;
      const c = old[at + 2] ?? 0;
      const d = old[at + 3] ?? 0;
      if ((a | b | c | d) !== 0) insert(this.#slots, a, b, c, d);
    }
  }
}

/** Values of `0` to `9` and `a` to `f` by character code; 16 for any other. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const at = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return at < 0 ? 16 : at;
});

/** Eight hex digits as a number, -1 where one is none; a regular expression and parseInt took three times as long. */
function wordAt(hash: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at += 1) {
    const nibble = NIBBLES[hash.charCodeAt(at)] ?? 16;
    if (nibble === 16) return -1;
    word = word * 16 + nibble;
  }
  return word;
}

/** Open addressing with linear probing; the digest itself is the hash. False when it was there. */
function insert(slots: Uint32Array, a: number, b: number, c: number, d: number): boolean {
  const at = -1 - find(slots, a, b, c, d);
  if (at < 0) return false;
  slots[at] = a;
  slots[at + 1] = b;
  slots[at + 2] = c;
  slots[at + 3] = d;
  return true;
}

/** Where the digest is, or `-1 - at` for the empty slot where it belongs. */
function find(slots: Uint32Array, a: number, b: number, c: number, d: number): number {
  const mask = slots.length - 1;
  for (let at = ((a ^ d) * WORDS) & mask; ; at = (at + WORDS) & mask) {
    const w = slots[at] ?? 0;
    const x = slots[at + 1] ?? 0;
    const y = slots[at + 2] ?? 0;
    const z = slots[at + 3] ?? 0;
    if (w === a && x === b && y === c && z === d) return at;
    if ((w | x | y | z) === 0) return -1 - at;
  }
}
