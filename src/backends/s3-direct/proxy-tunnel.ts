/** A tunnel to a host through an HTTP proxy (`CONNECT`), for requests over TLS. Knows no S3. */
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';

export interface TunnelRequest {
  /** URL of the proxy; a user and a password in it are sent as basic authorization. */
  readonly proxy: string;
  readonly host: string;
  readonly port: string;
  readonly timeoutMs: number;
  /** Trust, for a proxy that is spoken to over TLS. */
  /** Default: the system's trust. */
  readonly secureContext?: SecureContext;
}

/** The socket behind the proxy's "200". Rejects with the socket's error, or one of code `ECONNREFUSED` naming the proxy's status. */
export function tunnel(options: TunnelRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = ask(options);
    const expired = () =>
      request.destroy(Object.assign(new Error('the proxy did not answer in time'), { code: 'ETIMEDOUT' }));
    const timer = setTimeout(expired, options.timeoutMs);
    request.once('close', () => clearTimeout(timer));
    request.once('error', reject);
    request.once('response', (response) => {
      response.destroy();
      reject(refused(response.statusCode));
    });
    request.once('connect', (response, socket: Socket) => {
      clearTimeout(timer);
      if (response.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(refused(response.statusCode));
      }
    });
    request.end();
  });
}

function ask({ proxy, host, port, secureContext }: TunnelRequest): ClientRequest {
  const url = new URL(proxy);
  const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(url);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return request({
    method: 'CONNECT',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (url.protocol === 'https:' ? 443 : 80),
    path,
    agent: false,
    headers: { host: path, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
    ...(url.protocol === 'https:' && secureContext && { secureContext }),
  });
}

/** Value of `proxy-authorization`, when the proxy's URL has a user. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined;
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function refused(status: number | undefined): Error {
  return Object.assign(new Error(`the proxy refused the tunnel with status ${status}`), {
    code: 'ECONNREFUSED',
  });
}
