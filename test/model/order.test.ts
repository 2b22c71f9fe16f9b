import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints, compareUtf16 } from '../../src/model/order.js';

const anyString = fc.string({ unit: 'binary' });
const halves = fc.string({
  unit: fc.constantFrom('a', '\ud7ff', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000', '\uffff', '/'),
});

/** Code points one by one; a lone surrogate is one of its own. */
function codePoints(text: string): number[] {
  return [...text].map((character) => character.codePointAt(0) ?? 0);
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  if (at === -1) return Math.sign(a.length - b.length);
  const other = b[at];
  return other === undefined ? 1 : Math.sign((a[at] ?? 0) - other);
}

describe('compareCodePoints', () => {
  it.each([
    ['whole characters', anyString],
    ['halves of pairs', halves],
  ])('orders %s as lists of code points', (_, strings) => {
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(compareLists(codePoints(a), codePoints(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it('orders well formed text as its UTF-8 bytes', () => {
    fc.assert(
      fc.property(anyString, anyString, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('compareUtf16', () => {
  it('orders as the bytes of UTF-16BE', () => {
    const bytes = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
    fc.assert(
      fc.property(halves, halves, (a, b) => {
        expect(compareUtf16(a, b)).toBe(Buffer.compare(bytes(a), bytes(b)));
      }),
    );
  });
});
