/** What the answer to a range says of its object: which bytes it holds, and of how many. Sends nothing. */
import type { RangeOptions } from '../storage-client.js';
import { type S3Subject, s3Error } from './failure.js';

export interface ContentRange {
  /** First and last byte. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the whole object; `undefined` when the store does not tell. */
  readonly total?: number;
}

/** `bytes 0-9/100`; `undefined` for anything else. */
export function contentRange(text: string | undefined): ContentRange | undefined {
  const [, start, end, total] = /^bytes (\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/.exec(text ?? '') ?? [];
  if (start === undefined || end === undefined) return undefined;
  return { start: Number(start), end: Number(end), ...(total !== undefined && { total: Number(total) }) };
}

/** Tells `onObject` what an answer said. One that does not say how large the object is, is no answer of a store. */
export function tellObject(
  onObject: RangeOptions['onObject'],
  { size, etag }: { readonly size: number | undefined; readonly etag?: string | undefined },
  subject: S3Subject,
): void {
  if (!onObject) return;
  if (size === undefined)
    throw s3Error({ httpStatus: 206, message: 'it does not say how large the object is' }, subject);
  onObject({ size, ...(etag !== undefined && { etag }) });
}
