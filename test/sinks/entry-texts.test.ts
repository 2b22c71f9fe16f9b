import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryTexts } from '../../src/sinks/entry-texts.js';

function textsOf(entries: Iterable<readonly [path: string, text: string]>): EntryTexts {
  const texts = new EntryTexts();
  for (const [path, text] of entries) texts.add(path, text);
  return texts;
}

function joined(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString('latin1');
}

it('gives texts back in the order of their paths, whatever their number', () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
  const entry = fc.tuple(fc.string({ unit: 'grapheme', maxLength: 3 }), text);
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 2500, size: 'max' }), (entries) => {
      const texts = textsOf(entries);
      const sorted = entries.toSorted(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1));
      expect(texts.count).toBe(entries.length);
      expect([...texts.sorted()]).toEqual(sorted.map(([path, of]) => ({ path, text: of })));
      expect(joined(texts.pieces('<', '>'))).toBe(`<${sorted.map(([, of]) => of).join(',')}>`);
    }),
    { numRuns: 40 },
  );
});

it('takes more after it was read', () => {
  const texts = textsOf([['b', 'B']]);
  expect(joined(texts.pieces('', ''))).toBe('B');
  texts.add('a', 'A');
  expect(joined(texts.pieces('', ''))).toBe('A,B');
  for (let index = 0; index < 5000; index += 1) texts.add(`c${index}`, `${index}`);
  const paths = Array.from(texts.sorted(), ({ path }) => path);
  expect(paths).toEqual(['a', 'b', ...Array.from({ length: 5000 }, (_, index) => `c${index}`).sort()]);
});

it('writes what becomes of a text', () => {
  const texts = textsOf([
    ['b', 'long'],
    ['a', 'x'],
  ]);
  expect(joined(texts.pieces('[', ']', (text) => text.slice(1)))).toBe('[,ong]');
});

describe('pieces', () => {
  it('stay below 256 KiB, and none is empty between the first and the last', () => {
    const texts = textsOf(Array.from({ length: 9000 }, (_, index) => [`${index}`, 'x'.repeat(index % 300)]));
    const pieces = [...texts.pieces('head', 'tail')];
    expect(pieces.length).toBeGreaterThan(5);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(256 * 1024);
    for (const piece of pieces.slice(0, -2)) expect(piece.length).toBeGreaterThan(255 * 1024);
  });

  it('hold an entry that is longer', () => {
    const long = 'y'.repeat(1_000_000);
    const texts = textsOf([
      ['b', long],
      ['a', 'x'],
      ['c', 'z'],
    ]);
    expect(joined(texts.pieces('(', ')'))).toBe(`(x,${long},z)`);
  });
});
