/** Listings, page by page. Keys travel percent-encoded: XML cannot hold every character that a key may have. */
import type { MultipartInfo, ObjectInfo } from '../storage-client.js';
import type { Call } from './calls.js';
import { notAnAnswer } from './failures.js';

export interface Page<T, N> {
  readonly items: readonly T[];
  /** Where the next page begins; `undefined` after the last one. */
  readonly next: N | undefined;
}

export async function listPage(call: Call, token: string | undefined): Promise<Page<ObjectInfo, string>> {
  const { s3, client, subject, owner, http } = call;
  const input = { Bucket: subject.bucket, Prefix: subject.key, EncodingType: 'url', ...owner } as const;
  const more = token === undefined ? {} : { ContinuationToken: token };
  const answer = await client.send(new s3.ListObjectsV2Command({ ...input, ...more }), http);
  const { Contents = [], IsTruncated, NextContinuationToken } = answer;
  // Any page of HTML that can be read as XML would otherwise be an empty listing.
  if (IsTruncated === undefined) throw notAnAnswer('the answer is no listing', call.subject);
  if (IsTruncated && !NextContinuationToken) throw notAnAnswer('the listing breaks off', call.subject);
  const keys = keyReader(answer.EncodingType, call);
  const items = Contents.map(({ Key, Size, LastModified, ETag }) => ({
    key: keys(Key),
    size: Size ?? 0,
    ...(LastModified && { lastModified: LastModified.getTime() / 1000 }),
    ...(ETag !== undefined && { etag: ETag }),
  }));
  return { items, next: IsTruncated ? NextContinuationToken : undefined };
}

export interface UploadMarker {
  readonly KeyMarker: string;
  readonly UploadIdMarker?: string;
}

export async function uploadsPage(
  call: Call,
  marker: UploadMarker | undefined,
): Promise<Page<MultipartInfo, UploadMarker>> {
  const { s3, client, subject, owner, http } = call;
  const input = { Bucket: subject.bucket, Prefix: subject.key, EncodingType: 'url', ...owner } as const;
  const answer = await client.send(new s3.ListMultipartUploadsCommand({ ...input, ...marker }), http);
  const { Uploads = [], IsTruncated, NextKeyMarker, NextUploadIdMarker } = answer;
  if (IsTruncated === undefined) throw notAnAnswer('the answer is no listing', subject);
  if (IsTruncated && !NextKeyMarker) throw notAnAnswer('the listing breaks off', subject);
  const keys = keyReader(answer.EncodingType, call);
  const items = Uploads.map(({ Key, UploadId = '', Initiated }) => ({
    key: keys(Key),
    uploadId: UploadId,
    initiated: (Initiated?.getTime() ?? 0) / 1000,
  }));
  const id = NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker };
  return { items, next: IsTruncated ? { KeyMarker: keys(NextKeyMarker), ...id } : undefined };
}

/** Decodes only what the answer says is encoded; `+` is a blank there. */
function keyReader(encoding: string | undefined, { subject }: Call): (text: string | undefined) => string {
  return (text) => {
    if (text === undefined) throw notAnAnswer('an entry of the listing has no key', subject);
    if (encoding !== 'url') return text;
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      throw notAnAnswer('a key of the listing is not encoded as announced', subject);
    }
  };
}
