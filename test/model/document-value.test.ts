import { describe, expect, it } from 'vitest';
import {
  type DocumentValue,
  FloatNumber,
  isFloat,
  isInteger,
  isSameValue,
  pythonRepr,
  pythonText,
} from '../../src/model/document-value.js';

it.each<[DocumentValue, string, string]>([
  ['a', 'a', "'a'"],
  ["it's", "it's", '"it\'s"'],
  [null, 'None', 'None'],
  [true, 'True', 'True'],
  [5, '5', '5'],
  [1e15, '1000000000000000', '1000000000000000'],
  [2n ** 64n, '18446744073709551616', '18446744073709551616'],
  [new FloatNumber(1), '1.0', '1.0'],
  [new FloatNumber(-0), '-0.0', '-0.0'],
  [new FloatNumber(1e16), '1e+16', '1e+16'],
  [1.5, '1.5', '1.5'],
  [0.00001, '1e-05', '1e-05'],
  [Number.NaN, 'nan', 'nan'],
  [Number.NEGATIVE_INFINITY, '-inf', '-inf'],
  [[1, 'a', [new FloatNumber(2)]], "[1, 'a', [2.0]]", "[1, 'a', [2.0]]"],
  [{ a: [], b: false }, "{'a': [], 'b': False}", "{'a': [], 'b': False}"],
])('%s is %s as text and %s in Python', (value, text, repr) => {
  expect([pythonText(value), pythonRepr(value)]).toEqual([text, repr]);
});

it('tells integers from floats', () => {
  const values = [1, 2n ** 60n, 1.5, new FloatNumber(1), Number.NaN, true, '1'];
  expect(values.map(isInteger)).toEqual([true, true, false, false, false, false, false]);
  expect(values.map(isFloat)).toEqual([false, false, true, true, true, false, false]);
});

describe('isSameValue', () => {
  it.each<[DocumentValue | undefined, DocumentValue | undefined, boolean]>([
    [1, new FloatNumber(1), true],
    [true, 1, true],
    [2n ** 60n, 2 ** 60, true],
    [2n ** 60n + 1n, 2 ** 60, false],
    [1, '1', false],
    [Number.NaN, Number.NaN, false],
    [undefined, null, false],
    [null, null, true],
    [[1, { a: 2 }], [1, { a: new FloatNumber(2) }], true],
    [[1], [1, 2], false],
    [{ a: 1 }, { b: 1 }, false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [[], {}, false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(isSameValue(a, b)).toBe(expected);
    expect(isSameValue(b, a)).toBe(expected);
  });
});
