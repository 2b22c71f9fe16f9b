/**
 * Open addressing over digests: 16 bytes each in typed arrays, where a text takes 100. The
 * core of hash-set.ts and hash-sizes.ts. Compares whole digests, so nothing is ever taken
 * for something else.
 */
import { DIGEST_LENGTH } from './hash-text.js';

/** 32-bit words of a digest. */
export const DIGEST_WORDS = 4;
const FIRST_SLOTS = 1024;

/** Slots of `stride` words: a digest, and room for what belongs to it. */
export class DigestSlots {
  words: Int32Array;
  size = 0;
  #mask = FIRST_SLOTS - 1;

  constructor(readonly stride: number = DIGEST_WORDS) {
    this.words = new Int32Array(FIRST_SLOTS * stride);
  }

  /** First word of the digest's slot; -1 when it is not there, `undefined` for a text that is no digest. */
  find(hash: string): number | undefined {
    if (!readDigest(hash)) return undefined;
    const at = this.#probe(A, B, C, D);
    return at < 0 ? -1 : at;
  }

  /** As {@link find}, but a digest that was not there is added, and the answer is `-1 - slot`. */
  add(hash: string): number | undefined {
    if (!readDigest(hash)) return undefined;
    const a = A;
    const b = B;
    const c = C;
    const d = D;
    let at = this.#probe(a, b, c, d);
    if (at >= 0) return at;
    if ((this.size + 1) * 2 > this.#mask) {
      this.#grow();
      at = this.#probe(a, b, c, d);
    }
    const slot = -1 - at;
    this.words[slot] = a;
    this.words[slot + 1] = b;
    this.words[slot + 2] = c;
    this.words[slot + 3] = d;
    this.size += 1;
    return at;
  }

  /** Linear probing; the digest itself is the hash. `-1 - slot` for the empty slot where it belongs. */
  #probe(a: number, b: number, c: number, d: number): number {
    const { words, stride } = this;
    const mask = this.#mask;
    for (let slot = (a ^ d) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * stride;
      const w = words[at] ?? 0;
      const x = words[at + 1] ?? 0;
      const y = words[at + 2] ?? 0;
      const z = words[at + 3] ?? 0;
      if (w === a && x === b && y === c && z === d) return at;
      if ((w | x | y | z) === 0) return -1 - at;
    }
  }

  #grow(): void {
    const { words: old, stride } = this;
    this.words = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += stride) {
      const a = old[at] ?? 0;
      const b = old[at + 1] ?? 0;
      const c = old[at + 2] ?? 0;
      const d = old[at + 3] ?? 0;
      if ((a | b | c | d) === 0) continue;
      const to = -1 - this.#probe(a, b, c, d);
      for (let word = 0; word < stride; word += 1) this.words[to + word] = old[at + word] ?? 0;
    }
  }
}

/** The words of the digest that was read last; variables, because an array for each lookup would cost as much as the lookup. */
let A = 0;
let B = 0;
let C = 0;
let D = 0;
/** All nibbles that were read, put together: a bit above the fourth says that one was none. */
let nibbles = 0;

/** False for what is not 32 lowercase hex digits, and for the one digest that looks like an empty slot. */
function readDigest(hash: string): boolean {
  if (hash.length !== DIGEST_LENGTH) return false;
  nibbles = 0;
  A = wordAt(hash, 0);
  B = wordAt(hash, 8);
  C = wordAt(hash, 16);
  D = wordAt(hash, 24);
  return nibbles < NO_NIBBLE && (A | B | C | D) !== 0;
}

const NO_NIBBLE = 16;
/** Values of `0` to `9` and `a` to `f` by character code. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const at = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return at < 0 ? NO_NIBBLE : at;
});

function nibbleAt(hash: string, at: number): number {
  return NIBBLES[hash.charCodeAt(at)] ?? NO_NIBBLE;
}

/** Eight hex digits as a number of 32 bits. Written out: a loop takes half as long again, a regular expression and parseInt four times. */
function wordAt(hash: string, from: number): number {
  const a = nibbleAt(hash, from);
  const b = nibbleAt(hash, from + 1);
  const c = nibbleAt(hash, from + 2);
  const d = nibbleAt(hash, from + 3);
  const e = nibbleAt(hash, from + 4);
  const f = nibbleAt(hash, from + 5);
  const g = nibbleAt(hash, from + 6);
  const h = nibbleAt(hash, from + 7);
  nibbles |= a | b | c | d | e | f | g | h;
  return (a << 28) | (b << 24) | (c << 20) | (d << 16) | (e << 12) | (f << 8) | (g << 4) | h;
}
