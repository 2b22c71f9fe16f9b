/**
 * Which kind of failure an answer of S3 is (spec/storage.md section 6 and 2.4): by its code,
 * else by its status and the call that was made. Pure tables; `failure.ts` makes errors of it.
 */
import type { StorageErrorKind } from '../../model/errors.js';

/** What decides. */
export interface Verdict {
  readonly operation: string;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly message?: string;
  readonly bucketRegion?: string;
}

const CODES: Readonly<Record<string, StorageErrorKind>> = {
  ...all('NotFound', ['NoSuchKey', 'NoSuchVersion']),
  ...all('BucketNotFound', ['NoSuchBucket']),
  ...all('NoSuchUpload', ['NoSuchUpload']),
  ...all('AccessDenied', [
    'AccessDenied',
    'AccessDeniedException',
    'AllAccessDisabled',
    'AccountProblem',
    'NotSignedUp',
    'InvalidPayer',
  ]),
  ...all('ExpiredCredentials', ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']),
  ...all('InvalidCredentials', [
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'InvalidToken',
    'InvalidSecurity',
    'InvalidTokenId',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'MissingSecurityHeader',
    'CredentialsNotSupported',
    'AuthFailure',
    'XAdminUserNotFound', // versitygw's word for InvalidAccessKeyId, with status 404
  ]),
  ...all('ClockSkew', ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture']),
  ...all('WrongRegion', [
    'PermanentRedirect',
    'TemporaryRedirect',
    'Redirect',
    'AuthorizationHeaderMalformed',
    'IllegalLocationConstraintException',
  ]),
  ...all('Throttled', [
    'RequestLimitExceeded',
    'BandwidthLimitExceeded',
    'TooManyRequests',
    'TooManyRequestsException',
    'RequestThrottled',
    'RequestThrottledException',
    'LimitExceededException',
    'ServiceUnavailable',
  ]),
  ...all('Timeout', ['RequestTimeout', 'RequestTimeoutException']),
  ...all('ServiceError', [
    'InternalError',
    'InternalFailure',
    'ServerException',
    'BadGateway',
    'GatewayTimeout',
  ]),
  ...all('Conflict', ['ConditionalRequestConflict', 'OperationAborted']),
  ...all('InvalidMultipart', ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall']),
  ...all('NotSupported', [
    'NotImplemented',
    'XNotImplemented',
    // Stores over a file system, where `a` and `a/b` cannot both be.
    'ObjectParentIsFile',
    'ExistingObjectIsDirectory',
  ]),
  ...all('ChecksumMismatch', [
    'BadDigest',
    'InvalidDigest',
    'XAmzContentSHA256Mismatch',
    'XAmzContentChecksumMismatch',
  ]),
  ...all('ArchivedObject', ['InvalidObjectState']),
  ...all('ObjectTooLarge', ['EntityTooLarge', 'MaxMessageLengthExceeded']),
};

function all(kind: StorageErrorKind, codes: readonly string[]): Record<string, StorageErrorKind> {
  return Object.fromEntries(codes.map((code) => [code, kind]));
}

const STATUSES: Readonly<Record<number, StorageErrorKind>> = {
  301: 'WrongRegion',
  307: 'WrongRegion',
  308: 'WrongRegion',
  401: 'InvalidCredentials',
  403: 'AccessDenied',
  407: 'Network',
  408: 'Timeout',
  409: 'Conflict',
  413: 'ObjectTooLarge',
  429: 'Throttled',
  501: 'NotSupported',
  503: 'Throttled',
};

const THROTTLING = /^(?:SlowDown|Throttl)/;

/** The kind of a failed answer. */
export function kindOf(verdict: Verdict): StorageErrorKind {
  const { code = '', httpStatus = 0 } = verdict;
  if (httpStatus === 503 || THROTTLING.test(code)) return 'Throttled';
  return kmsKind(verdict) ?? preciseKind(verdict) ?? CODES[code] ?? statusKind(verdict);
}

function kmsKind({ code = '', httpStatus = 0, message = '' }: Verdict): StorageErrorKind | undefined {
  if (code.startsWith('KMS.')) {
    if (/^KMS\.(?:Throttl|LimitExceeded)/.test(code)) return 'Throttled';
    return httpStatus >= 500 ? 'ServiceError' : 'KmsKeyUnavailable';
  }
  return message.includes('kms:') && httpStatus < 500 ? 'KmsAccess' : undefined;
}

/** What a document says that means another kind in spite of status 412; as text, which an entity could hide. */
const OTHER_THAN_CONDITION = /kms|slowdown|throttl|&/i;

/**
 * Whether the answer to a write is `AlreadyExists` by the look of it: a conditional write meets it once for each object that
 * is there, and to read its document takes long. `false` leaves the kind open.
 */
export function isPlainlyThere(answer: { readonly status: number; readonly text: string }): boolean {
  return answer.status === 412 && !OTHER_THAN_CONDITION.test(answer.text);
}

/** Codes that mean one thing here and another there. */
function preciseKind(verdict: Verdict): StorageErrorKind | undefined {
  const { operation, code = '', httpStatus = 0, message = '' } = verdict;
  // What answers a condition: a write found the object there, a read found another one.
  if (httpStatus === 412 || code === 'PreconditionFailed')
    return isRead(operation) ? 'Conflict' : 'AlreadyExists';
  if (code === 'AuthorizationHeaderMalformed' && isAboutKey(verdict)) return 'InvalidCredentials';
  if (code === 'MalformedXML' && operation === 'completeMultipart') return 'InvalidMultipart';
  if (httpStatus === 400 && refusesFeature(code, message)) return 'NotSupported';
  return undefined;
}

function isAboutKey({ message = '', bucketRegion }: Verdict): boolean {
  return bucketRegion === undefined && !/region/i.test(message) && /access key|akid/i.test(message);
}

/** A header that the store does not know, by the many ways of saying so (spec/storage.md 2.5 and 2.6). */
function refusesFeature(code: string, message: string): boolean {
  if (CODES[code] !== undefined) return false;
  return /not (?:implemented|supported)|x-amz-(?:sdk-)?checksum|checksum algorithm|if-none-match/i.test(
    `${code} ${message}`,
  );
}

function statusKind({ operation, httpStatus = 0 }: Verdict): StorageErrorKind {
  if (httpStatus === 404) return missingKind(operation);
  const known = STATUSES[httpStatus];
  if (known) return known;
  return httpStatus >= 400 && httpStatus < 500 ? 'BadRequest' : 'ServiceError';
}

/** What is missing when the answer does not say: the object, or what must be there to write or list one. */
function missingKind(operation: string): StorageErrorKind {
  if (/^(?:head|get)Object|^copyObject/.test(operation)) return 'NotFound';
  return /^(?:uploadPart|completeMultipart|abortMultipart)/.test(operation)
    ? 'NoSuchUpload'
    : 'BucketNotFound';
}

function isRead(operation: string): boolean {
  return /^(?:get|head)/.test(operation);
}
