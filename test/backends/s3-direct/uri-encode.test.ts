import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeKey, encodeText, queryText } from '../../../src/backends/s3-direct/uri-encode.js';

it.each([
  ['Data/0a-b_c.d~e', 'Data/0a-b_c.d~e'],
  ['a b+c', 'a%20b%2Bc'],
  ['%2F', '%252F'],
  ["!'()*", '%21%27%28%29%2A'],
  ['é世😀', '%C3%A9%E4%B8%96%F0%9F%98%80'],
  ['/a//b/../c/./', '/a//b/../c/./'],
  ['a\nb\t', 'a%0Ab%09'],
  ['a=b&c?d#e', 'a%3Db%26c%3Fd%23e'],
])('the key %j travels as %s', (key, encoded) => {
  expect(encodeKey(key)).toBe(encoded);
});

it('any key consists of plain characters then, and can be had back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (key) => {
      expect(encodeKey(key)).toMatch(/^(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})*$/);
      expect(decodeURIComponent(encodeKey(key))).toBe(key);
    }),
  );
});

it('half a surrogate pair is no key', () => {
  expect(() => encodeKey('a\ud800')).toThrow(URIError);
});

it('a slash in a query is encoded', () => {
  expect(encodeText('a/b')).toBe('a%2Fb');
});

it('a query is in the order of its encoded names', () => {
  expect(queryText({ b: '2', 'a-b': '1', a: 'x y', é: '', A: '/' })).toBe('%C3%A9=&A=%2F&a=x%20y&a-b=1&b=2');
  expect(queryText({})).toBe('');
});
