/**
 * One request and its answer on one connection, as undici reports them. It settles exactly once, whatever
 * comes first: answer, error, cancellation. Knows no S3 and chooses no connection.
 */
import type { Dispatcher } from 'undici';
import { onAbort } from '../../pipeline/on-abort.js';
import { cancelled } from '../cancel.js';
import { type Answer, AnswerHeaders, type Receive, type Receiver } from './answer.js';

export interface WireRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Percent-encoded path and query, sent as it is. */
  readonly target: string;
  /** Name, value, name, value. */
  readonly headers: string[];
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly receive?: Receive | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Not over a socket that has served another request. */
  readonly fresh?: boolean | undefined;
}

/** What an exchange tells the connection that serves it. */
export interface ExchangeOwner {
  /** Whether the connection has served another request before. */
  readonly reused: boolean;
  /** Whether the system has taken all bytes that were written. */
  readonly flushed: boolean;
  /** The answer is complete. `keep` is whether the connection may serve another request. */
  completed(exchange: Exchange, keep: boolean): void;
  /** The request failed, or is not wanted any more. */
  failed(exchange: Exchange, cause: Error): void;
}

/** How long a write that was sent in full may still be answered after it was cancelled. */
const CANCEL_GRACE_MS = 1000;
/** Bytes of an error's body that are read. */
export const ERROR_BODY_BYTES = 64 * 1024;
/** Bytes of a document, such as a page of a listing, that are read. */
const DOCUMENT_BYTES = 64 * 1024 * 1024;

export class Exchange implements Dispatcher.DispatchHandler {
  /** Set when the connection is known. */
  owner: ExchangeOwner | undefined;
  /** Whether the receiver holds the body back, so that silence is no fault of the store. */
  paused = false;
  #settled = false;
  #sent = false;
  #cancelling: NodeJS.Timeout | undefined;
  #status = 0;
  #headers: AnswerHeaders | undefined;
  #receiver: Receiver | undefined;
  #pieces: Buffer[] | undefined;
  #length = 0;
  readonly #takeBack: (() => void) | undefined;

  constructor(
    readonly request: WireRequest,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (cause: Error) => void,
  ) {
    const { signal } = request;
    if (!signal) return;
    this.#takeBack = onAbort(signal, () => this.#cancel(cancelled(signal)));
  }

  get hasAnswer(): boolean {
    return this.#headers !== undefined;
  }

  onConnect(): void {}

  /** undici has written the last byte of the body. */
  onRequestSent(): void {
    this.#sent = true;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#status = status;
    this.#headers = new AnswerHeaders(raw);
    if (status < 300 && this.request.receive) {
      this.#receiver = this.request.receive(status, this.#headers, () => {
        this.paused = false;
        resume();
      });
    }
    return true;
  }

  onData(piece: Buffer): boolean {
    if (this.#receiver) {
      const more = this.#receiver.data(piece);
      if (!more) this.paused = true;
      return more;
    }
    this.#pieces ??= [];
    this.#length += piece.length;
    this.#pieces.push(piece);
    if (this.#status >= 300 && this.#length > ERROR_BODY_BYTES) this.#answer(false); // enough is known
    if (this.#length > DOCUMENT_BYTES) throw new RangeError('the answer is far longer than any document');
    return true;
  }

  onComplete(): void {
    // A store that refuses early may leave the unread body on the connection: its next answer would be about that.
    this.#answer(this.#status < 300 || this.request.body === undefined);
  }

  onError(cause: Error): void {
    if (this.#status >= 300)
      this.#answer(false); // the refusal stands, though its document was cut
    else this.fail(cause);
  }

  fail(cause: Error): void {
    if (!this.#settle()) return;
    const { signal } = this.request;
    const reason = signal?.aborted ? cancelled(signal) : cause;
    this.owner?.failed(this, reason);
    this.reject(reason);
  }

  /** A write that the store has got in full cannot be taken back: whether it was made, only the answer tells. */
  #cancel(cause: Error): void {
    const { method } = this.request;
    const isWrite = method !== 'GET' && method !== 'HEAD';
    if (!isWrite || !this.#sent || this.owner?.flushed !== true) this.fail(cause);
    else this.#cancelling ??= setTimeout(() => this.fail(cause), CANCEL_GRACE_MS);
  }

  #answer(keep: boolean): void {
    if (this.#cancelling && this.#status >= 300) this.fail(new Error('refused'));
    if (!this.#headers || !this.#settle()) return;
    const reused = this.owner?.reused === true;
    this.owner?.completed(this, keep);
    const text = this.#pieces ? Buffer.concat(this.#pieces).toString('utf8') : '';
    this.resolve({ status: this.#status, headers: this.#headers, text, reused });
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#cancelling);
    this.#takeBack?.();
    return true;
  }
}
