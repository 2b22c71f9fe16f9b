/**
 * What pure code asks of a hash: XXH3 with 128 bits, seed 0 (spec/manifests.md section 7).
 * The model calls it and does not know how it is computed.
 */

/** A digest that is fed piece by piece; any split gives the digest of the whole. */
export interface Xxh128Stream {
  update(bytes: Uint8Array): void;
  /** 32 lowercase hex digits, zero padded; more bytes may follow. */
  digest(): string;
}

/** One implementation of the hash. Synchronous. */
export interface Xxh128 {
  /** 32 lowercase hex digits, zero padded, high half first. */
  oneShot(bytes: Uint8Array): string;
  create(): Xxh128Stream;
}
