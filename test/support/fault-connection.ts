/**
 * One connection of a client to the fault proxy, with the one connection to the server that belongs to it: what the
 * server leaves behind on a connection, and when it closes it, reaches the same client as without a proxy.
 */
import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Ending } from './fault.js';

export interface Target {
  readonly url: URL;
  /** PEM to trust, for `https:`. */
  readonly ca: string | undefined;
}

export class ProxyConnection {
  readonly index: number;
  /** Aborts when the client's connection is closed. */
  readonly gone: AbortSignal;
  readonly #target: Target;
  /** What carries HTTP: the raw socket, or TLS on top of it. */
  readonly #socket: Socket;
  readonly #raw: Socket;
  readonly #agent: HttpAgent;
  readonly #watched = new WeakSet<Socket>();
  #server: Socket | undefined;
  #busy = false;
  #isStalled = false;

  constructor(index: number, socket: Socket, raw: Socket, target: Target) {
    this.index = index;
    this.#socket = socket;
    this.#raw = raw;
    this.#target = target;
    const one = { keepAlive: true, maxSockets: 1 };
    this.#agent = target.ca === undefined ? new HttpAgent(one) : new HttpsAgent({ ...one, ca: target.ca });
    const gone = new AbortController();
    this.gone = gone.signal;
    socket.once('close', () => {
      gone.abort();
      this.#server?.destroy();
      this.#agent.destroy();
    });
    socket.on('error', () => socket.destroy());
  }

  /** Opens a request to the server; `headers` are name, value, name, value as they came. */
  ask(method: string, path: string, headers: readonly string[]): ClientRequest {
    this.#busy = true;
    const { url, ca } = this.#target;
    const options = { host: url.hostname, port: url.port, method, path, headers: [...headers] };
    const send = ca === undefined ? requestHttp : requestHttps;
    const request = send({ ...options, agent: this.#agent });
    request.once('socket', (socket) => this.#watch(socket));
    return request;
  }

  /** The exchange is over; a server that has closed meanwhile closes the client's connection too. */
  rest(): void {
    this.#busy = false;
    if (this.#server?.destroyed === true) this.#follow();
  }

  end(how: Ending): void {
    this.#isStalled ||= how === 'stall';
    if (how === 'reset') this.#raw.resetAndDestroy();
    // A destroyed socket with unread bytes would send RST: the rest is read and the client closes.
    else if (how === 'close') this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#raw.destroy();
  }

  #follow(): void {
    if (!this.#isStalled) this.#socket.destroySoon();
  }

  #watch(socket: Socket): void {
    this.#server = socket;
    if (this.#watched.has(socket)) return;
    this.#watched.add(socket);
    socket.once('close', () => {
      if (!this.#busy) this.#follow();
    });
  }
}
