import { describe, expect, it } from 'vitest';
import { isBelow, lexicalTarget } from '../../src/sources/link-policy.js';

describe('lexicalTarget', () => {
  it.each([
    ['l', 'a', 'a'],
    ['d/l', 'a', 'd/a'],
    ['d/l', '../a', 'a'],
    ['d/l', './/x/./y/', 'd/x/y'],
    ['d/l', '..', '.'],
    ['l', '.', '.'],
    ['d/e/l', 'x/../../y', 'd/y'],
    ['l', '..', undefined],
    ['l', '../x', undefined],
    ['d/l', '../../root/a', undefined],
    ['d/l', 'x/../../../a', undefined],
    ['l', '', undefined],
    ['l', '/a', undefined],
    ['l', '\\a', undefined],
    ['l', '\\\\srv\\share', undefined],
    ['l', '//srv/share', undefined],
    ['l', 'C:', undefined],
    ['l', 'c:x', undefined],
    ['l', 'a:b', undefined],
    ['l', 'ab:c', 'ab:c'],
    ['l', '...', '...'],
    ['l', '..x/..', '.'],
  ])('of %s with text %j is %j', (path, text, expected) => {
    expect(lexicalTarget(path, text)).toBe(expected);
  });
});

describe('isBelow', () => {
  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
    ['/', '/', true],
    ['/a b', '/a', false],
  ])('%s, %s: %s', (path, directory, expected) => {
    expect(isBelow(path, directory)).toBe(expected);
  });
});
