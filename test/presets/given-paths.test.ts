import { describe, expect, it } from 'vitest';
import { givenList, givenRoot } from '../../src/presets/given-paths.js';

describe('givenRoot', () => {
  it.each([
    ['/a/b/../c/', '/a/c'],
    ['//a', '/a'],
    ['.', process.cwd()],
    ['x/./y', `${process.cwd()}/x/y`],
    ['/', '/'],
  ])('%j is %j', (given, expected) => {
    expect(givenRoot(given)).toBe(expected);
  });

  it.each<[unknown, string]>([
    ['', 'InvalidPath'], // and not the working directory, as an unset variable would have it
    ['/a\0b', 'InvalidPath'],
    [undefined, 'InvalidConfig'],
    [7, 'InvalidConfig'],
  ])('%j is refused', (given, code) => {
    expect(() => givenRoot(given as string)).toThrow(expect.objectContaining({ code }));
  });
});

describe('givenList', () => {
  it('drops empty paths, and makes the others absolute', () => {
    expect(givenList('inputFiles', ['', '/a/./b', 'c'])).toEqual(['/a/b', `${process.cwd()}/c`]);
  });

  it.each<[unknown]>([['/a'], [null], [['/a', 7]]])('%j is refused by the name of its option', (given) => {
    expect(() => givenList('inputFiles', given as string[])).toThrow(
      expect.objectContaining({ code: 'InvalidConfig', message: expect.stringContaining('inputFiles') }),
    );
  });
});
