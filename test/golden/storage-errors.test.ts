/** What a failed S3 call means, against the golden table: kind, whether it is tried again, and the hint. */
import { expect } from 'vitest';
import { type RetryClass, retryClassOf } from '../../src/backends/retry-classes.js';
import { failureOf, s3Error, transportError } from '../../src/backends/s3/failure.js';
import { hintFor, hintIdOf } from '../../src/backends/s3/hints.js';
import { StorageError, type StorageErrorKind } from '../../src/model/errors.js';
import { golden } from '../support/golden.js';

interface ErrorCase {
  readonly operation: string;
  readonly httpStatus: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly expect: { readonly kind: StorageErrorKind; readonly retry: string; readonly hint: string | null };
}

const METHODS: Readonly<Record<string, string>> = {
  HeadObject: 'headObject',
  GetObject: 'getObject',
  PutObject: 'putObject',
  ListObjectsV2: 'listObjects',
  UploadPart: 'uploadPart',
  CompleteMultipartUpload: 'completeMultipart',
};

/** Classes behind the words of the table. What `head-then-decide` and `once-without-feature` name is decided beside the retries. */
const CLASSES: Readonly<Record<string, readonly RetryClass[]>> = {
  no: ['never'],
  backoff: ['throttle', 'transient'],
  'once-after-refresh': ['credentials'],
  'once-after-clock-fix': ['clock'],
  'once-after-rehash': ['checksum'],
  'once-after-head': ['conflict'],
  'head-then-decide': ['never'],
  'once-without-feature': ['never'],
};

golden<ErrorCase>('storage/error_mapping.json', (c) => {
  const error = errorOf(c);
  expect(error).toBeInstanceOf(StorageError);
  const { kind, retry, hint } = c.expect;
  expect(error.kind).toBe(kind);
  expect(CLASSES[retry]).toContain(retryClassOf(error));
  expect(error.retryable).toBe(retryClassOf(error) !== 'never');
  expect(hintIdOf(error) ?? null).toBe(hint);
  if (hint !== null)
    expect(error.hint?.slice(0, 20)).toBe(hintFor(hintIdOf(error) ?? 'network', contextOf(c)).slice(0, 20));
  if (c.responseHeaders) expect(error.message).toContain(c.responseHeaders['x-amz-bucket-region']);
});

function errorOf({ operation, httpStatus, code, message, responseHeaders }: ErrorCase): StorageError {
  const subject = { operation: METHODS[operation] ?? operation, bucket: 'b', key: 'p/Data/h.xxh128' };
  const failure = failureOf(httpStatus, responseHeaders ?? {}, {
    ...(code !== null && { code }),
    ...(message !== null && { message }),
  });
  // Without a status there was no answer, and the code is that of a socket.
  if (httpStatus !== 0) return s3Error(failure, subject);
  return transportError(Object.assign(new Error('socket'), { code }), subject) as StorageError;
}

function contextOf({ responseHeaders }: ErrorCase) {
  const bucketRegion = responseHeaders?.['x-amz-bucket-region'];
  return { bucket: 'b', ...(bucketRegion !== undefined && { bucketRegion }) };
}
