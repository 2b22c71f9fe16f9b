/**
 * An endpoint that gives the answers it was told to, in order, and nothing else: for what no
 * real server can be brought to do. A request without an answer left fails the test by its 599.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Client } from '../../../src/backends/s3/s3-client.js';
import type { S3Settings } from '../../../src/backends/s3/settings.js';
import { createS3SdkClient } from '../../../src/backends/s3-sdk.js';
import { hasher } from '../../../src/hashing/xxh128.js';
import { certificates } from '../../support/certificates.js';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the connection after the body, whatever the headers promised. */
  readonly cut?: boolean;
  /** Leaves the request without an end. */
  readonly hang?: boolean;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Which connection it came on, from 0. */
  readonly connection: number;
}

export interface ScriptedStore {
  readonly client: S3Client;
  readonly seen: readonly Seen[];
  /** Answers that nobody asked for. */
  readonly left: readonly Answer[];
}

/** A client of a store that gives `answers`, in order or as a function of the request, until the test ends. Keys, region and no owner are set; `settings` win. */
export async function scriptedStore(
  answers: readonly Answer[] | ((request: Seen) => Answer),
  settings: Partial<S3Settings> & { readonly tls?: boolean } = {},
): Promise<ScriptedStore> {
  const { tls = false, ...given } = settings;
  const certs = tls ? await certificates() : undefined;
  const left = typeof answers === 'function' ? [] : [...answers];
  const seen: Seen[] = [];
  const sockets: Socket[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers, socket } = request;
    if (!sockets.includes(socket)) sockets.push(socket);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const connection = sockets.indexOf(socket);
    const one: Seen = { method, url, headers, body: Buffer.concat(pieces), connection };
    seen.push(one);
    const answer = typeof answers === 'function' ? answers(one) : left.shift();
    await give(response, aboutObject(method, answer) ?? { status: 599, body: 'not in the script' });
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = certs
    ? createTlsServer({ cert: certs.cert, key: certs.key }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createS3SdkClient(
    await connectS3({
      endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: '123456789012', secretAccessKey: 'secretsecret' },
      env: {},
      ...(certs && { caBundle: certs.caFile }),
      ...given,
    }),
    { xxh128: hasher },
  );
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, seen, left };
}

/** A plain `{}` to a HEAD is that of an object, which has an ETag. */
function aboutObject(method: string, answer: Answer | undefined): Answer | undefined {
  return method === 'HEAD' && answer && !answer.headers ? { ...answer, headers: { etag: '"e"' } } : answer;
}

async function give(response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = {}, body = '', cut = false, hang = false } = answer;
  const length = 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...length, ...headers });
  if (!cut && !hang) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  await new Promise<void>((resolve) => (body === '' ? resolve() : response.write(body, () => resolve())));
  if (cut) response.socket?.end();
}

/** S3's error document. */
export function errorDocument(code: string, message = 'made for this test', more = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
}
