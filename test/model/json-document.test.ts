import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FloatNumber } from '../../src/model/document-value.js';
import { jsonDocumentText, parseJsonDocument } from '../../src/model/json-document.js';

describe('parseJsonDocument', () => {
  it.each<[string, unknown]>([
    [
      ' [1, 1.0, 1e2, -0, -0.0, 0.5] ',
      [1, new FloatNumber(1), new FloatNumber(100), 0, new FloatNumber(-0), 0.5],
    ],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['{"a": {"b": [ ]}, "a\\u0022,}": [{ }]}', { a: { b: [] }, 'a",}': [{}] }],
    ['{"a": 1, "a": 2}', { a: 2 }],
    ['\t"\\ud83d\\ude00\\\\"\n', '😀\\'],
    ['[true,false,null]', [true, false, null]],
  ])('reads %s', (text, expected) => {
    expect(parseJsonDocument(text)).toEqual(expected);
  });

  it('takes __proto__ for a member like any other', () => {
    const document = parseJsonDocument('{"__proto__": {"x": 1}}') as object;
    expect(Object.hasOwn(document, '__proto__')).toBe(true);
    expect('x' in document).toBe(false);
  });

  it.each(['', '{', '[1,]', '{"a" 1}', '01', "'a'", 'NaN', '1 2', '"\n"'])('refuses %j', (text) => {
    expect(() => parseJsonDocument(text)).toThrowError(SyntaxError);
  });

  it('agrees with JSON.parse but for numbers, in any layout', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false }),
        fc.constantFrom(undefined, 1, '\t'),
        (value, indent) => {
          const text = JSON.stringify(value, undefined, indent);
          expect(plain(parseJsonDocument(text))).toEqual(JSON.parse(text));
        },
      ),
    );
  });
});

function plain(value: unknown): unknown {
  if (value instanceof FloatNumber) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

it('writes what Python writes, and the same again after reading', () => {
  const text =
    '{"a": [1, 1.0, 9007199254740993, true, null, "\\u00e9\\u007f\\n"], "b": {}, "c": [], "d": 1e-05}';
  expect(jsonDocumentText(parseJsonDocument(text))).toBe(text);
  expect(jsonDocumentText([Number.NaN, Number.POSITIVE_INFINITY])).toBe('[NaN, Infinity]');
});
