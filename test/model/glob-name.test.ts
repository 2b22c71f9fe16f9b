import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileName } from '../../src/model/glob-name.js';
import { naiveName } from '../support/naive-glob.js';

describe('compileName', () => {
  it.each([
    ['*', ['', 'a', '.h', 'a.b'], []],
    ['?', ['a', '.', '😀', '\ud800'], ['', 'ab']],
    ['a*c', ['ac', 'abc', 'abcc'], ['acb', 'bc']],
    ['a**c', ['ac', 'abc'], ['a']],
    ['**b', ['b', 'ab'], ['ba']],
    ['[abc]', ['a', 'c'], ['d', 'ab', '[abc]']],
    ['[a-c]', ['a', 'b', 'c'], ['d', '-']],
    ['[!a]', ['b', '!', '😀'], ['a', '']],
    ['[]]', [']'], ['[', '[]]']],
    ['[]a]', [']', 'a'], ['b']],
    ['[!]]', ['a', '['], [']']],
    ['[^a]', ['^', 'a'], ['b']],
    ['[-a]', ['-', 'a'], ['b']],
    ['[a-]', ['-', 'a'], ['b']],
    ['[!-a]', ['b'], ['-', 'a']],
    ['[a-c-e]', ['b', '-', 'e'], ['d']],
    ['[c-a]', [], ['a', 'b', 'c', '-']],
    ['[!c-a]', ['a', 'b', 'c', '-'], ['']],
    ['[a', ['[a'], ['a']],
    ['[', ['['], ['']],
    ['[]', ['[]'], ['']],
    ['[!]', ['[!]'], ['a']],
    ['[!*', ['[!', '[!a'], ['a']],
    ['[[]x[*][?]', ['[x*?'], ['x']],
    ['{a,b}', ['{a,b}'], ['a', 'b']],
    ['\\*', ['\\', '\\a'], ['*']],
    ['[\\]', ['\\'], ['[\\]']],
    ['[😀-😂]', ['😁'], ['a', '\ud83d']],
    ['a.c(+)$', ['a.c(+)$'], ['abc+$']],
    ['*\n*', ['\n', 'a\nb'], ['ab']],
  ])('%j matches %j and not %j', (part, matching, others) => {
    const test = compileName(part, true);
    expect(matching.filter((name) => !test(name))).toEqual([]);
    expect(others.filter(test)).toEqual([]);
  });

  it.each([
    ['*.TXT', 'a.txt', true],
    ['a', 'A', true],
    ['[A-Z]', 'q', true],
    ['[!a]', 'A', false],
    ['ÄÖ', 'äö', true],
    ['İ', 'i̇', false],
    ['ΑΣ', 'ας', false],
    ['ΑΣ', 'ασ', true],
  ])('without case, %j on %j is %j', (part, name, matched) => {
    expect(compileName(part, false)(name)).toBe(matched);
  });

  it('minds case otherwise', () => {
    expect(compileName('a*', true)('Ab')).toBe(false);
  });

  it('agrees with the naive matcher', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '-', '.', '*', '?', '[', ']', '!', '^', '😀'),
      maxLength: 9,
    });
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '-', '.', '[', ']', '!', '^', '😀'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(part, name, (pattern, text) => {
        expect(compileName(pattern, true)(text)).toBe(naiveName([...pattern], [...text]));
      }),
      { numRuns: 20_000 },
    );
  });

  it('costs no more than pattern times name', () => {
    const text = new CountingText('a'.repeat(2000));
    const pattern = `${'*a'.repeat(20)}b`;
    expect(compileName(pattern, true)(text as unknown as string)).toBe(false);
    expect(text.looks).toBeLessThanOrEqual(pattern.length * text.length);
    expect(text.looks).toBeGreaterThan(0);
  });
});

/** Reads like a string, and counts how often a character is looked at. */
class CountingText {
  looks = 0;
  readonly length: number;

  constructor(readonly text: string) {
    this.length = text.length;
    for (let at = 0; at < text.length; at++) {
      Object.defineProperty(this, at, { get: () => this.#look(at) });
    }
  }

  #look(at: number): string | undefined {
    this.looks += 1;
    return this.text[at];
  }

  toString(): string {
    return this.text;
  }
}
