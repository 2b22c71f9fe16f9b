/** Known digests that every implementation must give before it is trusted (spec/manifests.md section 7). */
import type { Xxh128 } from '../model/hasher.js';

const ramp = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8) * 17 + seed) & 255);

/** Both sides of the border between the short and the long form, leading zeros, and several blocks. */
const KNOWN: readonly (readonly [Uint8Array, string])[] = [
  [new Uint8Array(0), '99aa06d3014798d86001c324468d497f'],
  [new TextEncoder().encode('hello world'), 'df8d09e93f874900a99b8775cc15b6c7'],
  [new TextEncoder().encode('asset-4717'), '0007eb5378c8c1982128c1309bfb0682'],
  [new TextEncoder().encode('asset-8285'), '0d568ee1617650fc0000c8fe2c958e3f'],
  [ramp(240, 7), '5293e17bf553903d3f2c53e72293711f'],
  [ramp(241, 7), 'b53840fe3fedf161956cae592c67279e'],
  [new Uint8Array(1_048_576), 'b6ef17a3448492b6918780b90550bf34'],
];

/** Whether `hash` gives every known digest, at once and in pieces. */
export function passesSelfTest(hash: Xxh128): boolean {
  return KNOWN.every(([bytes, digest]) => hash.oneShot(bytes) === digest && inPieces(hash, bytes) === digest);
}

function inPieces(hash: Xxh128, bytes: Uint8Array): string {
  const stream = hash.create();
  const cut = Math.floor(bytes.length / 3);
  stream.update(bytes.subarray(0, cut));
  stream.update(bytes.subarray(cut));
  return stream.digest();
}
