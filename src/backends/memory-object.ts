/** One object of the store in memory, and what is said of it. Never changed: a put makes a new one. */
import { DEFAULT_CONTENT_TYPE, type Details } from './contract.js';
import type { HeadResult, ObjectInfo } from './storage-client.js';

export interface StoredObject {
  readonly data: Uint8Array;
  readonly head: HeadResult;
  readonly details: Details | undefined;
}

export function storedObject(
  name: { readonly key: string; readonly etag: string; readonly lastModified: number },
  data: Uint8Array,
  details: Details | undefined,
): StoredObject {
  const contentType = details?.contentType ?? DEFAULT_CONTENT_TYPE;
  const userMetadata = details?.userMetadata ?? {};
  return { data, details, head: { ...name, size: data.length, contentType, userMetadata } };
}

/** As a listing has it; none for an object that was deleted since the listing began. */
export function infoOf(object: StoredObject | undefined): ObjectInfo[] {
  if (!object) return [];
  const { contentType: _type, userMetadata: _metadata, ...info } = object.head;
  return [info];
}
