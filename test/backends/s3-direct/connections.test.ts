import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../../src/backends/s3-direct/answer.js';
import { Connections } from '../../../src/backends/s3-direct/connections.js';
import { createConnector } from '../../../src/backends/s3-direct/connector.js';
import type { WireRequest } from '../../../src/backends/s3-direct/exchange.js';
import { plainServer } from './plain-server.js';

const open: Connections[] = [];
afterEach(() => {
  for (const connections of open.splice(0)) connections.close();
});

function connectionsTo(origin: string, most = 8, idleTimeoutMs = 5000): Connections {
  const connect = createConnector({
    isSecure: false,
    connectTimeoutMs: 2000,
    ca: undefined,
    lookup: undefined,
    proxy: undefined,
  });
  const connections = new Connections({ origin, connect, idleTimeoutMs }, most);
  open.push(connections);
  return connections;
}

const get: WireRequest = { method: 'GET', target: '/', headers: [] };

/** Answers when it is told to; `waiting` holds what has not been answered. */
function held(): {
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  waiting: ServerResponse[];
} {
  const waiting: ServerResponse[] = [];
  return { waiting, answer: (_request, response) => void waiting.push(response) };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(1);
}

describe('reuse', () => {
  it('requests one behind the other share one connection, HEAD among them', async () => {
    const server = await plainServer((_request, response) => response.end('body'));
    const connections = connectionsTo(server.origin);
    for (const method of ['GET', 'HEAD', 'PUT', 'HEAD', 'GET', 'DELETE'] as const) {
      const answer = await connections.send({ ...get, method });
      expect(answer.text).toBe(method === 'HEAD' ? '' : 'body');
    }
    expect(server.opened).toBe(1);
  });

  it('opens no more connections than allowed; the first that waits goes first', async () => {
    const { answer, waiting } = held();
    const server = await plainServer(answer);
    const connections = connectionsTo(server.origin, 2);
    const done: number[] = [];
    const all = Array.from({ length: 6 }, (_, at) =>
      connections.send({ ...get, target: `/${at}` }).then(() => done.push(at)),
    );
    for (let answered = 0; answered < 6; answered += 1) {
      await until(() => waiting.length > 0);
      expect(waiting.length).toBeLessThanOrEqual(2);
      waiting.shift()?.end();
      await until(() => done.length === answered + 1);
    }
    await Promise.all(all);
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
    expect(server.opened).toBe(2);
  });

  it('a connection that the store closes is replaced', async () => {
    const server = await plainServer((_request, response) => response.setHeader('connection', 'close').end());
    const connections = connectionsTo(server.origin);
    for (let round = 0; round < 3; round += 1) await connections.send(get);
    expect(server.opened).toBe(3);
  });

  it('a refused body takes its connection along, a refused request without body does not', async () => {
    const server = await plainServer((_request, response) => response.writeHead(403).end('<Error/>'));
    const connections = connectionsTo(server.origin);
    for (const body of [undefined, undefined, Buffer.alloc(10), Buffer.alloc(10)]) {
      const answer = await connections.send({ ...get, method: 'PUT', body });
      expect([answer.status, answer.text]).toEqual([403, '<Error/>']);
    }
    expect(server.opened).toBe(2);
    expect((await connections.send(get)).reused).toBe(false);
    expect((await connections.send(get)).reused).toBe(true);
  });

  it('refreshed connections are fresh', async () => {
    const server = await plainServer((_request, response) => response.end());
    const connections = connectionsTo(server.origin);
    await connections.send(get);
    connections.refresh();
    expect((await connections.send(get)).reused).toBe(false);
    expect(server.opened).toBe(2);
  });

  it('a request that asks for a fresh connection gets one, also when it had to wait', async () => {
    const server = await plainServer((_request, response) => response.end());
    const connections = connectionsTo(server.origin, 1);
    const fresh = { ...get, fresh: true };
    const answers = await Promise.all([get, fresh, get, fresh].map((request) => connections.send(request)));
    expect(answers.map(({ reused }) => reused)).toEqual([false, false, true, false]);
    expect(server.opened).toBe(3);
  });
});

