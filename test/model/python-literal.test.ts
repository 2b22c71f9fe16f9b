import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTextDict, pythonDict, pythonString } from '../../src/model/python-literal.js';

/** What CPython 3.11 prints. */
const REPR: readonly (readonly [string, string])[] = [
  ['plain', "'plain'"],
  ["it's", '"it\'s"'],
  ['say "x"', '\'say "x"\''],
  ['both \' and "', "'both \\' and \"'"],
  ['back\\slash', "'back\\\\slash'"],
  ['tab\tnl\ncr\r', "'tab\\tnl\\ncr\\r'"],
  ['\x00\x1b\x7f\x80\xa0\xad', "'\\x00\\x1b\\x7f\\x80\\xa0\\xad'"],
  ['été', "'été'"],
  ['\u2028\u3000', "'\\u2028\\u3000'"],
  ['\u{1f3ac}', "'\u{1f3ac}'"],
  ['\ud800', "'\\ud800'"],
  ['\u{e0001}', "'\\U000e0001'"],
  [' ', "' '"],
  ['', "''"],
];

it.each(REPR)('prints %j as Python does', (text, literal) => {
  expect(pythonString(text)).toBe(literal);
  expect(parseTextDict(`{'k': ${literal}}`)).toEqual({ k: text });
});

it('prints a dictionary as Python does', () => {
  expect(pythonDict({ local_file: 'a', s3_key: "b'c" })).toBe(`{'local_file': 'a', 's3_key': "b'c"}`);
  expect(pythonDict({})).toBe('{}');
});

it('reads what it prints, whatever the text', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.dictionary(text, text), (members) => {
      expect(parseTextDict(pythonDict(members))).toEqual({ ...members });
    }),
    { numRuns: 60 },
  );
});

describe('reads', () => {
  it.each([
    ['JSON', '{"a": "b\\u00e9\\/"}', { a: 'bé/' }],
    [
      'double quotes with escapes of Python',
      '{"a": "\\x41\\101\\u0042\\U0001f3ac\\a"}',
      { a: 'AAB\u{1f3ac}\x07' },
    ],
    ['an escape that is none', "{'a': '\\q'}", { a: '\\q' }],
    ['a comma at the end, and space', " { 'a' :'b' , } ", { a: 'b' }],
    ['an empty one', '{}', {}],
  ])('%s', (_what, line, expected) => {
    expect(parseTextDict(line)).toEqual(expected);
  });
});

describe('refuses', () => {
  it.each([
    ['nothing', ''],
    ['a list', "['a']"],
    ['a number as value', '{"a": 1}'],
    ['a text that does not end', "{'a': 'b"],
    ['something behind it', "{'a': 'b'} x"],
    ['no colon', "{'a' 'b'}"],
    ['no value', "{'a':}"],
    ['no comma', "{'a': 'b' 'c': 'd'}"],
    ['a comma alone', '{,}'],
    ['a point that no character has', "{'a': '\\Uffffffff'"],
  ])('%s', (_what, line) => {
    expect(parseTextDict(line)).toBeUndefined();
  });
});
