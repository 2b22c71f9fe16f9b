import { expect, it } from 'vitest';
import { parseAccessLog } from './access-log.js';

const line = (operation: string, key: string, target: string, status: number, code: string): string =>
  `123456789012 bucket [21/November/2026:16:48:54 +0000] 127.0.0.1 123456789012 8D5Q1MEPBZVN2LWM ${operation} ${key} ${target} ${status} ${code} 0 1 13 13 - aws-sdk-js/3 ua/2.1 - Kjk9= SigV4 - AuthHeader s3.us-east-1.amazonaws.com - arn:aws:s3:::/bucket/${key} Yes\n`;

it.each([
  ['s3_PutObject', 'a b/ü', '/bucket/a%20b/%C3%BC?x-id=PutObject', 200, '-', 'PUT'],
  ['s3_HeadObject', 'no', '/bucket/no', 404, 'NoSuchKey', 'HEAD'],
  ['s3_ListObjectsV2', '-', '/bucket/?list-type=2&prefix=a', 200, '-', 'GET'],
  ['s3_CompleteMultipartUpload', 'k', '/bucket/k?uploadId=1', 200, '-', 'POST'],
  ['s3_AbortMultipartUpload', 'k', '/bucket/k?uploadId=1', 204, '-', 'DELETE'],
  ['s3_UploadPart', 'k', '/bucket/k?partNumber=1&uploadId=1', 200, '-', 'PUT'],
  ['s3_GetObject', '/x 200 - 1 2 3 4 y', '/bucket/%2Fx', 500, 'some error text', 'GET'],
  ['-', '-', '/bucket/k', 403, 'SignatureDoesNotMatch', ''],
])('reads a line of %s', (operation, key, path, status, errorCode, method) => {
  const text = `log starts 2026-11-21\n${line(operation, key, path, status, errorCode)}`;
  const name = operation.replace('s3_', '');
  expect(parseAccessLog(text)).toEqual([{ operation: name, method, path, status, errorCode }]);
});
