/**
 * Reads what the headers of a failed answer tell: region, request, time, and how long to wait.
 * Header names are lower case. Knows no XML: whoever reads the error document passes its members on.
 */

/** What is known of an answer that says no; every member is optional. */
export interface S3Failure {
  readonly httpStatus?: number;
  /** `Code` of the error document, or the name of the SDK's error. */
  readonly code?: string;
  readonly message?: string;
  /** `Header` of the error document: the request's header that was refused. */
  readonly header?: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  /** `x-amz-bucket-region`, or `Region` of the error document. */
  readonly bucketRegion?: string;
  /** `Date` of the answer. */
  readonly serverDate?: Date;
  readonly cause?: unknown;
}

/** Header values by lower-case name, or a function that gives one. */
export type Headers =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | ((name: string) => string | undefined);

/** Members of an error document that count here. */
export interface ErrorDocument {
  readonly code?: string;
  readonly message?: string;
  readonly region?: string;
  readonly header?: string;
  readonly requestId?: string;
}

/** The failure that an answer states. */
export function failureOf(httpStatus: number, headers: Headers, document: ErrorDocument = {}): S3Failure {
  const region = first(headers, 'x-amz-bucket-region') ?? document.region;
  const requestId = first(headers, 'x-amz-request-id') ?? document.requestId;
  const waitMs = retryAfterMs(headers);
  const serverDate = dateOf(first(headers, 'date'));
  const { code, message, header } = document;
  return {
    httpStatus,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(header !== undefined && { header }),
    ...(region !== undefined && region !== '' && { bucketRegion: region }),
    ...(requestId !== undefined && requestId !== '' && { requestId }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...(serverDate && { serverDate }),
  };
}

/**
 * Milliseconds that the store asks to wait: `x-amz-retry-after` in milliseconds, or `Retry-After` in seconds or as
 * a date, which counts from the answer's own `Date`, or from `nowMs`. `undefined` without one that can be read.
 */
export function retryAfterMs(headers: Headers, nowMs: number = Date.now()): number | undefined {
  const waits = [millisecondsOf(first(headers, 'x-amz-retry-after')), secondsOf(headers, nowMs)].filter(
    (wait) => wait !== undefined,
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function millisecondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Math.ceil(Number(text)) : undefined;
}

function secondsOf(headers: Headers, nowMs: number): number | undefined {
  const text = first(headers, 'retry-after');
  if (text === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const until = dateOf(text);
  const from = dateOf(first(headers, 'date'))?.getTime() ?? nowMs;
  return until && Math.max(0, until.getTime() - from);
}

function dateOf(text: string | undefined): Date | undefined {
  // Only dates as HTTP writes them: Date.parse also takes bare numbers.
  if (text === undefined || !/^[A-Z][a-z]+, /.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function first(headers: Headers, name: string): string | undefined {
  const value = typeof headers === 'function' ? headers(name) : headers[name];
  return (typeof value === 'string' ? value : value?.[0])?.trim();
}