describe('refusals', () => {
  it('an answer that comes before the body was taken counts', async () => {
    const server = await plainServer((_request, response) => {
      response.writeHead(412, { connection: 'close' }).end('<Error><Code>PreconditionFailed</Code></Error>');
    });
    const answer = await connectionsTo(server.origin).send({
      ...get,
      method: 'PUT',
      body: Buffer.alloc(64 * 1024),
    });
    expect(answer.status).toBe(412);
    expect(answer.text).toContain('PreconditionFailed');
  });

  it('stands though its document was cut', async () => {
    const server = await plainServer((_request, response) => {
      response.writeHead(403, { 'content-length': 1000 }).write('<Error><Code>Acc', () => response.destroy());
    });
    const answer = await connectionsTo(server.origin).send(get);
    expect([answer.status, answer.text]).toEqual([403, '<Error><Code>Acc']);
  });

  it('is read up to 64 KiB and no further', async () => {
    const server = await plainServer((_request, response) => {
      response.writeHead(500);
      const pour = (): boolean => response.write('x'.repeat(65536), () => response.destroyed || pour());
      pour();
    });
    const answer = await connectionsTo(server.origin).send(get);
    expect(answer.status).toBe(500);
    expect(answer.text.length).toBeGreaterThan(65536);
    expect(answer.text.length).toBeLessThan(1024 * 1024);
    await until(() => server.sockets.size === 0);
  });
});

describe('cancellation', () => {
  it('of a request on its way closes its connection and leaves the others', async () => {
    const { answer, waiting } = held();
    const server = await plainServer(answer);
    const connections = connectionsTo(server.origin);
    const stop = new AbortController();
    const cancelled = connections.send({ ...get, signal: stop.signal });
    const other = connections.send(get);
    await until(() => waiting.length === 2);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'Cancelled' });
    await until(() => server.sockets.size === 1);
    for (const response of waiting) response.end();
    expect((await other).status).toBe(200);
  });

  it('of a request that waits lets the next one pass', async () => {
    const { answer, waiting } = held();
    const server = await plainServer(answer);
    const connections = connectionsTo(server.origin, 1);
    const stop = new AbortController();
    const first = connections.send(get);
    const cancelled = connections.send({ ...get, signal: stop.signal });
    const last = connections.send(get);
    await until(() => waiting.length === 1);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'Cancelled' });
    waiting.shift()?.end();
    await first;
    await until(() => waiting.length === 1);
    waiting.shift()?.end();
    await last;
    expect(server.opened).toBe(1);
  });

  it('of a request on its way gives its place to one that waits', async () => {
    const { answer, waiting } = held();
    const server = await plainServer(answer);
    const connections = connectionsTo(server.origin, 1);
    const stop = new AbortController();
    const cancelled = connections.send({ ...get, signal: stop.signal });
    const next = connections.send(get);
    await until(() => waiting.length === 1);
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'Cancelled' });
    await until(() => waiting.length === 2);
    waiting[1]?.end();
    expect((await next).status).toBe(200);
  });

  it('takes its listeners away', async () => {
    const server = await plainServer((_request, response) => response.end());
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    await connectionsTo(server.origin).send({ ...get, signal });
    expect(removed).toHaveBeenCalledOnce();
  });

  it('before the connection stands leaves none behind', async () => {
    const server = await plainServer((_request, response) => response.end());
    const stop = new AbortController();
    const cancelled = connectionsTo(server.origin).send({ ...get, signal: stop.signal });
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'Cancelled' });
    await sleep(20); // what the system had connected by then is closed
    await until(() => server.sockets.size === 0);
  });

  it('closing ends what runs and what waits, and refuses what comes', async () => {
    const { answer, waiting } = held();
    const server = await plainServer(answer);
    const connections = connectionsTo(server.origin, 1);
    const all = [connections.send(get), connections.send(get)];
    const settled = Promise.allSettled(all);
    await until(() => waiting.length === 1);
    connections.close();
    const outcomes = [...(await settled), ...(await Promise.allSettled([connections.send(get)]))];
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'ERR_CLIENT_CLOSED' } });
    await until(() => server.sockets.size === 0);
    expect(waiting).toHaveLength(1);
  });
});

