/** Which S3 operation a request is, by method, address and headers. Knows nothing of proxies. */
import type { IncomingHttpHeaders } from 'node:http';

export type S3Operation =
  | 'HeadBucket'
  | 'HeadObject'
  | 'GetObject'
  | 'PutObject'
  | 'CopyObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'UploadPartCopy'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListParts'
  | 'ListMultipartUploads'
  | 'ListObjectsV2'
  | 'GetBucketLocation'
  | 'ListBuckets'
  | 'Other';

export interface S3Request {
  readonly operation: S3Operation;
  readonly method: string;
  /** As it was sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly bucket: string;
  /** Decoded; empty for requests about a bucket. */
  readonly key: string;
}

/** `virtualDomain`: hosts `BUCKET.virtualDomain[:PORT]` name the bucket. */
export function parseS3Request(
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  virtualDomain?: string,
): S3Request {
  const [path = '', search = ''] = split(target, '?');
  const query = new URLSearchParams(search);
  const { bucket, key } = addressOf(path, headers.host ?? '', virtualDomain);
  const isCopy = headers['x-amz-copy-source'] !== undefined;
  return { operation: operationOf(method, bucket, key, query, isCopy), method, path, query, bucket, key };
}

function addressOf(path: string, host: string, domain: string | undefined): { bucket: string; key: string } {
  const name = host.replace(/:\d+$/, '');
  if (domain !== undefined && name.endsWith(`.${domain}`))
    return { bucket: name.slice(0, -domain.length - 1), key: decode(path.slice(1)) };
  const [bucket = '', key = ''] = split(path.slice(1), '/');
  return { bucket: decode(bucket), key: decode(key) };
}

type Table = readonly (readonly [method: string, parameter: string, operation: S3Operation])[];

const OF_OBJECTS: Table = [
  ['GET', 'uploadId', 'ListParts'],
  ['DELETE', 'uploadId', 'AbortMultipartUpload'],
  ['POST', 'uploadId', 'CompleteMultipartUpload'],
  ['POST', 'uploads', 'CreateMultipartUpload'],
  ['HEAD', '', 'HeadObject'],
  ['GET', '', 'GetObject'],
  ['DELETE', '', 'DeleteObject'],
];
const OF_BUCKETS: Table = [
  ['GET', 'uploads', 'ListMultipartUploads'],
  ['GET', 'location', 'GetBucketLocation'],
  ['GET', 'list-type', 'ListObjectsV2'],
  ['POST', 'delete', 'DeleteObjects'],
  ['HEAD', '', 'HeadBucket'],
];

function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: URLSearchParams,
  isCopy: boolean,
): S3Operation {
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : 'Other';
  if (method === 'PUT' && key !== '') {
    const isPart = query.has('uploadId');
    if (isCopy) return isPart ? 'UploadPartCopy' : 'CopyObject';
    return isPart ? 'UploadPart' : 'PutObject';
  }
  const rows = key === '' ? OF_BUCKETS : OF_OBJECTS;
  const row = rows.find(([verb, name]) => verb === method && (name === '' || query.has(name)));
  return row?.[2] ?? 'Other';
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
