/** What went through the fault proxy. */
import type { IncomingHttpHeaders } from 'node:http';
import type { S3Request } from './s3-request.js';

export interface ProxiedRequest extends S3Request {
  /** 0, 1, 2, … in the order of arrival. */
  readonly index: number;
  /** Which connection it came on, counted from 0. */
  readonly connection: number;
  /** As they arrived; signatures and tokens are cut out. */
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds since the proxy started. */
  readonly startedMs: number;
  /** When the last byte of the answer had been passed on, or the connection ended; `undefined` while it is in flight. */
  readonly endedMs?: number;
  /** What the client got; `undefined` while there is no answer, and when it got none. */
  readonly status?: number;
  /** What the server said, if it was asked; differs from `status` where the answer was replaced or lost. */
  readonly serverStatus?: number;
  /** Bytes of the body that came from the client. */
  readonly requestBytes: number;
  /** Bytes of the body that the client was given. */
  readonly responseBytes: number;
  /** Name of the rule that struck. */
  readonly fault?: string;
}

/** The log's own view of a request, which is filled in as it goes. */
export type OpenRequest = { -readonly [Name in keyof ProxiedRequest]: ProxiedRequest[Name] };

/** Headers without what could be used to sign, for a log that tests print. */
export function redacted(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const copy = { ...headers };
  if (copy.authorization !== undefined)
    copy.authorization = copy.authorization.replace(/Signature=\S+/, 'Signature=…');
  if (copy['x-amz-security-token'] !== undefined) copy['x-amz-security-token'] = '…';
  return copy;
}

const TRANSCRIPT_LINES = 40;

/** The last requests as lines for people. */
export function transcript(requests: readonly ProxiedRequest[]): string {
  const lines = requests.slice(-TRANSCRIPT_LINES).map((request) => {
    const { index, connection, operation, key, status, serverStatus, fault, startedMs, endedMs } = request;
    const times = `${startedMs.toFixed(0)} to ${endedMs?.toFixed(0) ?? '…'} ms`;
    const bytes = `${request.requestBytes} bytes up, ${request.responseBytes} down`;
    const statuses = `status ${status ?? 'none'}, of the server ${serverStatus ?? 'none'}`;
    const struck = fault === undefined ? '' : `, struck by "${fault}"`;
    return `  ${index} on ${connection}: ${operation} ${key}: ${statuses}, ${bytes}, ${times}${struck}`;
  });
  return [`${requests.length} requests went through the fault proxy, at last:`, ...lines].join('\n');
}
