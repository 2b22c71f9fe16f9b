/** The headers that describe an object: type, metadata, tags; and how an answer describes one. Pure. */
import { DEFAULT_CONTENT_TYPE, type Details } from '../contract.js';
import { type ObjectSubject, objectError } from '../errors.js';
import type { HeadResult } from '../storage-client.js';
import type { AnswerHeaders } from './answer.js';
import type { HeaderList } from './header-list.js';
import { encodeText } from './uri-encode.js';

const META = 'x-amz-meta-';
const PRINTABLE = /^[\x20-\x7e]*$/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Adds what `details` say. Throws `InvalidConfig` for what no header can carry. */
export function describe(headers: HeaderList, details: Details | undefined, subject: ObjectSubject): void {
  const { contentType = DEFAULT_CONTENT_TYPE, userMetadata, tags } = details ?? {};
  if (contentType !== DEFAULT_CONTENT_TYPE && !PRINTABLE.test(contentType))
    throw notSendable('the content type', subject);
  headers.add('content-type', contentType);
  if (userMetadata) {
    for (const [name, value] of Object.entries(userMetadata)) {
      if (!TOKEN.test(name) || !PRINTABLE.test(value)) throw notSendable(`the metadata ${name}`, subject);
      headers.add(META + name.toLowerCase(), value);
    }
  }
  if (tags && Object.keys(tags).length > 0) headers.add('x-amz-tagging', taggingText(tags));
}

function taggingText(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`)
    .join('&');
}

function notSendable(what: string, subject: ObjectSubject): Error {
  return objectError('InvalidConfig', `${what} has characters that no header can carry`, subject);
}

/** What the answer to HEAD or GET says of an object; `size` is that of the object, not of a range. */
export function headOf(key: string, size: number, headers: AnswerHeaders): HeadResult {
  const userMetadata: Record<string, string> = {};
  for (const [name, value] of headers.entries()) {
    if (name.startsWith(META)) userMetadata[name.slice(META.length)] = value;
  }
  const lastModified = secondsOf(headers.get('last-modified'));
  const etag = headers.get('etag');
  const contentType = headers.get('content-type');
  return {
    ...{ key, size, userMetadata },
    ...(lastModified !== undefined && { lastModified }),
    ...(etag !== undefined && { etag }),
    ...(contentType !== undefined && { contentType }),
  };
}

/** Seconds since the epoch of a date in a header or a document. */
export function secondsOf(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** `content-length`, when it is a number. */
export function lengthOf(headers: AnswerHeaders): number | undefined {
  const text = headers.get('content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
