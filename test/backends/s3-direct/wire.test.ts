/** Ways to a store: paths as they are, names of one's own, proxies. */
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect as connectTo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import type { S3Settings } from '../../../src/backends/s3/settings.js';
import { createS3DirectClient } from '../../../src/backends/s3-direct.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { requireServer } from '../../support/require-server.js';
import { useVersity } from '../../support/versitygw.js';
import { plainServer } from './plain-server.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function clientOf(settings: S3Settings): Promise<S3Client> {
  const client = createS3DirectClient(await connectS3(settings), { xxh128: hasher });
  closing.push(() => client.close());
  return client;
}

const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret' };

it.each([
  ['/a//b/../c/./', '/bucket//a//b/../c/./'],
  ['..', '/bucket/..'],
  ['a?b#c%2F', '/bucket/a%3Fb%23c%252F'],
  ['a b\n+\u00e9', '/bucket/a%20b%0A%2B%C3%A9'],
  ['\\\u0000', '/bucket/%5C%00'],
])('the key %j travels as it is', async (key, path) => {
  const seen: (string | undefined)[] = [];
  const server = await plainServer((request, response) => {
    seen.push(request.url);
    response.writeHead(404).end();
  });
  const client = await clientOf({
    endpoint: server.origin,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    env: {},
  });
  expect(await client.headObject('bucket', key)).toBeNull();
  expect(seen).toEqual([path]);
});

it('half a surrogate pair, an empty bucket and an offset before a file are InvalidConfig', async () => {
  const client = await clientOf({
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    credentials: CREDENTIALS,
    env: {},
  });
  for (const call of [
    () => client.headObject('bucket', 'a\ud800'),
    () => client.headObject('', 'a'),
    () => client.getObjectToFileOffset('bucket', 'a', '/nowhere', -1),
  ]) {
    await expect(call()).rejects.toMatchObject({ kind: 'InvalidConfig' });
  }
});

interface Proxy {
  readonly url: string;
  /** First lines and authorizations of what it was asked for. */
  readonly asked: { line: string; authorization: string | undefined }[];
}

/** A proxy that tunnels, and forwards requests for whole URLs; `refuses` is a status that it answers instead. */
async function httpProxy(refuses?: number): Promise<Proxy> {
  const asked: Proxy['asked'] = [];
  const note = ({ method, url, headers }: IncomingMessage): void =>
    void asked.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'] });
  const server = createServer((request, response) => {
    note(request);
    const { host, pathname } = new URL(request.url ?? '');
    response.end(`<Error><Code>${request.headers.host === host ? pathname : 'wrong host'}</Code></Error>`);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    note(request);
    if (refuses !== undefined) {
      socket.end(`HTTP/1.1 ${refuses} No\r\n\r\n`);
      return;
    }
    const [, port] = (request.url ?? '').split(':');
    const onward = connectTo(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://us%40er:se%3Acret@127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const AUTHORIZATION = `Basic ${Buffer.from('us@er:se:cret').toString('base64')}`;

describe('proxies', () => {
  it('over plain HTTP a proxy is asked for the whole URL', async () => {
    const proxy = await httpProxy();
    const client = await clientOf({
      ...{ endpoint: 'http://store.example:9000', region: 'us-east-1', credentials: CREDENTIALS },
      env: { HTTP_PROXY: proxy.url },
    });
    const { data } = await client.getObject('bucket', 'a//b');
    expect(Buffer.from(data).toString()).toContain('/bucket/a//b');
    expect(proxy.asked).toEqual([
      { line: 'GET http://store.example:9000/bucket/a//b', authorization: AUTHORIZATION },
    ]);
  });

  requireServer('versitygw')('over TLS', () => {
    const server = useVersity({ tls: true });

    it('a proxy tunnels, once per connection', async () => {
      const proxy = await httpProxy();
      const client = await clientOf(server().settings({ env: { HTTPS_PROXY: proxy.url } }));
      const bucket = server().newBucket();
      await client.putObject(bucket, 'a', Buffer.from('through the proxy'));
      expect(Buffer.from((await client.getObject(bucket, 'a')).data).toString()).toBe('through the proxy');
      expect(proxy.asked).toEqual([
        { line: `CONNECT 127.0.0.1:${server().port}`, authorization: AUTHORIZATION },
      ]);
    });

    it('a proxy that refuses is named, its password is not', async () => {
      const proxy = await httpProxy(407);
      const client = await clientOf(server().settings({ env: { HTTPS_PROXY: proxy.url } }));
      const error: unknown = await client.headObject('bucket', 'a').catch((cause: unknown) => cause);
      expect(error).toMatchObject({ kind: 'Network' });
      expect(String(error)).toMatch(/proxy/);
      expect(String(error)).not.toMatch(/cret/);
    });

    it('NO_PROXY goes by', async () => {
      const proxy = await httpProxy();
      const env = { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
      const client = await clientOf(server().settings({ env }));
      expect(await client.headObject(server().bucket, 'a')).toBeNull();
      expect(proxy.asked).toEqual([]);
    });

    it('a certificate of nobody that is trusted is refused', async () => {
      const { caBundle: _left, ...settings } = server().settings();
      const client = await clientOf(settings);
      await expect(client.headObject(server().bucket, 'a')).rejects.toMatchObject({
        ...{ kind: 'Network', retryable: false },
      });
    });
  });
});
