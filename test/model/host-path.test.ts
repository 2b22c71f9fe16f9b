import { expect, it } from 'vitest';
import {
  hostPathParent,
  hostPathParts,
  isAbsoluteHostPath,
  splitHostPath,
} from '../../src/model/host-path.js';
import type { HostPaths } from '../../src/model/paths.js';

it.each<[HostPaths, string, string, string[]]>([
  ['posix', '/a//b/./c/', '/', ['a', 'b', 'c']],
  ['posix', '//a', '/', ['a']],
  ['posix', 'a/../b', '', ['a', '..', 'b']],
  ['posix', 'C:\\a', '', ['C:\\a']],
  ['posix', '', '', []],
  ['windows', 'C:/a\\b', 'C:\\', ['a', 'b']],
  ['windows', 'C:', 'C:', []],
  ['windows', 'C:x', 'C:', ['x']],
  ['windows', '\\a', '\\', ['a']],
  ['windows', '\\\\srv\\share', '\\\\srv\\share\\', []],
  ['windows', '//srv/share//a', '\\\\srv\\share\\', ['a']],
  ['windows', '\\\\?\\C:\\a', 'C:\\', ['a']],
  ['windows', '\\\\?\\UNC\\srv\\share\\a', '\\\\srv\\share\\', ['a']],
  ['windows', '//?/unc/srv/share', '\\\\srv\\share\\', []],
  ['windows', '\\\\?\\Volume{1}\\a', '\\\\?\\Volume{1}\\', ['a']],
])('%s %s has the anchor %s', (format, path, anchor, names) => {
  expect(splitHostPath(path, format)).toEqual({ anchor, names });
  expect(hostPathParts(path, format)).toEqual(anchor === '' ? names : [anchor, ...names]);
});

it.each<[HostPaths, string, boolean]>([
  ['posix', '/', true],
  ['posix', 'C:\\', false],
  ['windows', '/', false],
  ['windows', 'C:', false],
  ['windows', 'C:x', false],
  ['windows', '\\x', false],
  ['windows', 'c:/', true],
  ['windows', '\\\\s\\h', true],
])('%s: %s is absolute: %s', (format, path, expected) => {
  expect(isAbsoluteHostPath(path, format)).toBe(expected);
});

it.each<[HostPaths, string, string]>([
  ['posix', '/a/b.mov', '/a'],
  ['posix', '/a', '/'],
  ['posix', 'b.mov', ''],
  ['posix', 'a/b\\c', 'a'],
  ['posix', '/a/', '/a'],
  ['windows', 'C:\\a', 'C:\\'],
  ['windows', 'C:\\a/b\\c', 'C:\\a/b'],
  ['windows', '\\\\s\\h\\x', '\\\\s\\h\\'],
])('%s: the directory of %s is %s', (format, path, expected) => {
  expect(hostPathParent(path, format)).toBe(expected);
});
