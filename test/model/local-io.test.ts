import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/model/errors.js';
import { errnoOf, localIoError } from '../../src/model/local-io.js';

const failed = (code: string) => Object.assign(new Error(`${code}: made for this test`), { code });

describe('localIoError', () => {
  it.each([
    ['ENOENT', 'FileVanished', 'LocalIo', false],
    ['ENOTDIR', 'FileVanished', 'LocalIo', false],
    ['ESTALE', 'FileVanished', 'LocalIo', false],
    ['EACCES', 'FileUnreadable', 'LocalIo', false],
    ['EPERM', 'FileUnreadable', 'LocalIo', false],
    ['EROFS', 'FileUnreadable', 'LocalIo', false],
    ['ENOSPC', 'FileUnreadable', 'NoSpace', false],
    ['EDQUOT', 'FileUnreadable', 'NoSpace', false],
    ['EMFILE', 'FileUnreadable', 'LocalIo', true],
    ['ENFILE', 'FileUnreadable', 'LocalIo', true],
    ['ENAMETOOLONG', 'PathTooLong', 'PathTooLong', false],
    ['EISDIR', 'NotAFile', 'NotAFile', false],
    ['ENXIO', 'NotAFile', 'NotAFile', false],
    ['ELOOP', 'NotAFile', 'SymlinkEscape', false],
    ['EEXIST', 'FileUnreadable', 'AlreadyExists', false],
    ['EILSEQ', 'InvalidPath', 'InvalidPath', false],
    ['EBUSY', 'FileUnreadable', 'LocalIo', true],
    ['EIO', 'FileUnreadable', 'LocalIo', false],
    ['EWHATEVER', 'FileUnreadable', 'LocalIo', false],
  ] as const)('%s is %s on a source and %s on a target', (code, source, target, retryable) => {
    for (const [side, kind] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const cause = failed(code);
      const error = localIoError(cause, { operation: 'put', path: '/a/b', side });
      expect(error).toMatchObject({
        kind,
        code: kind,
        errno: code,
        retryable,
        path: '/a/b',
        operation: 'put',
        cause,
      });
      expect(error.message).toContain(code);
      expect(error.message).toContain('"/a/b"');
    }
  });

  it.each([
    ['ENOSPC', 'target', /space/],
    ['EDQUOT', 'target', /space/],
    ['EROFS', 'target', /not writable/],
    ['EACCES', 'target', /not writable/],
    ['EACCES', 'source', /may not read/],
    ['EMFILE', 'source', /open files/],
    ['EMFILE', 'target', /open files/],
    ['ENOENT', 'source', /submit again/],
    ['ENAMETOOLONG', 'target', /shorten/],
  ] as const)('%s on a %s says what to do', (code, side, hint) => {
    expect(localIoError(failed(code), { operation: 'x', path: '/p', side }).hint).toMatch(hint);
  });

  it('keeps a typed error as it is', () => {
    const typed = new StorageError('HashMismatch', 'made for this test');
    expect(localIoError(typed, { operation: 'x', path: '/p', side: 'source' })).toBe(typed);
  });

  it('takes the message of an error without errno', () => {
    const error = localIoError(new Error('odd'), { operation: 'x', path: '/p', side: 'target' });
    expect(error).toMatchObject({ kind: 'LocalIo', errno: undefined });
    expect(error.message).toContain('odd');
  });
});

describe('errnoOf', () => {
  it.each([
    [failed('ENOENT'), 'ENOENT'],
    [{ code: 'EPERM' }, 'EPERM'],
    [{ code: 5 }, undefined],
    [{ code: 'NotFound' }, undefined],
    [null, undefined],
    ['ENOENT', undefined],
  ])('%j -> %s', (value, expected) => {
    expect(errnoOf(value)).toBe(expected);
  });
});
