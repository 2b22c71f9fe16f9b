import { expect, it } from 'vitest';
import { parseS3Request, type S3Operation } from './s3-request.js';

it.each<[S3Operation, string, string]>([
  ['ListBuckets', 'GET', '/'],
  ['HeadBucket', 'HEAD', '/bucket'],
  ['HeadBucket', 'HEAD', '/bucket/'],
  ['ListObjectsV2', 'GET', '/bucket/?list-type=2&prefix=a%2F'],
  ['ListMultipartUploads', 'GET', '/bucket?uploads'],
  ['GetBucketLocation', 'GET', '/bucket?location'],
  ['DeleteObjects', 'POST', '/bucket?delete'],
  ['HeadObject', 'HEAD', '/bucket/k'],
  ['GetObject', 'GET', '/bucket/a/b?x-id=GetObject'],
  ['PutObject', 'PUT', '/bucket/k'],
  ['DeleteObject', 'DELETE', '/bucket/k'],
  ['CreateMultipartUpload', 'POST', '/bucket/k?uploads'],
  ['UploadPart', 'PUT', '/bucket/k?partNumber=1&uploadId=u'],
  ['CompleteMultipartUpload', 'POST', '/bucket/k?uploadId=u'],
  ['AbortMultipartUpload', 'DELETE', '/bucket/k?uploadId=u'],
  ['ListParts', 'GET', '/bucket/k?uploadId=u'],
  ['Other', 'PATCH', '/bucket/k'],
])('knows %s: %s %s', (operation, method, target) => {
  expect(parseS3Request(method, target, {}).operation).toBe(operation);
});

it('knows copies by their header', () => {
  const headers = { 'x-amz-copy-source': '/bucket/from' };
  expect(parseS3Request('PUT', '/bucket/k', headers).operation).toBe('CopyObject');
  expect(parseS3Request('PUT', '/bucket/k?uploadId=u', headers).operation).toBe('UploadPartCopy');
});

it.each([
  ['/bucket/a%20b/%C3%A9', '127.0.0.1:9000', 'bucket', 'a b/é'],
  ['/a%20b/c', 'bucket.s3.localhost:9000', 'bucket', 'a b/c'],
  ['/bucket/c', 's3.localhost:9000', 'bucket', 'c'],
  ['/bucket/%zz', '127.0.0.1', 'bucket', '%zz'],
])('finds bucket and key of %s at %s', (path, host, bucket, key) => {
  expect(parseS3Request('GET', path, { host }, 's3.localhost')).toMatchObject({ bucket, key, path });
});
