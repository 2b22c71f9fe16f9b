import { expect, it } from 'vitest';
import { directoryOf, KnownPaths, reduceKnownPaths } from '../../src/model/known-paths.js';
import type { HostPaths } from '../../src/model/paths.js';

it.each<[HostPaths, string | undefined, string[], string[]]>([
  ['posix', '/home/u', ['~/p', '~'], ['/home/u']],
  ['posix', '/home/u', ['~other/p', 'a~'], []],
  ['posix', undefined, ['~/p', '/p'], ['/p']],
  ['windows', 'C:\\Users\\u', ['~\\p', '~/q'], ['C:\\Users\\u\\p', 'C:\\Users\\u\\q']],
  ['windows', undefined, ['\\\\srv\\share\\a', '\\\\SRV\\share'], ['\\\\SRV\\share']],
  ['windows', undefined, ['//srv/', '\\\\srv2\\x'], ['\\\\srv', '\\\\srv2\\x']],
  ['windows', undefined, ['\\\\?\\', '\\\\.\\'], []],
])('%s, home %s: %j leaves %j', (format, home, paths, expected) => {
  expect(reduceKnownPaths(paths, { format, ...(home !== undefined && { home }) })).toEqual(expected);
});

it.each<[HostPaths, string, string, boolean]>([
  ['posix', '/p', '/p', true],
  ['posix', '/p', '/p2', false],
  ['posix', '/', '/x', true],
  ['windows', '\\\\srv', '\\\\SRV\\share\\x', true],
  ['windows', '\\\\srv', '\\\\srv2\\share\\x', false],
  ['windows', 'C:\\', 'c:\\x', true],
])('%s: %s makes %s known: %s', (format, known, path, expected) => {
  expect(new KnownPaths([known], { format }).has(path)).toBe(expected);
});

it.each<[HostPaths, string, string]>([
  ['posix', '/a/b', '/a'],
  ['posix', '/a', '/'],
  ['posix', '/', '/'],
  ['windows', '\\\\s\\h\\x', '\\\\s\\h\\'],
])('%s: %s lies in %s', (format, path, expected) => {
  expect(directoryOf(path, format)).toBe(expected);
});
