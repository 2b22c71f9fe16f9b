/** Uploads in parts that fail on their way: what is reported, and what is ended. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../../support/temp-dir.js';
import { type Answer, errorDocument, type Seen, scriptedStore } from './scripted-store.js';

const PART = 5 * 1024 * 1024;
const path = join(tempDir('s3-sdk-failed'), 'file');
writeFileSync(path, Buffer.alloc(3 * PART));

const CREATED: Answer = {
  body: '<InitiateMultipartUploadResult><UploadId>the-id</UploadId></InitiateMultipartUploadResult>',
};
const OK: Answer = { headers: { etag: '"e"' } };
const is =
  (step: 'create' | 'part' | 'complete' | 'abort') =>
  ({ method, url }: Seen): boolean => {
    if (method === 'POST') return step === (/[?&]uploads/.test(url) ? 'create' : 'complete');
    return step === (method === 'DELETE' ? 'abort' : 'part');
  };

it('the first failure is the one that is told, and the upload is ended', async () => {
  const { client, seen } = await scriptedStore(
    (request) => {
      if (is('create')(request)) return CREATED;
      if (is('abort')(request)) return { status: 204 };
      return request.url.includes('partNumber=2')
        ? { status: 500, body: errorDocument('InternalError') }
        : OK;
    },
    { partSizeBytes: PART },
  );
  await expect(client.putObjectFromFile('bucket', 'k', path)).rejects.toMatchObject({
    ...{ kind: 'ServiceError', operation: 'putObjectFromFile', path, httpStatus: 500, retryable: true },
  });
  expect(
    seen.filter(is('abort')).map(({ url }) => new URL(url, 'http://x').searchParams.get('uploadId')),
  ).toEqual(['the-id']);
  expect(seen.some(is('complete'))).toBe(false);
});

it('an upload that cannot be ended is a warning with its id, and the error stays what it was', async () => {
  const lines: [string, string, unknown][] = [];
  const { client, seen } = await scriptedStore(
    (request) => {
      if (is('create')(request)) return CREATED;
      return is('complete')(request)
        ? { body: errorDocument('InternalError') }
        : request.method === 'PUT'
          ? OK
          : { status: 500 };
    },
    { partSizeBytes: PART, log: (level, text, fields) => lines.push([level, text, fields]) },
  );
  const put = client.putObjectFromFile('bucket', 'k', path);
  await expect(put).rejects.toMatchObject({ kind: 'ServiceError', httpStatus: 200, s3Code: 'InternalError' });
  expect(seen.filter(is('abort'))).toHaveLength(3);
  expect(lines).toEqual([
    [
      'warning',
      expect.stringContaining('the-id'),
      expect.objectContaining({ bucket: 'bucket', key: 'k', uploadId: 'the-id' }),
    ],
  ]);
});

it('an upload that is gone already needs no warning', async () => {
  const lines: string[] = [];
  const { client } = await scriptedStore(
    (request) => {
      if (is('create')(request)) return CREATED;
      return request.method === 'PUT' ? OK : { status: 404, body: errorDocument('NoSuchUpload') };
    },
    { partSizeBytes: PART, log: (_level, text) => lines.push(text) },
  );
  await expect(client.putObjectFromFile('bucket', 'k', path)).rejects.toMatchObject({ kind: 'NoSuchUpload' });
  expect(lines).toEqual([]);
});
