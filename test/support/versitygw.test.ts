import { existsSync } from 'node:fs';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { requireServer } from './require-server.js';
import { sdkClient } from './sdk-client.js';
import { startVersity, useVersity } from './versitygw.js';

const describeS3 = requireServer('versitygw');

describeS3.each([
  { name: 'HTTP, path style', options: {} },
  { name: 'HTTPS, path style', options: { tls: true } },
  { name: 'HTTP, virtual-hosted', options: { virtualDomain: true } },
  { name: 'HTTPS, virtual-hosted', options: { tls: true, virtualDomain: true } },
])('versitygw over $name', ({ options }) => {
  const server = useVersity(options);

  it('stores objects that the SDK puts, as files, and counts the requests', async () => {
    const { bucket } = server();
    const client = sdkClient(server());
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'a b/é 世', Body: 'content' }));
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a b/é 世' }));
    await expect(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'no' }))).rejects.toThrow();
    const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'a' }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(['a b/é 世']);
    expect(server().keys()).toEqual(['a b/é 世']);
    expect(server().requests()).toMatchObject([
      { operation: 'PutObject', method: 'PUT', status: 200, errorCode: '-' },
      { operation: 'HeadObject', method: 'HEAD', status: 200 },
      { operation: 'GetObject', method: 'GET', status: 404, errorCode: 'NoSuchKey' },
      { operation: 'ListObjectsV2', method: 'GET', status: 200 },
    ]);
    expect(server().requests()[0]?.path).toContain('/a%20b/%C3%A9%20%E4%B8%96');
    expect(server().count('HEAD')).toBe(1);
    server().clearRequests();
    expect(server().requests()).toEqual([]);
  });
});

describeS3('one versitygw', () => {
  it('ends with all that it made', async () => {
    const server = await startVersity();
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
    expect(() => process.kill(server.pid, 0)).toThrow();
  });

  it('refuses writes when it is read-only, and strangers', async () => {
    const stranger = { access: 'somebody', secret: 'else', role: 'user' } as const;
    const server = await startVersity({ readonly: true, accounts: [stranger] });
    const put = new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' });
    const get = new GetObjectCommand({ Bucket: 'bucket', Key: 'k' });
    const asStranger = sdkClient(server, { accessKeyId: 'somebody', secretAccessKey: 'else' });
    await expect(sdkClient(server).send(put)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(asStranger.send(get)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(sdkClient(server).send(get)).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(server.keys()).toEqual([]);
    await server.stop();
  });

  it('says why it did not start', async () => {
    await expect(startVersity({ env: { ROOT_SECRET_KEY: '' } })).rejects.toThrow(/did not start: .*secret/is);
  });
});
