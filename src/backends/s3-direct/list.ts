/** Listings, page by page as S3 gives them, in its order, which is that of the keys' UTF-8 bytes. */
import { throwIfAborted } from '../cancel.js';
import type { ObjectSubject } from '../errors.js';
import { s3Error } from '../s3/failure.js';
import type { CallOptions, MultipartInfo, ObjectInfo } from '../storage-client.js';
import type { S3Caller } from './caller.js';
import { secondsOf } from './describe.js';
import { documentOf, fieldIn, takeEntries, textIn, type XmlNode } from './document.js';
import { queryText } from './uri-encode.js';

/** What the document and its many elements are called. */
interface PageNames {
  readonly root: string;
  readonly entry: string;
}
const OBJECTS: PageNames = { root: 'ListBucketResult', entry: 'Contents' };
const UPLOADS: PageNames = { root: 'ListMultipartUploadsResult', entry: 'Upload' };

export class Lists {
  constructor(private readonly caller: S3Caller) {}

  async *objects(subject: ObjectSubject, options: CallOptions = {}): AsyncGenerator<readonly ObjectInfo[]> {
    const { key: prefix } = subject;
    let marker: Record<string, string> | undefined = {};
    while (marker) {
      const { page, entries } = await this.#page(subject, OBJECTS, options.signal, {
        ...{ 'list-type': '2', prefix, 'encoding-type': 'url' },
        ...marker,
      });
      marker = following(page, { 'continuation-token': 'NextContinuationToken' }, subject);
      const found = entries.map((entry) => objectIn(entry, page, subject));
      if (found.length > 0) yield found;
    }
  }

  async *uploads(subject: ObjectSubject): AsyncGenerator<readonly MultipartInfo[]> {
    const { key: prefix } = subject;
    let marker: Record<string, string> | undefined = {};
    while (marker) {
      const { page, entries } = await this.#page(subject, UPLOADS, undefined, {
        ...{ uploads: '', prefix, 'encoding-type': 'url' },
        ...marker,
      });
      const names = { 'key-marker': 'NextKeyMarker', 'upload-id-marker': 'NextUploadIdMarker' };
      marker = following(page, names, subject);
      const found = entries.map((entry) => uploadIn(entry, page, subject));
      if (found.length > 0) yield found;
    }
  }

  async #page(
    subject: ObjectSubject,
    { root, entry }: PageNames,
    signal: AbortSignal | undefined,
    parameters: Record<string, string>,
  ): Promise<{ page: XmlNode; entries: readonly string[] }> {
    throwIfAborted(signal);
    const query = queryText(parameters);
    const answer = await this.caller.call({ subject, method: 'GET', onObject: false, query, signal });
    const { entries, rest } = takeEntries(answer.text, entry);
    const page = documentOf(rest, root);
    if (!page) throw unreadable(answer.status, subject);
    return { page, entries };
  }
}

/** Parameters that ask for the next page; `undefined` after the last one. */
function following(
  page: XmlNode,
  names: Readonly<Record<string, string>>,
  subject: ObjectSubject,
): Record<string, string> | undefined {
  if (textIn(page, 'IsTruncated') !== 'true') return undefined;
  const marker: Record<string, string> = {};
  for (const [parameter, member] of Object.entries(names)) {
    const text = textIn(page, member);
    if (text !== undefined) marker[parameter] = member === 'NextKeyMarker' ? keyText(text, page) : text;
  }
  if (Object.keys(marker).length === 0) throw unreadable(200, subject);
  return marker;
}

function objectIn(entry: string, page: XmlNode, subject: ObjectSubject): ObjectInfo {
  const size = Number(fieldIn(entry, 'Size') ?? Number.NaN);
  const lastModified = secondsOf(fieldIn(entry, 'LastModified'));
  const etag = fieldIn(entry, 'ETag');
  if (!Number.isSafeInteger(size)) throw unreadable(200, subject);
  return {
    ...{ key: keyIn(entry, page, subject), size },
    ...(lastModified !== undefined && { lastModified }),
    ...(etag !== undefined && { etag }),
  };
}

function uploadIn(entry: string, page: XmlNode, subject: ObjectSubject): MultipartInfo {
  const uploadId = fieldIn(entry, 'UploadId');
  if (uploadId === undefined) throw unreadable(200, subject);
  return {
    key: keyIn(entry, page, subject),
    uploadId,
    initiated: secondsOf(fieldIn(entry, 'Initiated')) ?? 0,
  };
}

function keyIn(entry: string, page: XmlNode, subject: ObjectSubject): string {
  const text = fieldIn(entry, 'Key');
  if (text === undefined) throw unreadable(200, subject);
  return keyText(text, page);
}

/** A key as the caller knows it; encoded only when the page says so. A blank may come as `+`. */
function keyText(text: string, page: XmlNode): string {
  if (textIn(page, 'EncodingType') !== 'url') return text;
  const escaped = text.replaceAll('+', '%20');
  if (!escaped.includes('%')) return escaped;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return text; // a foreign key that is no UTF-8 cannot be named here; it is told as it was listed
  }
}

function unreadable(httpStatus: number, subject: ObjectSubject): Error {
  return s3Error({ httpStatus, message: 'it is not the document that was asked for' }, subject);
}
