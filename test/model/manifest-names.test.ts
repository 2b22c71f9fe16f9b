import { describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { foldHash64 } from '../../src/model/fold-hash.js';
import {
  inputManifestName,
  localManifestName,
  nameHash,
  outputManifestName,
  rootHash,
} from '../../src/model/manifest-names.js';
import { localTimeText, timestampText } from '../../src/model/timestamps.js';
import { utf8 } from '../../src/model/utf8.js';

const time = { year: 987, month: 1, day: 2, hour: 3, minute: 4, second: 5 };

describe('names', () => {
  it('join location and root without a separator', () => {
    expect(nameHash('B/c', 'A', xxh128)).toBe(nameHash('/c', 'AB', xxh128));
    expect(nameHash('/x', undefined, xxh128)).toBe(rootHash('/x', xxh128));
    expect(outputManifestName('/x', undefined, xxh128).replace('_output', '_input')).toBe(
      inputManifestName('/x', xxh128),
    );
  });

  it('refuse a root that has no UTF-8 form', () => {
    const failure = expect.objectContaining({ code: 'INVALID_ENCODING' });
    expect(() => rootHash('/a\ud800', xxh128)).toThrowError(failure);
    expect(() => outputManifestName('/a', '\udfff', xxh128)).toThrowError(failure);
  });

  it('lose one leading underscore of their label', () => {
    expect(localManifestName('//a', undefined, time, () => 'h')).toBe('_a-h-0987-01-02T03-04-05.manifest');
    expect(localManifestName('/a', '__x', time, () => 'h')).toBe('_x-h-0987-01-02T03-04-05.manifest');
    expect(localManifestName('/a', '', time, () => 'h')).toBe('a-h-0987-01-02T03-04-05.manifest');
  });
});

describe('utf8', () => {
  it.each(['', 'a', 'é', '\u{1f600}', '\ufeff', '\uffff'])('encodes %j', (text) => {
    expect(Buffer.from(utf8(text)).toString('utf8')).toBe(text);
  });

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800', '\u{1f600}\ud83d'])('refuses %j', (text) => {
    expect(() => utf8(text)).toThrowError(expect.objectContaining({ code: 'INVALID_ENCODING' }));
  });
});

describe('foldHash64', () => {
  it.each([
    ['00000000000000010000000000000003', 2n],
    ['ffffffffffffffff0000000000000000', 0xffffffffffffffffn],
    ['99aa06d3014798d86001c324468d497f', 0x99aa06d3014798d8n ^ 0x6001c324468d497fn],
  ])('of %s', (hash, folded) => {
    expect(foldHash64(hash)).toBe(folded);
  });
});

describe('timestampText', () => {
  it.each([
    [-1, '1969-12-31T23:59:59.000000Z'],
    [-1.5, '1969-12-31T23:59:58.500000Z'],
    [-62135596800, '0001-01-01T00:00:00.000000Z'],
    [253402300799, '9999-12-31T23:59:59.000000Z'],
  ])('of %d', (seconds, text) => {
    expect(timestampText(seconds)).toBe(text);
  });

  it.each([Number.NaN, Infinity, 253402300800, -62135596801])('refuses %d', (seconds) => {
    expect(() => timestampText(seconds)).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
  });

  it('is not the form of local names', () => {
    expect(localTimeText({ ...time, year: 2026, month: 12 })).toBe('2026-12-02T03-04-05');
  });
});
