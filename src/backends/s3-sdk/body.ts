/**
 * The body of a GET, piece by piece, with the proof that it is whole (spec/storage.md 4.2): one
 * that ends early, or goes on too long, is a transient failure. Knows no requests.
 */
import type { StorageError } from '../../model/errors.js';
import { type PartialBody, withPartialBody } from '../partial-body.js';
import { type S3Subject, transportError } from '../s3/failure.js';

/** Pieces as they arrive; leaving it early closes the connection. */
export type Body = AsyncIterable<Uint8Array>;

/** The body in one piece of memory. The error of a cut one carries what arrived. */
export async function collect(
  body: Body,
  size: number | undefined,
  about: { readonly subject: S3Subject; readonly answer: Omit<PartialBody, 'bytes' | 'totalBytes'> },
  onBytes: ((delta: number) => void) | undefined,
): Promise<Uint8Array> {
  const bytes = new Gathered(size);
  try {
    await pour(body, size, about.subject, (piece) => {
      bytes.add(piece);
      onBytes?.(piece.length);
    });
  } catch (cause) {
    const error = transportError(cause, about.subject);
    if (!('kind' in error) || bytes.length === 0) throw error;
    const total = size === undefined ? {} : { totalBytes: size };
    throw withPartialBody(error, { ...about.answer, ...total, bytes: bytes.take() });
  }
  return bytes.take();
}

/** Hands the pieces on in order, each with its position. Rejects with what the connection says, or when the length is not `size`. */
export async function pour(
  body: Body,
  size: number | undefined,
  subject: S3Subject,
  consume: (piece: Uint8Array, position: number) => void | Promise<void>,
): Promise<number> {
  let position = 0;
  for await (const piece of body) {
    if (size !== undefined && position + piece.length > size) throw wrongLength(subject, size);
    await consume(piece, position);
    position += piece.length;
  }
  if (size !== undefined && position < size) throw wrongLength(subject, size);
  return position;
}

function wrongLength(subject: S3Subject, size: number): StorageError | Error {
  const text = `the body has another length than the ${size} bytes that were announced`;
  return transportError(Object.assign(new Error(text), { code: 'ERR_STREAM_PREMATURE_CLOSE' }), subject);
}

/** Memory for a body; of the announced size at once. */
class Gathered {
  length = 0;
  #bytes: Uint8Array;

  constructor(size: number | undefined) {
    this.#bytes = new Uint8Array(size ?? 0);
  }

  add(piece: Uint8Array): void {
    const end = this.length + piece.length;
    if (end > this.#bytes.length) this.#grow(Math.max(end, 2 * this.#bytes.length));
    this.#bytes.set(piece, this.length);
    this.length = end;
  }

  take(): Uint8Array {
    return this.length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.length);
  }

  #grow(size: number): void {
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}
