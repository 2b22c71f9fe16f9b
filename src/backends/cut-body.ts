/**
 * A body that is fetched in as many pieces as its connections last (spec/storage.md 4.2): what
 * arrived before a cut is kept, and the next try asks for the rest of the same object, by etag.
 * An object that is another one by then, and an answer that does not fit, begin the whole again, once.
 * Decides neither whether nor when to try.
 */
import { StorageError } from '../model/errors.js';
import { joinPieces } from '../model/pieces.js';
import { type ObjectSubject, objectError } from './errors.js';
import { type PartialBody, partialBodyOf } from './partial-body.js';
import type { HeadResult } from './storage-client.js';

/** What is known of the answer that the first pieces came with. */
export interface CutAnswer {
  readonly etag: string;
  readonly totalBytes: number;
  readonly head?: HeadResult;
}

export interface BodyCalls<T> {
  readonly subject: ObjectSubject;
  /** Asks for everything. */
  whole(): Promise<T>;
  /** Asks for what follows the first `have` bytes. */
  rest(have: number, answer: CutAnswer): Promise<Uint8Array>;
  /** The result of a body that was joined. */
  joined(data: Uint8Array, answer: CutAnswer): T;
  /** The answer of a first piece, if the rest can be asked for. */
  answerOf(body: PartialBody): CutAnswer | undefined;
  /** What was kept is of no use. */
  dropped(): void;
}

export class CutBody<T> {
  #pieces: Uint8Array[] = [];
  #have = 0;
  #answer: CutAnswer | undefined;
  #begunAgain = false;

  constructor(private readonly calls: BodyCalls<T>) {}

  /** One try: the whole body, or what is missing of it. */
  async next(): Promise<T> {
    const answer = this.#answer;
    if (answer === undefined) return this.calls.whole();
    const rest = await this.#rest(answer);
    if (rest !== undefined) return this.calls.joined(joinPieces([...this.#pieces, rest]), answer);
    this.#drop();
    if (this.#begunAgain) throw doesNotFit(this.calls.subject);
    this.#begunAgain = true;
    return this.calls.whole();
  }

  /** Keeps what came with a failed try; gives the bytes that need not travel again. */
  keep(error: unknown): number {
    const body = partialBodyOf(error);
    if (body === undefined || body.bytes.length === 0) return this.#have;
    this.#answer ??= this.calls.answerOf(body);
    if (this.#answer === undefined) return 0;
    this.#pieces.push(body.bytes);
    this.#have += body.bytes.length;
    if (this.#have > this.#answer.totalBytes) this.#drop();
    return this.#have;
  }

  /** What is missing; `undefined` when it cannot be had any more. */
  async #rest(answer: CutAnswer): Promise<Uint8Array | undefined> {
    const missing = answer.totalBytes - this.#have;
    if (missing === 0) return new Uint8Array(0);
    try {
      const rest = await this.calls.rest(this.#have, answer);
      return rest.length === missing ? rest : undefined;
    } catch (error) {
      if (!this.#begunAgain && isOtherObject(error)) return undefined;
      throw error;
    }
  }

  #drop(): void {
    this.#pieces = [];
    this.#have = 0;
    this.#answer = undefined;
    this.calls.dropped();
  }
}

/** 412: the etag is another; 416: it is shorter now; 501: ranges or conditions are not known there. */
function isOtherObject(error: unknown): boolean {
  return error instanceof StorageError && [412, 416, 501].includes(error.httpStatus ?? 0);
}

/** Worth another try, as every body that ends at the wrong place is. */
function doesNotFit(subject: ObjectSubject): StorageError {
  return objectError('Network', 'the rest of the body has another length than announced', subject, {
    retryable: true,
  });
}
