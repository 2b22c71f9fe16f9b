/** What a conditional write takes for an answer, and what stays a failure. */
import { expect, it, onTestFinished } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import { createS3DirectClient } from '../../../src/backends/s3-direct.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { plainServer } from './plain-server.js';

const BODY = new Uint8Array(10);
const document = (inside: string): string => `<?xml version="1.0"?><Error>${inside}</Error>`;
const NOT_MET = document('<Code>PreconditionFailed</Code><Condition>If-None-Match</Condition>');

/** A client of a store that answers every PUT so. */
async function refused(status: number, text: string): Promise<S3Client> {
  const { origin } = await plainServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(text));
  });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example-of-a-secret' };
  const settings = {
    endpoint: origin,
    region: 'eu-west-1',
    expectedBucketOwner: 'none',
    credentials,
  } as const;
  const client = createS3DirectClient(await connectS3(settings), { xxh128: hasher });
  onTestFinished(() => client.close());
  return client;
}

it.each([
  ['a document', 412, NOT_MET],
  ['a document with a key like any other code', 412, document('<Key>kms:/Throttled &amp; all</Key>')],
  ['no document', 412, ''],
  ['HTML', 412, '<html>Precondition Failed &amp; more</html>'],
  ['the code alone', 400, NOT_MET],
])('the object is there, by %s', async (_what, status, text) => {
  const client = await refused(status, text);
  const outcome = await client.putObject('bucket', 'key', BODY, { ifAbsent: true });
  expect(outcome).toEqual({ created: false });
});

it.each([
  ['another code', 'Throttled', document('<Code>SlowDown</Code>')],
  ['a code of the key', 'KmsKeyUnavailable', document('<Code>KMS.DisabledException</Code>')],
  ['a message about the key', 'KmsAccess', document('<Message>no kms:Decrypt</Message>')],
  ['one that entities hide', 'KmsAccess', document('<Message>no &#107;ms:Decrypt</Message>')],
])('a 412 with %s is %s', async (_what, kind, text) => {
  const client = await refused(412, text);
  const put = client.putObject('bucket', 'key', BODY, { ifAbsent: true });
  await expect(put).rejects.toMatchObject({ kind, httpStatus: 412, bucket: 'bucket', key: 'key' });
});

it('a 412 that no condition was asked for is a failure', async () => {
  const client = await refused(412, NOT_MET);
  const put = client.putObject('bucket', 'key', BODY);
  await expect(put).rejects.toMatchObject({ kind: 'AlreadyExists', s3Code: 'PreconditionFailed' });
});
