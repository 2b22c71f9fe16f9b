import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostPathParts } from '../../src/model/host-path.js';
import {
  commonRoot,
  compareHostPaths,
  hostPathKey,
  isWithin,
  sortedHostPaths,
} from '../../src/model/host-path-order.js';
import { compareCodePoints } from '../../src/model/order.js';
import type { HostPaths } from '../../src/model/paths.js';

describe('isWithin', () => {
  it.each<[HostPaths, string, string, boolean]>([
    ['posix', '/mnt/p', '/mnt/p', true],
    ['posix', '/mnt/p/x', '/mnt/p', true],
    ['posix', '/mnt/p2', '/mnt/p', false],
    ['posix', '/mnt', '/mnt/p', false],
    ['posix', '/mnt/P/x', '/mnt/p', false],
    ['posix', '/a', '/', true],
    ['windows', 'c:\\A\\x', 'C:\\a', true],
    ['windows', 'C:\\ab', 'C:\\a', false],
    ['windows', 'D:\\a', 'C:\\', false],
    ['windows', '\\\\SRV\\s\\x', '\\\\srv\\S\\', true],
    ['windows', '\\\\srv\\s2\\x', '\\\\srv\\s\\', false],
    ['windows', 'C:\\ÄB\\x', 'c:\\äb', true],
  ])('%s: %s in %s: %s', (format, path, dir, expected) => {
    expect(isWithin(path, dir, format)).toBe(expected);
  });
});

it.each([
  ['C:\\Σ', 'c:\\σ'], // a whole-text mapping makes this the form at the end of a word
  ['İ', 'İ'], // has no lower case of one character
  ['ẞA', 'ßa'],
  ['😀X', '😀x'],
])('the key of %s is %s, as long as the text', (path, key) => {
  expect(hostPathKey(path, 'windows')).toBe(key);
  expect(key).toHaveLength(path.length);
  expect(hostPathKey(path, 'posix')).toBe(path);
});

describe('order', () => {
  it('is by parts and code points', () => {
    const paths = ['/r/a-b', '/r/a/c', '/r/a', '/r/B', '/r/a b', '/r/￮', '/r/😀', '/r/a\u0001'];
    expect(sortedHostPaths(paths, 'posix')).toEqual([
      ...['/r/B', '/r/a', '/r/a/c', '/r/a\u0001', '/r/a b', '/r/a-b', '/r/￮', '/r/😀'],
    ]);
  });

  it('ignores case on Windows, and breaks ties by text', () => {
    expect(sortedHostPaths(['c:\\b', 'C:\\a', 'c:\\A', 'C:\\B'], 'windows')).toEqual([
      ...['C:\\a', 'c:\\A', 'C:\\B', 'c:\\b'],
    ]);
  });

  const name = fc.string({
    minLength: 1,
    maxLength: 3,
    unit: fc.constantFrom('a', 'A', ' ', '-', '😀', '￮'),
  });
  it.each<[HostPaths, string]>([
    ['posix', '/'],
    ['windows', 'C:\\'],
  ])('is what comparing the parts one by one gives (%s)', (format, anchor) => {
    const separator = format === 'windows' ? '\\' : '/';
    const path = fc.array(name, { maxLength: 4 }).map((names) => anchor + names.join(separator));
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(Math.sign(compareHostPaths(a, b, format))).toBe(Math.sign(byParts(a, b, format)));
      }),
    );
  });
});

function byParts(a: string, b: string, format: HostPaths): number {
  const [left, right] = [a, b].map((path) => hostPathParts(hostPathKey(path, format), format)) as [
    string[],
    string[],
  ];
  const at = left.findIndex((part, index) => part !== right[index]);
  if (at < 0 || right[at] === undefined) return left.length - right.length;
  return compareCodePoints(left[at] ?? '', right[at] ?? '');
}

describe('commonRoot', () => {
  it.each<[HostPaths, string[], string]>([
    ['posix', ['/a/b'], '/a/b'],
    ['posix', ['/a/b', '/a/c'], '/a'],
    ['posix', ['/a/b', '/a/bc'], '/a'],
    ['posix', ['/a/b/c', '/a/b'], '/a/b'],
    ['posix', ['/a', '/b'], '/'],
    ['posix', ['/a', '/a'], '/a'],
    ['windows', ['C:\\x\\a', 'C:\\y'], 'C:\\'],
    ['windows', ['C:\\Proj\\b', 'C:\\PROJ\\out'], 'C:\\Proj'],
    ['windows', ['C:\\PROJ\\out', 'C:\\Proj\\b'], 'C:\\Proj'],
    ['windows', ['c:\\p\\a', 'C:\\P\\a'], 'C:\\P\\a'],
    ['windows', ['\\\\s\\h\\a', '\\\\S\\H\\b'], '\\\\s\\h\\'],
  ])('%s %j have %s', (format, paths, expected) => {
    expect(commonRoot(paths, format)).toBe(expected);
  });

  it.each([[['C:\\a', 'D:\\a']], [['\\\\s\\a\\x', '\\\\s\\b\\x']], [[]]])('refuses %j', (paths) => {
    expect(() => commonRoot(paths, 'windows')).toThrowError(expect.objectContaining({ kind: 'InvalidPath' }));
  });

  it('holds every path, in any order of them', () => {
    const path = fc
      .array(fc.constantFrom('a', 'A', 'ab', 'b'), { minLength: 1, maxLength: 5 })
      .map((names) => `C:\\${names.join('\\')}`);
    fc.assert(
      fc.property(fc.array(path, { minLength: 1 }), (paths) => {
        const root = commonRoot(paths, 'windows');
        expect(paths.every((one) => isWithin(one, root, 'windows'))).toBe(true);
        expect(commonRoot(paths.toReversed(), 'windows')).toBe(root);
      }),
    );
  });
});
