import { expect, it } from 'vitest';
import { includeFilter } from '../../src/model/include-filter.js';

it.each([
  ['*.exr', '/p', 'a/b.exr', true],
  ['b.exr', '/p', 'a/b.exr', true],
  ['b.exr', '/p', 'a/bb.exr', false],
  ['b', '/', 'b', true],
  ['p/a/', '/p', 'a/x/y', true],
  ['/p/a?b', '/p', 'a/b', true],
  ['a\\b.exr', '/p', 'a/b.exr', true],
  ['[!a].exr', '/p', 'a.exr', false],
  ['[!a].exr', '/p', 'b.exr', true],
  ['B.EXR', '/p', 'b.exr', false],
])('%s over %s and %s: %s', (pattern, root, path, expected) => {
  expect(includeFilter([pattern], 'posix')?.(root, path)).toBe(expected);
});

it('compares without case on windows, roots and drives too', () => {
  const filter = includeFilter(['c:\\proj\\*'], 'windows');
  expect(filter?.('C:\\Proj', 'X.txt')).toBe(true);
  expect(filter?.('D:\\Proj', 'X.txt')).toBe(false);
});

it('is none without a pattern that says anything', () => {
  expect(includeFilter(['', './'], 'posix')).toBeUndefined();
});
