/** Bytes as the manifest fixtures describe them (their README, "Format"). */
export interface ByteSource {
  readonly utf8?: string;
  readonly hex?: string;
  readonly repeat?: { readonly hex: string; readonly count: number };
  readonly ramp?: { readonly seed: number; readonly length: number };
}

export function bytesOf({ utf8, hex, repeat, ramp: slope }: ByteSource): Uint8Array {
  if (utf8 !== undefined) return Buffer.from(utf8, 'utf8');
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  if (repeat !== undefined)
    return Buffer.alloc((repeat.hex.length / 2) * repeat.count, Buffer.from(repeat.hex, 'hex'));
  if (slope !== undefined) return ramp(slope.length, slope.seed);
  throw new Error('the fixture describes no bytes');
}

export function ramp(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8) * 17 + seed) & 255);
}
