import { expect, it } from 'vitest';
import { extendedPath, LONG_PATH_LENGTH, longPath } from '../../src/model/long-path.js';

const drive = (length: number): string => `C:\\${'a'.repeat(length - 3)}`;

it('adds the prefix from the limit on, by length alone', () => {
  expect(longPath(drive(LONG_PATH_LENGTH - 1))).toBe(drive(250));
  expect(longPath(drive(LONG_PATH_LENGTH))).toBe(`\\\\?\\${drive(251)}`);
});

it('leaves alone what is relative to something, and what has a prefix', () => {
  for (const begin of ['rel\\', 'C:', '\\', '\\\\?\\C:\\', '\\\\?\\UNC\\s\\h\\']) {
    const path = begin + 'b'.repeat(300);
    expect(longPath(path)).toBe(path);
  }
});

it.each([
  ['C:/a//./b/', '\\\\?\\C:\\a\\b'],
  ['//srv/share/x', '\\\\?\\UNC\\srv\\share\\x'],
  ['C:\\', '\\\\?\\C:\\'],
])('%s forced is %s', (path, expected) => {
  expect(extendedPath(path)).toBe(expected);
});

it.each(['rel', 'C:x', '\\x', 'C:\\a\\..\\b', `${drive(251)}\\..\\b`])('%s cannot be forced', (path) => {
  expect(() => extendedPath(path)).toThrowError(expect.objectContaining({ kind: 'InvalidPath', path }));
});

it('does not hide a ".." that the prefix would make a name', () => {
  expect(() => longPath(`${drive(251)}\\..\\b`)).toThrowError(/".." part/);
});
