/** The writer of bytes against the text that JSON makes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathV2023 } from '../../src/model/manifest.js';
import { V2023Writer } from '../../src/model/v2023-bytes.js';

const PIECE_BYTES = 256 * 1024;

function piecesOf(entries: readonly PathV2023[], totalSize = 1): Uint8Array[] {
  const writer = new V2023Writer();
  const pieces: Uint8Array[] = [];
  for (const entry of entries) {
    writer.add(entry);
    if (writer.isFull) pieces.push(...writer.take());
    expect(writer.isFull).toBe(false);
  }
  pieces.push(...writer.end(totalSize));
  return pieces;
}

function textOf(entries: readonly PathV2023[], totalSize = 1): string {
  return Buffer.concat(piecesOf(entries, totalSize)).toString('latin1');
}

function expected(entries: readonly PathV2023[], totalSize = 1): string {
  const paths = entries.map(({ hash, mtime, path, size }) => ({ hash, mtime, path, size }));
  const text = JSON.stringify({ hashAlg: 'xxh128', manifestVersion: '2023-03-03', paths, totalSize });
  return text.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const entry = (more: Partial<PathV2023>): PathV2023 => ({
  ...{ path: 'a', hash: '0'.repeat(32), size: 1, mtime: 1 },
  ...more,
});

it('writes what JSON in ASCII would be', () => {
  const path = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
    fc.constantFrom('\ud800', '"', '\\', '\x7f', '~', ' ', '\x1f', '\u2028', '😀'),
  );
  const made = fc.record({
    path,
    hash: fc.string({ unit: fc.constantFrom(...'0123456789abcdefXYZ'), maxLength: 40 }),
    size: fc.maxSafeNat(),
    mtime: fc.maxSafeInteger(),
  });
  fc.assert(
    fc.property(fc.array(made, { maxLength: 40 }), fc.maxSafeNat(), (entries, totalSize) => {
      expect(textOf(entries, totalSize)).toBe(expected(entries, totalSize));
    }),
  );
});

const ROUND = Array.from({ length: 16 }, (_, digits) => 10 ** digits);

it.each([0, ...ROUND.flatMap((at) => [at - 1, at, at + 1]), Number.MAX_SAFE_INTEGER])(
  'writes %d',
  (value) => {
    const entries = [entry({ size: value, mtime: -value }), entry({ size: value, mtime: value })];
    expect(textOf(entries, value)).toBe(expected(entries, value));
  },
);

it('writes a zero without a sign, and times before 1684 as the reference does', () => {
  const entries = [entry({ mtime: -0 }), entry({ mtime: -62_135_596_800_000_000 })];
  expect(textOf(entries)).toContain('"mtime":0,');
  expect(textOf(entries)).toContain('"mtime":-62135596800000000,');
});

describe('pieces', () => {
  it.each([
    ['usual paths', 40, 9000],
    ['the longest usual paths, escaped', 2048, 300],
    ['long paths', 2049, 300],
    ['paths longer than a piece', 300_000, 3],
  ])('are full but for the last: %s', (_what, length, count) => {
    const entries = Array.from({ length: count }, (_, index) =>
      entry({ path: `${index}${'\u00fc'.repeat(length)}`.slice(0, length) }),
    );
    const pieces = piecesOf(entries);
    expect(Buffer.concat(pieces).toString('latin1') === expected(entries)).toBe(true);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBe(PIECE_BYTES);
  });

  it('a manifest without entries is one', () => {
    expect(piecesOf([], 0).map((piece) => Buffer.from(piece).toString())).toEqual([expected([], 0)]);
  });

  it('holds a digest of any length', () => {
    const entries = [
      entry({ hash: 'a'.repeat(1025) }),
      entry({ hash: 'b'.repeat(1024) }),
      entry({ hash: '' }),
    ];
    expect(textOf(entries)).toBe(expected(entries));
  });
});

it('writes again to pieces that are given back', () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => entry({ path: `${'p'.repeat(150)}${index}` }));
  const spare: Uint8Array[] = [];
  const writer = new V2023Writer(spare);
  const buffers = new Set<ArrayBufferLike>();
  const copies: Uint8Array[] = [];
  const read = (piece: Uint8Array): void => {
    buffers.add(piece.buffer);
    copies.push(piece.slice());
    spare.push(piece);
  };
  for (const one of entries) {
    writer.add(one);
    if (writer.isFull) writer.take().forEach(read);
  }
  writer.end(1).forEach(read);
  expect(copies.length).toBeGreaterThan(8);
  expect(buffers.size).toBe(2);
  expect(Buffer.concat(copies).toString('latin1')).toBe(expected(entries));
});
