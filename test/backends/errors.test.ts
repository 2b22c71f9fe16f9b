import { describe, expect, it } from 'vitest';
import {
  bucketNotFound,
  classify,
  noSuchUpload,
  notFound,
  objectError,
  withAttempts,
} from '../../src/backends/errors.js';
import { StorageError } from '../../src/model/errors.js';
import { CancelledError } from '../../src/pipeline/errors.js';

const object = { operation: 'getObject', bucket: 'b', key: 'k' };
const failed = (code: string) => Object.assign(new Error(code), { code });

describe('classify', () => {
  it.each([
    ['ENOENT', 'read', 'NotFound', undefined],
    ['ENOTDIR', 'read', 'NotFound', undefined],
    ['EISDIR', 'read', 'NotFound', undefined],
    ['ELOOP', 'read', 'SymlinkEscape', expect.any(String)],
    ['EACCES', 'read', 'LocalIo', expect.stringContaining('read')],
    ['EIO', 'read', 'LocalIo', undefined],
    ['ENAMETOOLONG', 'read', 'PathTooLong', expect.any(String)],
    ['ENOSPC', 'write', 'NoSpace', expect.stringContaining('space')],
    ['EDQUOT', 'write', 'NoSpace', expect.stringContaining('space')],
    ['EROFS', 'write', 'LocalIo', expect.stringContaining('not writable')],
    ['EPERM', 'write', 'LocalIo', expect.stringContaining('not writable')],
    ['EMFILE', 'write', 'LocalIo', expect.stringContaining('open files')],
  ] as const)('%s on %s is %s', (code, access, kind, hint) => {
    const cause = failed(code);
    const error = classify(cause, { ...object, path: '/p', access });
    expect(error).toMatchObject({ kind, ...object, path: '/p', errno: code, hint, cause, attempts: 1 });
  });

  it.each([[new CancelledError()], [objectError('Conflict', 'typed', object)]])(
    'passes %o through',
    (error) => {
      expect(classify(error, { ...object, path: '/p', access: 'write' })).toBe(error);
    },
  );

  it('adds the object to an error that knows none', () => {
    const typed = new StorageError('SymlinkEscape', 'typed', { path: '/q', hint: 'h' });
    const expected = { kind: 'SymlinkEscape', message: 'typed', path: '/q', hint: 'h', ...object };
    expect(classify(typed, { ...object, path: '/p', access: 'write' })).toMatchObject(expected);
  });
});

it('withAttempts keeps everything but the number of tries', () => {
  const cause = new Error('why');
  const subject = {
    ...object,
    httpStatus: 503,
    s3Code: 'SlowDown',
    requestId: 'R',
    retryable: true,
    hint: 'later',
    retryAfterMs: 5,
    cause,
  };
  const error = withAttempts(new StorageError('Throttled', 'text', subject), 12);
  expect(error).toMatchObject({ ...subject, kind: 'Throttled', message: 'text', attempts: 12 });
});

it.each([
  [notFound(object), 'NotFound', 404],
  [bucketNotFound(object), 'BucketNotFound', 404],
  [noSuchUpload(object), 'NoSuchUpload', 404],
  [objectError('Conflict', 'text', object, { httpStatus: 412 }), 'Conflict', 412],
])('%s names its object in fields and message', (error, kind, httpStatus) => {
  expect(error).toMatchObject({ kind, code: kind, httpStatus, ...object, retryable: false });
  expect(error.message).toContain('getObject "k": ');
});
