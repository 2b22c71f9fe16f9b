import { describe, expect, it } from 'vitest';
import { normalizeRoot } from '../../src/model/root-path.js';

describe('normalizeRoot', () => {
  // Values of `str(PurePosixPath(...))`, CPython 3.11.
  it.each([
    ['', '.'],
    ['.', '.'],
    ['/', '/'],
    ['//', '//'],
    ['///', '/'],
    ['//a//b/', '//a/b'],
    ['/a/./b/../c/', '/a/b/../c'],
    ['a/', 'a'],
    ['/a b ', '/a b '],
    ['C:\\x\\', 'C:\\x\\'],
  ])('posix %j is %j', (root, normal) => {
    expect(normalizeRoot(root, 'posix')).toBe(normal);
    expect(normalizeRoot(normal, 'posix')).toBe(normal);
  });

  // Values of `str(PureWindowsPath(...))`, CPython 3.11.
  it.each([
    ['', '.'],
    ['C:/Projects//shot 01/.', 'C:\\Projects\\shot 01'],
    ['c:\\', 'c:\\'],
    ['C:', 'C:'],
    ['C:x/y', 'C:x\\y'],
    ['\\a\\b\\', '\\a\\b'],
    ['a/../b', 'a\\..\\b'],
    ['//srv/share', '\\\\srv\\share\\'],
    ['\\\\srv\\share\\', '\\\\srv\\share\\'],
    ['\\\\srv\\share\\a\\\\b\\', '\\\\srv\\share\\a\\b'],
    ['\\\\?\\C:\\a\\', '\\\\?\\C:\\a'],
    ['\\\\?\\UNC\\srv\\share\\a', '\\\\?\\UNC\\srv\\share\\a'],
  ])('windows %j is %j', (root, normal) => {
    expect(normalizeRoot(root, 'windows')).toBe(normal);
    expect(normalizeRoot(normal, 'windows')).toBe(normal);
  });
});
