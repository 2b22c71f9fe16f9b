import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexicalHostPath, normalizeHostPath, normalizeHostPaths } from '../../src/model/host-path-normal.js';
import type { HostPaths } from '../../src/model/paths.js';

describe('normalizeHostPath', () => {
  it.each<[HostPaths, string, string]>([
    ['posix', '/a/b/../c/', '/a/c'],
    ['posix', '//a', '/a'],
    ['posix', '/..', '/'],
    ['posix', '/a/...', '/a/...'],
    ['posix', '/a/..b/.c', '/a/..b/.c'],
    ['posix', 'x/./y', '/w/d/x/y'],
    ['posix', '..', '/w'],
    ['posix', '../../../x', '/x'],
    ['posix', 'a\\b', '/w/d/a\\b'],
    ['windows', 'C:/a/./b\\', 'C:\\a\\b'],
    ['windows', 'C:', 'C:\\w\\d'],
    ['windows', 'c:x', 'C:\\w\\d\\x'],
    ['windows', '\\a', 'C:\\a'],
    ['windows', '/a', 'C:\\a'],
    ['windows', 'C:\\', 'C:\\'],
    ['windows', 'C:\\..\\..', 'C:\\'],
    ['windows', 'c:\\Users', 'c:\\Users'],
    ['windows', '\\\\srv\\share', '\\\\srv\\share\\'],
    ['windows', '//srv/share/', '\\\\srv\\share\\'],
    ['windows', '\\\\srv\\share\\..\\x', '\\\\srv\\share\\x'],
    ['windows', '\\\\?\\C:\\a', 'C:\\a'],
    ['windows', '\\\\?\\UNC\\srv\\share\\a', '\\\\srv\\share\\a'],
  ])('%s %s becomes %s', (format, path, expected) => {
    const cwd = format === 'windows' ? 'C:\\w\\d' : '/w/d';
    expect(normalizeHostPath(path, format, cwd)).toBe(expected);
    expect(normalizeHostPath(expected, format, cwd)).toBe(expected);
  });

  it.each<[HostPaths, string, string]>([
    ['posix', '', 'empty'],
    ['posix', '/a\0b', 'NUL'],
    ['windows', 'D:x', 'another drive|not known'],
    ['windows', '\\\\srv', 'share'],
    ['windows', '\\\\', 'share'],
    ['windows', 'C:\\a\0', 'NUL'],
  ])('%s refuses %j', (format, path, problem) => {
    const cwd = format === 'windows' ? 'C:\\w' : '/w';
    expect(() => normalizeHostPath(path, format, cwd)).toThrowError(
      expect.objectContaining({ kind: 'InvalidPath', path, message: expect.stringMatching(problem) }),
    );
  });

  it('refuses a relative path where the working directory is relative too', () => {
    expect(() => normalizeHostPath('a', 'posix', 'w')).toThrowError(/working directory/);
    expect(normalizeHostPath('/a', 'posix', 'w')).toBe('/a');
  });

  it('resolves a path of a share against the share', () => {
    expect(normalizeHostPath('\\a', 'windows', '\\\\s\\h\\w')).toBe('\\\\s\\h\\a');
    expect(normalizeHostPath('..\\..\\x', 'windows', '\\\\s\\h\\w')).toBe('\\\\s\\h\\x');
  });

  const segment = fc.constantFrom('a', 'B c', '.', '..', '', '...', '.x', 'é');
  it.each<[HostPaths, typeof posix, string]>([
    ['posix', posix, '/w/d'],
    ['windows', win32, 'C:\\w\\d'],
  ])('agrees with the path library of a %s host', (format, library, cwd) => {
    const separator = format === 'windows' ? fc.constantFrom('\\', '/') : fc.constant('/');
    const lead = format === 'windows' ? fc.constantFrom('', 'C:\\', 'D:/', '\\') : fc.constantFrom('', '/');
    fc.assert(
      fc.property(lead, fc.array(fc.tuple(segment, separator), { minLength: 1 }), (begin, pairs) => {
        const path = `${begin}${pairs.flat().join('')}`;
        // Two separators at the start mean a share there, and nothing at all here.
        fc.pre(path !== '' && !/^[/\\]{2}/.test(path));
        expect(normalizeHostPath(path, format, cwd)).toBe(library.resolve(cwd, path));
      }),
    );
  });
});

it.each<[HostPaths, string, string]>([
  ['posix', 'a/../b', 'b'],
  ['posix', 'a/..', '.'],
  ['posix', '../../a', '../../a'],
  ['posix', 'out/', 'out'],
  ['posix', '/../a', '/a'],
  ['windows', 'C:..\\x', 'C:..\\x'],
  ['windows', 'a/b\\..\\c', 'a\\c'],
  ['windows', '\\..\\a', '\\a'],
])('lexically, %s %s is %s', (format, path, expected) => {
  expect(lexicalHostPath(path, format)).toBe(expected);
});

it('drops empty paths from a list and keeps the order', () => {
  expect(normalizeHostPaths(['b', '', '/a/', 'b'], 'posix', '/w')).toEqual(['/w/b', '/a', '/w/b']);
});
