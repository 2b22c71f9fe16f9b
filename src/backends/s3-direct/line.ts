/**
 * One connection: an undici `Client`, which connects anew when its socket is gone, serving one exchange at a
 * time. Watches for silence. Knows nothing of the other connections.
 */
import type { Socket } from 'node:net';
import { type buildConnector, Client, errors } from 'undici';
import type { Exchange, ExchangeOwner } from './exchange.js';

export interface LineOptions {
  readonly origin: string;
  readonly connect: buildConnector.connector;
  /** Longest silence while an exchange runs and its receiver takes all that comes. */
  readonly idleTimeoutMs: number;
}

export interface LineKeeper {
  /** The exchange is over, and the line can serve another one. */
  free(line: Line): void;
  /** The line is not to be used again. */
  gone(line: Line): void;
  /** A socket that had answered before fell silent: those that are idle may be as dead. */
  suspect(): void;
}

export class Line implements ExchangeOwner {
  readonly #client: Client;
  #socket: Socket | undefined;
  #exchange: Exchange | undefined;
  /** Requests that the present socket has answered. */
  #served = 0;

  constructor(
    private readonly options: LineOptions,
    private readonly keeper: LineKeeper,
  ) {
    this.#client = new Client(options.origin, {
      connect: (request: buildConnector.Options, done: buildConnector.Callback) =>
        options.connect(request, (...outcome) => {
          if (outcome[1]) this.#watch(outcome[1]);
          done(...outcome);
        }),
      // Silence is judged by the socket, which counts what it has sent too: a large body on a slow link is no silence.
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
    });
  }

  get reused(): boolean {
    return this.#served > 0;
  }

  get flushed(): boolean {
    return this.#socket?.writableLength === 0;
  }

  start(exchange: Exchange): void {
    if (exchange.request.fresh) this.disconnect();
    this.#exchange = exchange;
    exchange.owner = this;
    const { method, target: path, headers, body = null } = exchange.request;
    // `reset: false`: undici would otherwise close the connection after every HEAD.
    this.#client.dispatch({ method, path, headers, body: body as Buffer | null, reset: false }, exchange);
  }

  completed(exchange: Exchange, keep: boolean): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = undefined;
    this.#served += 1;
    if (!keep) this.#socket?.destroy(); // the client connects anew
    this.keeper.free(this);
  }

  failed(exchange: Exchange, cause: Error): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = undefined;
    this.keeper.gone(this);
    this.destroy(cause);
  }

  /** Closes the socket of an idle line; the next exchange gets a new one. */
  disconnect(): void {
    this.#socket?.destroy();
  }

  destroy(cause: Error): void {
    this.#exchange?.fail(cause);
    this.#client.destroy(cause, () => {});
  }

  #watch(socket: Socket): void {
    this.#socket = socket;
    this.#served = 0;
    socket.setTimeout(this.options.idleTimeoutMs);
    socket.on('timeout', () => this.#silent(socket)); // not as `setTimeout`'s listener, which hears one silence only
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
  }

  #silent(socket: Socket): void {
    const exchange = this.#exchange;
    if (!exchange || this.#socket !== socket) return;
    if (exchange.paused) {
      socket.setTimeout(this.options.idleTimeoutMs); // begins anew: it may be silent when it is resumed
      return;
    }
    if (this.reused) this.keeper.suspect();
    exchange.fail(exchange.hasAnswer ? new errors.BodyTimeoutError() : new errors.HeadersTimeoutError());
  }
}
