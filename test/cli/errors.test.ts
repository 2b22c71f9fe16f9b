import { expect, it } from 'vitest';
import {
  errorDocument,
  errorLine,
  errorTrace,
  exitCodeOf,
  isCancelled,
  UsageError,
} from '../../src/cli/errors.js';
import { ManifestError, StorageError, ValidationError } from '../../src/model/errors.js';
import { CancelledError, CollectedError, OptionError } from '../../src/pipeline/errors.js';

it.each([
  [new UsageError('x'), 2],
  [new OptionError('concurrency', 'x'), 2],
  [new StorageError('InvalidConfig', 'x'), 2],
  [new StorageError('InvalidGlobPattern', 'x'), 2],
  [new StorageError('NotFound', 'x'), 1],
  [new ManifestError('SCHEMA', 'x'), 1],
  [new ValidationError('NonValidInputError', 'x'), 1],
  [new ValidationError('MisconfiguredInputsError', 'x'), 1],
  [new Error('x'), 1],
  ['text', 1],
])('%o ends with exit code %d', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

it('puts what failed, status and code, then the hint on one line', () => {
  const error = new StorageError('AccessDenied', 'cannot put s3://b/k', {
    httpStatus: 403,
    s3Code: 'AccessDenied',
    hint: 'Check which credentials\nare active.',
  });
  expect(errorLine(error)).toBe(
    'cannot put s3://b/k (403 AccessDenied). Check which credentials\\nare active.',
  );
});

it('repeats nothing that the message already says', () => {
  const hint = 'Try again.';
  const error = new StorageError('Throttled', `put b/k: 503 SlowDown. ${hint}`, {
    httpStatus: 503,
    s3Code: 'SlowDown',
    hint,
  });
  expect(errorLine(error)).toBe('put b/k: 503 SlowDown. Try again.');
});

it('reads a document as well as an error', () => {
  expect(errorLine({ code: 'ObjectsMissing', message: '2 missing', details: {} })).toBe('2 missing');
});

it('gives machines code, message and the subject', () => {
  const error = new StorageError('NotFound', 'no object http://u:p@h/k', {
    bucket: 'b',
    key: 'k',
    httpStatus: 404,
  });
  expect(errorDocument(error)).toEqual({
    code: 'NotFound',
    message: 'no object http://***@h/k',
    details: { kind: 'NotFound', httpStatus: 404, bucket: 'b', key: 'k', attempts: 1, retryable: false },
  });
});

it('lists every failure of a run that collects them', () => {
  const errors = [
    new StorageError('FileUnreadable', 'cannot read a', { path: '/a' }),
    new StorageError('FileChanged', 'b changed', { path: '/b' }),
  ];
  const { code, details } = errorDocument(new CollectedError(errors));
  expect(code).toBe('Collected');
  expect(details['errors']).toMatchObject([
    { code: 'FileUnreadable', details: { path: '/a' } },
    { code: 'FileChanged', details: { path: '/b' } },
  ]);
});

it.each([
  [new CancelledError(), true],
  [new DOMException('stop', 'AbortError'), true],
  [new StorageError('Timeout', 'x'), false],
  [undefined, false],
])('%o was cancelled: %s', (error, expected) => {
  expect(isCancelled(error)).toBe(expected);
});

it('traces causes without credentials', () => {
  const error = new Error('outer', { cause: new Error('inner https://u:p@h/') });
  expect(errorTrace(error)).toMatch(/outer[\s\S]*caused by: .*inner https:\/\/\*\*\*@h/);
});
