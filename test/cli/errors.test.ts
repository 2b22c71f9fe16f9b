import { describe, expect, it } from 'vitest';
import { connectS3 } from '../../src/backends/s3/connection.js';
import { HINT_IDS, hintFor } from '../../src/backends/s3/hints.js';
import {
  errorDocument,
  errorLine,
  errorText,
  errorTrace,
  exitCodeOf,
  isCancelled,
  RefusedError,
  tellsItself,
  UsageError,
} from '../../src/cli/errors.js';
import { DeadlineServiceError } from '../../src/deadline/errors.js';
import { BundleError } from '../../src/model/bundle-error.js';
import { decodeManifest } from '../../src/model/decode.js';
import { ManifestError, StorageError, ValidationError } from '../../src/model/errors.js';
import { MisconfiguredInputsError } from '../../src/model/submission-errors.js';
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

describe('names of library options are those of flags', () => {
  const LIBRARY =
    /maxConnections|TimeoutMs|caBundle|allowEmptyPaths|debug logging|force check|expected owner/;

  it.each(HINT_IDS)('in the hint %s', (id) => {
    const context = { certificate: true, maxConnections: 8 };
    const error = new StorageError('Network', 'failed', { hint: hintFor(id, context) });
    expect(errorLine(error)).not.toMatch(LIBRARY);
    expect(errorDocument(error).details['hint']).not.toMatch(LIBRARY);
  });

  it('keeps the rest of a hint', () => {
    const error = new StorageError('Throttled', 'failed', {
      hint: hintFor('throttled', { maxConnections: 8 }),
    });
    expect(errorLine(error)).toContain('lower --concurrency (now 8); many other clients');
  });

  it('in the error of an empty manifest', () => {
    const empty = '{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[],"totalSize":0}';
    let error: unknown;
    try {
      decodeManifest(Buffer.from(empty));
    } catch (caught) {
      error = caught;
    }
    expect(errorLine(error)).toMatch(/must have an entry$/);
  });

  it.each([
    [{ expectedBucketOwner: 'me' }, '--bucket-owner: must be "caller", "none" or'],
    [{ endpoint: 'ftp://x' }, '--endpoint-url, --s3-endpoint-url or --deadline-endpoint-url: must be a URL'],
    [{ region: 'us_x' }, '--region: "us_x" is no name'],
    [{ maxConnections: 0 }, '--concurrency: must be'],
    [{ partSizeBytes: 1 }, 'partSizeBytes: must be'],
  ])('in the error about %j', async (settings, message) => {
    const error: unknown = await connectS3(settings).catch((reason: unknown) => reason);
    expect(errorLine(error)).toContain(message);
    expect(errorDocument(error)).toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringContaining(message),
    });
  });
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

it('keeps the lines of what is wrong with a submission, and no line break of a name', () => {
  const error = MisconfiguredInputsError.ofDirectories(['/b', '/a\nopenjd_fail: x\u001b[2J']);
  expect(errorText(error).split('\n').slice(1)).toEqual([
    'Non-existent directories:',
    '\t/a\\nopenjd_fail: x\\x1b[2J',
    '\t/b',
  ]);
});

it('indents the lines after the first of a bundle that is wrong', () => {
  const error = new BundleError('Job bundle is wrong:\n/dir\nopenjd_fail: x\n\n\u001b[2J');
  expect(errorText(error)).toBe('Job bundle is wrong:\n    /dir\n    openjd_fail: x\n    \n    \\x1b[2J');
});

it('puts all other messages on one line', () => {
  const refused = new DeadlineServiceError('the service said no', {
    operation: 'GetQueue',
    hint: 'Ask\nagain.',
  });
  expect(errorText(refused)).toBe('the service said no. Ask\\nagain.');
  expect(errorText(new Error('a\nb'))).toBe('a\\nb');
});

it.each([
  [new RefusedError('Job submission canceled (user input).'), true],
  [Object.assign(new CancelledError(), { jobId: 'job-1' }), true],
  [new CancelledError(), false],
])('%o tells itself how a cancelled run ended: %s', (error, expected) => {
  expect([tellsItself(error), isCancelled(error), exitCodeOf(error)]).toEqual([expected, true, 1]);
});
