/** Error answers as S3 gives them, for the fault proxy. Each is an `Answer` in a `Fault`. */
import type { Answer, Fault } from './fault.js';

const REQUEST_ID = 'FAULTPROXY000001';

/** An S3 error document; `details` are further elements. */
export function s3Error(
  status: number,
  code: string,
  more: {
    readonly message?: string;
    readonly details?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Answer {
  const { message = `${code}, said the fault proxy`, details = {}, headers = {} } = more;
  const elements = { Code: code, Message: message, ...details, RequestId: REQUEST_ID, HostId: 'host' };
  const inner = Object.entries(elements).map(([name, text]) => `<${name}>${escaped(text)}</${name}>`);
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': REQUEST_ID, ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner.join('')}</Error>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const fails = (...args: Parameters<typeof s3Error>): Fault => ({ answer: s3Error(...args) });

/** `retryAfterSeconds` becomes a Retry-After header. */
export function slowDown(retryAfterSeconds?: number): Fault {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return fails(503, 'SlowDown', { message: 'Please reduce your request rate.', headers });
}
export const serviceUnavailable = (): Fault => fails(503, 'ServiceUnavailable');
export const internalError = (): Fault => fails(500, 'InternalError');
/** 400, answered without reading the rest of the body. */
export const requestTimeout = (): Fault => ({ ...fails(400, 'RequestTimeout'), readsBody: false });
export const accessDenied = (message = 'Access Denied'): Fault => fails(403, 'AccessDenied', { message });
export const expiredToken = (): Fault =>
  fails(400, 'ExpiredToken', { message: 'The provided token has expired.' });
export const invalidToken = (): Fault => fails(400, 'InvalidToken');
export const preconditionFailed = (): Fault =>
  fails(412, 'PreconditionFailed', { details: { Condition: 'If-None-Match' } });
export const conditionalConflict = (): Fault => fails(409, 'ConditionalRequestConflict');
export const notImplemented = (header?: string): Fault =>
  fails(501, 'NotImplemented', {
    message: 'A header you provided implies functionality that is not implemented',
    details: header === undefined ? {} : { Header: header },
  });
export const invalidRequest = (message: string): Fault => fails(400, 'InvalidRequest', { message });
export const noSuchUpload = (): Fault => fails(404, 'NoSuchUpload');
export const invalidPart = (): Fault => fails(400, 'InvalidPart');
export const noSuchBucket = (): Fault => fails(404, 'NoSuchBucket');

/** 403 with the server's time in the document and in Date. */
export const requestTimeTooSkewed = (serverDate: Date): Fault =>
  fails(403, 'RequestTimeTooSkewed', {
    message: 'The difference between the request time and the current time is too large.',
    details: { ServerTime: serverDate.toISOString(), MaxAllowedSkewMilliseconds: '900000' },
    headers: { date: serverDate.toUTCString() },
  });
/** 301, the bucket is elsewhere. */
export const permanentRedirect = (region: string, bucket = 'bucket'): Fault =>
  fails(301, 'PermanentRedirect', {
    details: { Endpoint: `${bucket}.s3.${region}.amazonaws.com`, Bucket: bucket },
    headers: { 'x-amz-bucket-region': region },
  });
/** 400, signed for another region than the bucket's. */
export const authorizationHeaderMalformed = (region: string): Fault =>
  fails(400, 'AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; the region 'us-east-1' is wrong; expecting '${region}'`,
    details: { Region: region },
    headers: { 'x-amz-bucket-region': region },
  });
/** S3 names KMS problems by code, `KMS.DisabledException`, or as a denial that names the KMS action. */
export const kmsError = (code = 'KMS.DisabledException', status = 400): Fault =>
  fails(status, code, { message: 'arn:aws:kms:us-east-1:123456789012:key/k is disabled.' });
export const kmsDenied = (action = 'kms:GenerateDataKey'): Fault =>
  accessDenied(
    `User: arn:aws:sts::123456789012:assumed-role/worker/i is not authorized to perform: ${action} on resource: arn:aws:kms:us-east-1:123456789012:key/k because no identity-based policy allows the ${action} action`,
  );

/** 200 that turns out to be an error after all: CompleteMultipartUpload and CopyObject do this. The server is not asked. */
export const errorInside200 = (code = 'InternalError'): Fault => ({ answer: s3Error(200, code) });
/** The same, but the server has carried it out. */
export const errorInside200AfterDone = (code = 'InternalError'): Fault => ({ replace: s3Error(200, code) });
/** What a captive portal says to everything. */
export const html200 = (): Fault => ({
  answer: {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!DOCTYPE html><html><body>Please sign in to the network.</body></html>',
  },
});
/** An answer without any document, as load balancers give. */
export const bare = (status: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  answer: { status, headers },
});
