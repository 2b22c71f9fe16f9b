import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnspeakable, nameLength, pathBytes } from '../../src/model/path-bytes.js';

describe('pathBytes', () => {
  it.each(['', 'plain', 'ä/😀', 'NFD a\u0308', 'new\nline'])('leaves %j to the system', (path) => {
    expect(pathBytes(path)).toBeUndefined();
  });

  it('turns U+DC80 to U+DCFF into the bytes 0x80 to 0xFF', () => {
    const all = Array.from({ length: 128 }, (_, index) => index);
    const path = all.map((index) => String.fromCharCode(0xdc80 + index)).join('/');
    const bytes = all.flatMap((index) => (index === 0 ? [0x80] : [0x2f, 0x80 + index]));
    expect(pathBytes(path)).toEqual(Uint8Array.from(bytes));
  });

  it('keeps what stands around them', () => {
    expect(pathBytes('ä\udcff😀/x')).toEqual(
      Uint8Array.from([...Buffer.from('ä'), 0xff, ...Buffer.from('😀/x')]),
    );
  });
});

it.each([
  ['\udc80', false],
  ['\udcff', false],
  ['\udc7f', true],
  ['\udd00', true],
  ['\ud800', true],
  ['😀', false],
  ['\ude00\ud83d', true],
])('is %j unspeakable: %s', (path, expected) => {
  expect(isUnspeakable(path)).toBe(expected);
});

it('counts the bytes of a name as the file system does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(nameLength(name)).toBe(Buffer.byteLength(name));
    }),
  );
  expect(nameLength('\udc80\udcff')).toBe(2);
});
