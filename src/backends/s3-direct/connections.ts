/**
 * The connections to one origin: the one used last is used next, so that few are warm; a request waits, first
 * come first served, when all are busy. How many requests there should be is decided outside.
 */
import { cancelled } from '../cancel.js';
import type { Answer } from './answer.js';
import { Exchange, type WireRequest } from './exchange.js';
import { Line, type LineKeeper, type LineOptions } from './line.js';

export class Connections implements LineKeeper {
  readonly #idle: Line[] = [];
  readonly #all = new Set<Line>();
  readonly #waiting = new Set<Exchange>();
  #closed = false;

  constructor(
    private readonly options: LineOptions,
    private readonly most: number,
  ) {}

  /** Rejects with what the connection threw, or `CancelledError`; an answer of any status resolves. */
  send(request: WireRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted) {
        reject(cancelled(request.signal));
        return;
      }
      if (this.#closed) {
        reject(closedError());
        return;
      }
      this.#place(new Exchange(request, resolve, reject));
    });
  }

  #place(exchange: Exchange): void {
    const line = this.#idle.pop() ?? (this.#all.size < this.most ? this.#open() : undefined);
    if (line) {
      line.start(exchange);
      return;
    }
    const failed = (): void => void this.#waiting.delete(exchange);
    exchange.owner = { reused: false, flushed: false, completed: () => {}, failed };
    this.#waiting.add(exchange);
  }

  #open(): Line {
    const line = new Line(this.options, this);
    this.#all.add(line);
    return line;
  }

  free(line: Line): void {
    const next = this.#nextWaiting();
    if (next) line.start(next);
    else if (this.#all.has(line)) this.#idle.push(line);
  }

  gone(line: Line): void {
    this.#all.delete(line);
    const next = this.#nextWaiting();
    if (next) this.#place(next);
  }

  #nextWaiting(): Exchange | undefined {
    const [next] = this.#waiting;
    if (next) this.#waiting.delete(next);
    return next;
  }

  /** After a sleep or a change of networks every try would meet another dead socket, and there are few tries. */
  suspect(): void {
    this.refresh();
  }

  /** Closes every idle socket, so that the next requests travel on fresh ones. */
  refresh(): void {
    for (const line of this.#idle) line.disconnect();
  }

  /** Ends everything; what runs or waits rejects. */
  close(): void {
    this.#closed = true;
    for (const exchange of [...this.#waiting]) exchange.fail(closedError());
    for (const line of [...this.#all]) line.destroy(closedError());
    this.#all.clear();
    this.#idle.length = 0;
  }
}

function closedError(): Error {
  return Object.assign(new Error('the client was closed'), { code: 'ERR_CLIENT_CLOSED' });
}
