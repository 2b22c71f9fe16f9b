/** The SDK client behind a proxy (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`), and beside one. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { scriptedStore } from './scripted-store.js';

interface Proxy {
  readonly url: string;
  /** First lines of what it was asked, with the credentials it was given. */
  readonly asked: string[];
}

/** A forward proxy: absolute addresses, and tunnels. */
async function proxy(login = ''): Promise<Proxy> {
  const asked: string[] = [];
  const note = ({ method, url, headers }: IncomingMessage): void => {
    const given = Buffer.from((headers['proxy-authorization'] ?? '').replace('Basic ', ''), 'base64');
    asked.push(`${method} ${url} ${given}`.trim());
  };
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    note(incoming);
    const { method, headers } = incoming;
    const forward = request(incoming.url ?? '', { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(forward);
  });
  const open: Socket[] = [];
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming);
    const [host = '', port = ''] = (incoming.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    open.push(socket, onward);
    for (const side of [socket, onward]) side.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://${login}127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

it('a request over HTTP goes to the proxy', async () => {
  const { url, asked } = await proxy();
  const { client, seen } = await scriptedStore([{}], { env: { HTTP_PROXY: url } });
  await client.headObject('bucket', 'k');
  const { origin } = await client.connection.target('bucket');
  expect(asked).toEqual([`HEAD ${origin}/bucket/k`]);
  expect(seen).toHaveLength(1);
});

it('requests over HTTPS share a tunnel, whose end the bundle vouches for', async () => {
  const { url, asked } = await proxy('user:pass%20word@');
  const { client, seen } = await scriptedStore([{}, {}], { tls: true, env: { HTTPS_PROXY: url } });
  await client.headObject('bucket', 'k');
  await client.headObject('bucket', 'k');
  const { host } = new URL((await client.connection.target('bucket')).origin);
  expect(asked).toEqual([`CONNECT ${host} user:pass word`]);
  expect(seen.map(({ connection }) => connection)).toEqual([0, 0]);
});

it('a host that NO_PROXY names is reached directly', async () => {
  const { url, asked } = await proxy();
  const env = { HTTP_PROXY: url, NO_PROXY: '127.0.0.1' };
  const { client, seen } = await scriptedStore([{}], { env });
  await client.headObject('bucket', 'k');
  expect(asked).toEqual([]);
  expect(seen).toHaveLength(1);
});

it('a proxy that refuses is a network failure, and its password is in no message', async () => {
  const { client } = await scriptedStore([], {
    tls: true,
    env: { HTTPS_PROXY: 'http://user:hidden@127.0.0.1:1' },
  });
  const error = await client.headObject('bucket', 'k').catch((cause: unknown) => cause);
  expect(error).toMatchObject({ kind: 'Network' });
  expect(String(error)).not.toContain('hidden');
});
