import { expect, it } from 'vitest';
import {
  mergeParameterValues,
  parameterObject,
  readParameterArgument,
} from '../../src/model/parameter-arguments.js';

it.each<[string, [string, unknown][]]>([
  ['Name=Value', [['Name', 'Value']]],
  ['_n1=', [['_n1', '']]],
  ['N=a=b\nc', [['N', 'a=b\nc']]],
  ['N={"a": 1}', [['N', '{"a": 1}']]],
  [
    ' {"a": 1, "b": [true]}',
    [
      ['a', 1],
      ['b', [true]],
    ],
  ],
])('%j sets values', (text, expected) => {
  expect(readParameterArgument(text)).toEqual({ kind: 'values', values: new Map(expected as never) });
});

it('names the file of a document', () => {
  expect(readParameterArgument('file:///tmp/a b.json')).toEqual({ kind: 'file', path: '/tmp/a b.json' });
  expect(readParameterArgument('file://rel.yaml')).toEqual({ kind: 'file', path: 'rel.yaml' });
});

it.each(['Name', '=x', '1a=x', 'a-b=x', 'deadline:priority=1', '', '{"a": }'])('%j is refused', (text) => {
  expect(() => readParameterArgument(text)).toThrowError(
    expect.objectContaining({ code: 'NonValidInputError' }),
  );
});

it('takes the last of values for one name, and documents that hold an object', () => {
  const parts = [new Map([['a', 1]]), new Map([['b', 2]]), new Map([['a', 3]])];
  expect([...mergeParameterValues(parts)]).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  expect(parameterObject({ a: 1 }, 'x.json')).toEqual(new Map([['a', 1]]));
  expect(() => parameterObject([], 'x.json')).toThrowError(/x\.json/);
});
