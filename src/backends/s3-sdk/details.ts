/** What an object carries besides bytes, as members of the SDK's inputs, and as its answers give it back. */
import { DEFAULT_CONTENT_TYPE } from '../contract.js';
import { type ObjectSubject, objectError } from '../errors.js';
import type { HeadResult, PutOptions } from '../storage-client.js';

const PRINTABLE = /^[\x20-\x7e]*$/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Content type, metadata and tags of a write; the type always, for the SDK has a default of its own. Throws
 * `InvalidConfig` for what no header can carry.
 */
export function detailInput(options: PutOptions | undefined, subject: ObjectSubject) {
  const { contentType = DEFAULT_CONTENT_TYPE, userMetadata = {}, tags = {} } = options ?? {};
  if (!PRINTABLE.test(contentType)) throw notSendable('the content type', subject);
  for (const [name, value] of Object.entries(userMetadata)) {
    if (!TOKEN.test(name) || !PRINTABLE.test(value)) throw notSendable(`the metadata ${name}`, subject);
  }
  return {
    ContentType: contentType,
    ...(Object.keys(userMetadata).length > 0 && { Metadata: { ...userMetadata } }),
    ...(Object.keys(tags).length > 0 && { Tagging: tagging(tags) }),
  };
}

function notSendable(what: string, subject: ObjectSubject): Error {
  return objectError('InvalidConfig', `${what} has characters that no header can carry`, subject);
}

function tagging(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}

interface Described {
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

export function headOf(key: string, size: number, answer: Described): HeadResult {
  const { LastModified, ETag, ContentType, Metadata } = answer;
  return {
    key,
    size,
    ...(LastModified !== undefined && { lastModified: LastModified.getTime() / 1000 }),
    ...(ETag !== undefined && { etag: ETag }),
    ...(ContentType !== undefined && { contentType: ContentType }),
    userMetadata: { ...Metadata },
  };
}