describe('silence', () => {
  it.each([
    ['before the answer', (response: ServerResponse) => void response, 'UND_ERR_HEADERS_TIMEOUT'],
    [
      'within the body',
      (response: ServerResponse) => void response.writeHead(200, { 'content-length': 100 }).write('x'),
      'UND_ERR_BODY_TIMEOUT',
    ],
  ])('%s ends the request', async (_name, answer, code) => {
    const server = await plainServer((_request, response) => answer(response));
    await expect(connectionsTo(server.origin, 1, 100).send(get)).rejects.toMatchObject({ code });
    await until(() => server.sockets.size === 0);
  });

  it('a slow but steady answer is no silence, nor is a receiver that holds it back', async () => {
    const server = await plainServer(async (_request, response) => {
      response.writeHead(200);
      for (let piece = 0; piece < 8; piece += 1) {
        response.write('x');
        await sleep(40);
      }
      response.end();
    });
    const connections = connectionsTo(server.origin, 1, 150);
    expect((await connections.send(get)).text).toBe('xxxxxxxx');
    let bytes = 0;
    const receive = (_status: number, _headers: Answer['headers'], resume: () => void) => ({
      data: (piece: Buffer) => {
        bytes += piece.length;
        if (bytes === piece.length) setTimeout(resume, 300);
        return bytes !== piece.length;
      },
    });
    await connections.send({ ...get, receive });
    expect(bytes).toBe(8);
  });

  it('is noticed on a connection that was idle for longer before, and on a body that was held back for longer', async () => {
    const server = await plainServer((request, response) => {
      if (request.url === '/answered') response.end('body');
      else if (request.url === '/cut') response.writeHead(200, { 'content-length': 100 }).write('xxxxx');
    });
    const connections = connectionsTo(server.origin, 1, 60);
    await connections.send({ ...get, target: '/answered' });
    await sleep(200);
    await expect(connections.send(get)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(server.opened).toBe(1);
    let held = false;
    const receive = (_status: number, _headers: Answer['headers'], resume: () => void) => ({
      data: () => {
        if (held) return true;
        held = true;
        setTimeout(resume, 200);
        return false;
      },
    });
    await expect(connections.send({ ...get, target: '/cut', receive })).rejects.toMatchObject({
      code: 'UND_ERR_BODY_TIMEOUT',
    });
  });

  // spec/storage.md section 7, fault 48
  it('on a connection that was used before lets the next request travel on a fresh one', async () => {
    let asleep = false;
    const before = new Set<unknown>();
    const seen: boolean[] = [];
    const server = await plainServer((request, response) => {
      if (asleep) seen.push(before.has(request.socket));
      else before.add(request.socket);
      // All three wait for each other at first, so that there are three connections.
      if (!asleep && before.size < 3) setTimeout(() => response.end(), 100);
      else if (!before.has(request.socket) || !asleep) response.end();
    });
    const connections = connectionsTo(server.origin, 8, 300);
    await Promise.all([connections.send(get), connections.send(get), connections.send(get)]);
    expect(before.size).toBe(3);
    asleep = true;
    await expect(connections.send(get)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect((await connections.send(get)).status).toBe(200);
    expect(seen).toEqual([true, false]);
  });

  it('a body that is taken slowly is no silence', async () => {
    const server = await plainServer(async (request, response) => {
      for (let round = 0; round < 10; round += 1) {
        request.pause();
        await sleep(40);
        request.resume();
        await sleep(5);
      }
      request.resume();
      if (!request.readableEnded) await once(request, 'end');
      response.end();
    });
    const answer = await connectionsTo(server.origin, 1, 200).send({
      ...get,
      method: 'PUT',
      body: Buffer.alloc(64 * 1024 * 1024),
    });
    expect(answer.status).toBe(200);
  });
});

it.each([
  ['nobody listens', 'http://127.0.0.1:1', 'ECONNREFUSED'],
  ['the name is not known', 'http://no-such-host.invalid', 'ENOTFOUND'],
])('%s: the request fails as the socket did', async (_name, origin, code) => {
  const connections = connectionsTo(origin);
  const cause = await connections.send(get).catch((error: unknown) => error);
  expect(JSON.stringify([(cause as { code?: string }).code, (cause as { errors?: unknown }).errors])).toMatch(
    new RegExp(`${code}|EAI_AGAIN`),
  );
});

it('what a receiver throws is what the request fails with', async () => {
  const server = await plainServer((_request, response) => response.end('body'));
  const failure = new Error('the disk is full');
  const receive = () => ({
    data: () => {
      throw failure;
    },
  });
  await expect(connectionsTo(server.origin).send({ ...get, receive })).rejects.toBe(failure);
});

it('what a body throws is what the request fails with, and the store gets no whole body', async () => {
  let ended = false;
  const server = await plainServer((request, response) => {
    request.on('error', () => {});
    request.on('end', () => {
      ended = true;
      response.end();
    });
    request.resume();
  });
  const failure = new Error('the file has changed');
  async function* body(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(10);
    await sleep(5);
    throw failure;
  }
  const request: WireRequest = { ...get, method: 'PUT', headers: ['content-length', '20'], body: body() };
  await expect(connectionsTo(server.origin).send(request)).rejects.toBe(failure);
  await until(() => server.sockets.size === 0);
  expect(ended).toBe(false);
});
