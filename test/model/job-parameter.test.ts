import { expect, it } from 'vitest';
import { isUri, isValueOnly, pathItems, typeOfParameter, usesExpr } from '../../src/model/job-parameter.js';

it.each([
  ['s3://bucket/key', true],
  ['https://h/x', true],
  ['a+b.c-1://x', true],
  ['c://x', false], // one letter is a drive
  ['C:/x', false],
  ['file:/x', false],
  ['/a://b', false],
])('%s is a URI: %s', (text, expected) => {
  expect(isUri(text)).toBe(expected);
});

it('reads lists of paths from lists and from JSON text', () => {
  expect(pathItems(['a', 'b'])).toEqual(['a', 'b']);
  expect(pathItems('["a"]')).toEqual(['a']);
  for (const value of [undefined, 1, 'a', '"a"', [1], '[1]', { a: 'b' }])
    expect(pathItems(value)).toBeUndefined();
});

it('knows types, extensions and bare values', () => {
  expect(typeOfParameter({ name: 'a', type: 'LIST[LIST[INT]]' })).toBe('LIST[LIST[INT]]');
  expect(typeOfParameter({ name: 'a', type: 'constructor' })).toBeUndefined();
  expect([{ extensions: ['EXPR'] }, { extensions: 'EXPR' }, {}].map(usesExpr)).toEqual([true, false, false]);
  expect(isValueOnly({ name: 'a', value: 1 })).toBe(true);
  expect(isValueOnly({ name: 'a', value: 1, type: 'INT' })).toBe(false);
});
