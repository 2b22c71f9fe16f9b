/** CRC-32 (IEEE) as S3 writes it, and the CRC-32 of joined bytes from those of its parts. Pure. */
import { crc32 } from 'node:zlib';

/** Base64 of the four bytes, highest first. */
export function crc32Text(bytes: Uint8Array): string {
  return textOf(crc32(bytes));
}

/** A checksum that is fed piece by piece. */
export class Crc32Stream {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  text(): string {
    return textOf(this.#crc);
  }
}

export interface SizedCrc32 {
  readonly crc: number;
  /** Bytes. */
  readonly size: number;
}

/** The checksum of the parts one behind the other. */
export function joinedCrc32(parts: readonly { readonly checksum: string; readonly size: number }[]): string {
  const whole = parts
    .map(({ checksum, size }) => ({ crc: Buffer.from(checksum, 'base64').readUInt32BE(0), size }))
    .reduce(combineCrc32, { crc: 0, size: 0 });
  return textOf(whole.crc);
}

/**
 * CRC of `a` followed by `b`. Appending bytes multiplies the polynomial of `a` by x to the number of their bits,
 * modulo the polynomial of the CRC; the power is made by squaring, so any size takes some 50 steps.
 */
export function combineCrc32(a: SizedCrc32, b: SizedCrc32): SizedCrc32 {
  const shifted = multiply(a.crc, powerOfX(b.size * 8));
  return { crc: (shifted ^ b.crc) >>> 0, size: a.size + b.size };
}

/** The CRC's polynomial, and 1, in the reflected order of bits: the coefficient of x^0 is the highest bit. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X = 0x40000000;

function powerOfX(exponent: number): number {
  let result = ONE;
  let square = X;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

function multiply(a: number, b: number): number {
  let product = 0;
  let term = b;
  for (let bit = 31; bit >= 0; bit -= 1) {
    if ((a >>> bit) & 1) product ^= term;
    term = term & 1 ? (term >>> 1) ^ POLYNOMIAL : term >>> 1; // times x
  }
  return product >>> 0;
}

function textOf(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
