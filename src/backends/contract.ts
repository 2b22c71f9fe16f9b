/**
 * Rules of the port that every backend which holds its objects itself applies alike:
 * digests, ranges, conditions, the list of parts. Knows no storage.
 */
import type { Xxh128 } from '../model/hasher.js';
import { type ObjectSubject, objectError } from './errors.js';
import type { ObjectInfo, Part, PutOptions, WholeObject } from './storage-client.js';

/** Objects in one page of a listing. */
export const PAGE_SIZE = 1000;
/** Type of an object that was stored without one, as S3 gives it. */
export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

/** Throws `ChecksumMismatch` when a digest was promised and the bytes have another. */
export function checkDigest(digest: string, options: PutOptions | undefined, subject: ObjectSubject): void {
  if (options?.xxh128 === undefined || options.xxh128 === digest) return;
  throw objectError('ChecksumMismatch', `the bytes hash to ${digest}, not to ${options.xxh128}`, subject);
}

/** {@link checkDigest} of bytes in memory, hashed only when a digest was promised. */
export function checkBytes(
  hash: Xxh128,
  data: Uint8Array,
  options: PutOptions | undefined,
  subject: ObjectSubject,
): void {
  if (options?.xxh128 !== undefined) checkDigest(hash.oneShot(data), options, subject);
}

/** `FileChanged` when a file that was just sent does not hash to what was promised (spec/storage.md 3.4). */
export function checkFileDigest(
  digest: string,
  options: PutOptions | undefined,
  subject: ObjectSubject & { path: string },
): void {
  if (options?.xxh128 === undefined || options.xxh128 === digest) return;
  const text = `${JSON.stringify(subject.path)} hashes to ${digest}, not to ${options.xxh128}`;
  throw objectError('FileChanged', text, subject, {
    path: subject.path,
    hint: 'the file was modified after it was hashed: close the program that writes it and submit again',
  });
}

/** First byte and length of the range that an object of `size` bytes can give. */
export function checkRange(
  range: { start: number; end: number },
  size: number,
  subject: ObjectSubject,
): { offset: number; length: number } {
  const { start, end } = range;
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!whole || start < 0 || end < start) {
    throw objectError('InvalidConfig', `bytes ${start} to ${end} are no range`, subject);
  }
  if (start >= size) {
    throw objectError('BadRequest', `byte ${start} is past the end, ${size} bytes`, subject, {
      httpStatus: 416,
    });
  }
  return { offset: start, length: Math.min(end, size - 1) - start + 1 };
}

export function checkMatch(etag: string, ifMatch: string | undefined, subject: ObjectSubject): void {
  if (ifMatch === undefined || ifMatch === etag) return;
  throw objectError('Conflict', 'the object is not the one that was asked for', subject, { httpStatus: 412 });
}

/** What `onObject` is told of an object. */
export function wholeObject({ size, etag }: Pick<ObjectInfo, 'size' | 'etag'>): WholeObject {
  return { size, ...(etag !== undefined && { etag }) };
}

/** Throws `InvalidMultipart` unless there are parts and their numbers ascend within 1 to 10,000. */
export function checkPartList(parts: readonly Part[], subject: ObjectSubject): void {
  let last = 0;
  for (const { partNumber } of parts) {
    if (partNumber <= last || !isPartNumber(partNumber)) throw invalidPart(partNumber, subject);
    last = partNumber;
  }
  if (parts.length === 0) throw objectError('InvalidMultipart', 'an upload needs at least one part', subject);
}

export function checkPartNumber(partNumber: number, subject: ObjectSubject): void {
  if (!isPartNumber(partNumber)) {
    throw objectError('InvalidConfig', `a part number is 1 to 10000, not ${partNumber}`, subject);
  }
}

export function invalidPart(partNumber: number, subject: ObjectSubject): Error {
  return objectError('InvalidMultipart', `part ${partNumber} is out of order or was not stored so`, subject, {
    httpStatus: 400,
  });
}

function isPartNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 10_000;
}

/** What is stored beside an object's bytes. */
export interface Details {
  readonly contentType?: string;
  readonly userMetadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The details among the options; `undefined` when there are none. */
export function detailsOf(options: Details | undefined): Details | undefined {
  if (!options) return undefined;
  const { contentType, userMetadata, tags } = options;
  const details = {
    ...(contentType !== undefined && { contentType }),
    ...(userMetadata !== undefined &&
      Object.keys(userMetadata).length > 0 && { userMetadata: { ...userMetadata } }),
    ...(tags !== undefined && Object.keys(tags).length > 0 && { tags: { ...tags } }),
  };
  return Object.keys(details).length === 0 ? undefined : details;
}
