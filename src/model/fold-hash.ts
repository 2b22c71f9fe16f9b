/** A 64 bit key for indexes in memory; never on the wire (spec/manifests.md section 7). */

/** High half XOR low half of a digest of 32 hex digits. */
export function foldHash64(hex: string): bigint {
  return BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`);
}
