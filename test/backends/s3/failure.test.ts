import { describe, expect, it } from 'vitest';
import { retryClassOf } from '../../../src/backends/retry-classes.js';
import { type S3Failure, type S3Subject, s3Error, transportError } from '../../../src/backends/s3/failure.js';
import { StorageError, type StorageErrorKind } from '../../../src/model/errors.js';
import { CancelledError } from '../../../src/pipeline/errors.js';

const subject = (operation = 'putObject'): S3Subject => ({
  operation,
  bucket: 'bucket',
  key: 'p/Data/h.xxh128',
});

describe('s3Error', () => {
  it.each<[string, number, string | undefined, StorageErrorKind, string]>([
    ['getObject', 404, undefined, 'NotFound', 'never'],
    ['headObject', 404, 'NotFound', 'NotFound', 'never'],
    ['putObject', 404, undefined, 'BucketNotFound', 'never'],
    ['listObjects', 404, undefined, 'BucketNotFound', 'never'],
    ['uploadPart', 404, undefined, 'NoSuchUpload', 'never'],
    ['putObject', 503, 'Whatever', 'Throttled', 'throttle'],
    ['putObject', 503, 'NotImplemented', 'Throttled', 'throttle'],
    ['putObject', 400, 'ThrottlingException', 'Throttled', 'throttle'],
    ['putObject', 400, 'RequestLimitExceeded', 'Throttled', 'throttle'],
    ['putObject', 509, 'BandwidthLimitExceeded', 'Throttled', 'throttle'],
    ['getObject', 400, 'KMS.ThrottlingException', 'Throttled', 'throttle'],
    ['completeMultipart', 200, 'SlowDown', 'Throttled', 'throttle'],
    ['putObject', 500, undefined, 'ServiceError', 'transient'],
    ['putObject', 502, undefined, 'ServiceError', 'transient'],
    ['putObject', 504, undefined, 'ServiceError', 'transient'],
    ['listObjects', 200, undefined, 'ServiceError', 'transient'],
    ['completeMultipart', 200, 'Strange', 'ServiceError', 'transient'],
    ['putObject', 408, undefined, 'Timeout', 'transient'],
    ['putObject', 407, undefined, 'Network', 'transient'],
    ['putObject', 403, 'ExpiredToken', 'ExpiredCredentials', 'credentials'],
    ['putObject', 400, 'ExpiredTokenException', 'ExpiredCredentials', 'credentials'],
    ['putObject', 400, 'TokenRefreshRequired', 'ExpiredCredentials', 'credentials'],
    ['putObject', 400, 'InvalidToken', 'InvalidCredentials', 'never'],
    ['putObject', 403, 'RequestExpired', 'ClockSkew', 'clock'],
    ['putObject', 400, 'InvalidDigest', 'ChecksumMismatch', 'checksum'],
    ['putObject', 400, 'XAmzContentSHA256Mismatch', 'ChecksumMismatch', 'checksum'],
    ['putObject', 409, 'OperationAborted', 'Conflict', 'conflict'],
    ['putObject', 412, undefined, 'AlreadyExists', 'never'],
    ['completeMultipart', 412, 'PreconditionFailed', 'AlreadyExists', 'never'],
    ['getObjectRange', 412, 'PreconditionFailed', 'Conflict', 'never'],
    ['getObjectRange', 416, 'InvalidRange', 'BadRequest', 'never'],
    ['headObject', 400, undefined, 'BadRequest', 'never'],
    ['putObject', 405, 'MethodNotAllowed', 'BadRequest', 'never'],
    ['putObject', 411, 'MissingContentLength', 'BadRequest', 'never'],
    ['putObject', 307, 'TemporaryRedirect', 'WrongRegion', 'never'],
    ['headObject', 301, undefined, 'WrongRegion', 'never'],
    ['putObject', 400, 'EntityTooLarge', 'ObjectTooLarge', 'never'],
    ['putObject', 413, undefined, 'ObjectTooLarge', 'never'],
    ['completeMultipart', 400, 'InvalidPart', 'InvalidMultipart', 'never'],
    ['completeMultipart', 400, 'InvalidPartOrder', 'InvalidMultipart', 'never'],
    ['completeMultipart', 400, 'EntityTooSmall', 'InvalidMultipart', 'never'],
    ['completeMultipart', 400, 'MalformedXML', 'InvalidMultipart', 'never'],
    ['putObject', 400, 'KMS.KMSInvalidStateException', 'KmsKeyUnavailable', 'never'],
    ['putObject', 501, undefined, 'NotSupported', 'never'],
  ])('%s %d %s is %s (%s)', (operation, httpStatus, code, kind, retryClass) => {
    const error = s3Error({ httpStatus, ...(code !== undefined && { code }) }, subject(operation));
    expect(error).toMatchObject({
      kind,
      code: kind,
      httpStatus,
      operation,
      bucket: 'bucket',
      key: 'p/Data/h.xxh128',
    });
    expect(retryClassOf(error)).toBe(retryClass);
    expect(error.retryable).toBe(retryClass !== 'never');
  });

  it.each<[S3Failure, StorageErrorKind, RegExp]>([
    [
      { httpStatus: 400, code: 'InvalidRequest', message: 'x-amz-checksum-xxhash128 is unknown' },
      'NotSupported',
      /xxhash128/,
    ],
    [{ httpStatus: 400, code: 'InvalidArgument', message: 'bad key' }, 'BadRequest', /bad key/],
    [
      {
        httpStatus: 400,
        code: 'AuthorizationHeaderMalformed',
        message: 'a non-empty Access Key (AKID) must be provided',
      },
      'InvalidCredentials',
      /400/,
    ],
    [
      {
        httpStatus: 400,
        code: 'AuthorizationHeaderMalformed',
        message: "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      },
      'WrongRegion',
      /is in eu-west-1$/,
    ],
    [{ httpStatus: 301, bucketRegion: 'ap-south-1' }, 'WrongRegion', /is in ap-south-1$/],
    [{ httpStatus: 403, code: 'Forbidden' }, 'AccessDenied', /answered 403$/],
    [
      { httpStatus: 501, code: 'NotImplemented', header: 'If-None-Match' },
      'NotSupported',
      /\(header If-None-Match\)$/,
    ],
  ])('reads %j as %s', (failure, kind, text) => {
    const error = s3Error(failure, subject());
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(text);
  });

  it('keeps what it is told', () => {
    const cause = new Error('original');
    const failure = { httpStatus: 503, code: 'SlowDown', requestId: 'R1', retryAfterMs: 1500, cause };
    const error = s3Error(failure, { ...subject(), path: '/f' });
    expect(error).toMatchObject({
      s3Code: 'SlowDown',
      requestId: 'R1',
      retryAfterMs: 1500,
      path: '/f',
      cause,
    });
    expect(error.message).toBe('putObject "s3://bucket/p/Data/h.xxh128": the store answered 503 SlowDown');
  });

  it('names region, request and account in its hints', () => {
    const hint = (failure: S3Failure, more: Partial<S3Subject> = {}) =>
      s3Error(failure, { ...subject(), ...more }).hint;
    expect(hint({ httpStatus: 301, bucketRegion: 'eu-west-1' })).toContain('eu-west-1');
    expect(hint({ httpStatus: 500, requestId: 'R9' })).toContain('R9');
    expect(hint({ httpStatus: 403 }, { owner: '123456789012' })).toContain('123456789012');
    const serverDate = new Date('2031-02-03T04:05:06Z');
    expect(hint({ httpStatus: 403, code: 'RequestTimeTooSkewed', serverDate })).toContain(
      '2031-02-03T04:05:06.000Z',
    );
  });
});

describe('transportError', () => {
  const coded = (code: string, more: object = {}) =>
    Object.assign(new Error(`failed ${code}`), { code, ...more });
  it.each<[string, unknown, StorageErrorKind, boolean]>([
    ...[
      'ECONNRESET',
      'ECONNREFUSED',
      'EPIPE',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EPROTO',
    ].map((code): [string, unknown, StorageErrorKind, boolean] => [code, coded(code), 'Network', true]),
    ...[
      'UND_ERR_SOCKET',
      'UND_ERR_CLOSED',
      'ERR_STREAM_PREMATURE_CLOSE',
      'HPE_INVALID_CONSTANT',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ].map((code): [string, unknown, StorageErrorKind, boolean] => [code, coded(code), 'Network', true]),
    ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].map(
      (code): [string, unknown, StorageErrorKind, boolean] => [code, coded(code), 'Timeout', true],
    ),
    ['a TimeoutError', Object.assign(new Error('t'), { name: 'TimeoutError' }), 'Timeout', true],
    ['fetch failed', new TypeError('fetch failed', { cause: coded('ETIMEDOUT') }), 'Timeout', true],
    [
      'all addresses refused',
      new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]),
      'Network',
      true,
    ],
    ...[
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ].map((code): [string, unknown, StorageErrorKind, boolean] => [code, coded(code), 'Network', false]),
    ['EMFILE', coded('EMFILE'), 'LocalIo', true],
    ['what nobody knows', new Error('odd'), 'Network', false],
    ['no error at all', 'text', 'Network', false],
  ])('%s', (_, cause, kind, retryable) => {
    const error = transportError(cause, subject('getObject'));
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ kind, retryable, cause, operation: 'getObject', key: 'p/Data/h.xxh128' });
    expect((error as StorageError).httpStatus).toBeUndefined();
    expect((error as StorageError).hint).toBeTruthy();
  });

  it.each([
    ['a certificate', coded('SELF_SIGNED_CERT_IN_CHAIN'), /AWS_CA_BUNDLE/],
    [
      'the proxy',
      coded('UND_ERR_ABORTED', { message: 'Proxy response (407) !== 200 when HTTP Tunneling' }),
      /HTTPS_PROXY/,
    ],
    ['open files', coded('EMFILE'), /open files/],
    ['silence', coded('UND_ERR_BODY_TIMEOUT'), /idle timeout/],
  ])('has a hint about %s', (_, cause, text) => {
    expect((transportError(cause, subject()) as StorageError).hint).toMatch(text);
  });

  it.each([
    ['an aborted signal', AbortSignal.abort().reason],
    ['an aborted request of undici', coded('UND_ERR_ABORTED')],
    [
      'an AbortError within',
      new Error('x', { cause: Object.assign(new Error('a'), { name: 'AbortError' }) }),
    ],
  ])('takes %s for cancellation', (_, cause) => {
    expect(transportError(cause, subject())).toBeInstanceOf(CancelledError);
  });

  it('passes typed errors through', () => {
    const typed = new StorageError('NoSpace', 'x');
    expect(transportError(typed, subject())).toBe(typed);
  });
});
