import { expect, it } from 'vitest';
import type { HostPaths } from '../../src/model/paths.js';
import {
  convertRelative,
  fromPosix,
  joinManifestPath,
  relativeHostPath,
  toPosix,
} from '../../src/model/relative-host-path.js';

it.each<[HostPaths, string, string, string]>([
  ['posix', '/r/a/b', '/r', 'a/b'],
  ['posix', '/r', '/r', '.'],
  ['posix', '/a', '/', 'a'],
  ['windows', 'C:\\R\\Renders\\Final', 'c:\\r', 'Renders\\Final'],
  ['windows', '\\\\srv\\share\\out', '\\\\SRV\\share\\', 'out'],
])('%s: %s below %s is %s', (format, path, root, expected) => {
  expect(relativeHostPath(path, root, format)).toBe(expected);
});

it('refuses a path outside the root', () => {
  expect(() => relativeHostPath('/r2/a', '/r', 'posix')).toThrowError(
    expect.objectContaining({ kind: 'PathOutsideRoot', path: '/r2/a' }),
  );
});

it.each<[string, HostPaths, HostPaths, string]>([
  ['renders\\final', 'windows', 'posix', 'renders/final'],
  ['a//./b/', 'posix', 'windows', 'a\\b'],
  ['..\\x', 'windows', 'posix', '../x'],
  ['.', 'windows', 'posix', '.'],
  ['', 'posix', 'windows', '.'],
  ['a//b/', 'posix', 'posix', 'a//b/'],
  ['a/b\\c', 'windows', 'posix', 'a/b/c'],
])('%s from %s to %s is %s', (path, source, target, expected) => {
  expect(convertRelative(path, source, target)).toBe(expected);
});

it('refuses a POSIX name that would be two names on Windows', () => {
  expect(() => convertRelative('a\\b', 'posix', 'windows')).toThrowError(
    expect.objectContaining({ kind: 'InvalidPath' }),
  );
});

it.each<[string, HostPaths, string]>([
  ['a/b\\c', 'posix', 'a/b\\c'],
  ['a/b', 'windows', 'a\\b'],
])('separators of %s on %s', (path, format, expected) => {
  expect(fromPosix(path, format)).toBe(expected);
  expect(toPosix(expected, format)).toBe(path);
});

it.each<[string, string, HostPaths, string]>([
  ['/r', 'a/b', 'posix', '/r/a/b'],
  ['/', 'a', 'posix', '/a'],
  ['C:\\r', 'a/b', 'windows', 'C:\\r\\a\\b'],
  ['\\\\s\\h\\', 'a', 'windows', '\\\\s\\h\\a'],
])('%s with %s on %s is %s', (root, path, format, expected) => {
  expect(joinManifestPath(root, path, format)).toBe(expected);
});

it.each<[string, HostPaths]>([
  ['../a', 'posix'],
  ['/a', 'posix'],
  ['a/../../b', 'posix'],
  ['C:a', 'windows'],
  ['a\\..\\..\\b', 'windows'],
])('%s may not be joined on %s', (path, format) => {
  expect(() => joinManifestPath('/r', path, format)).toThrowError(
    expect.objectContaining({ kind: 'PathOutsideRoot', path }),
  );
});
