/**
 * A file as a stream whose end is a promise kept: it ends only after the bytes were read from
 * one state of the file and hash to what was promised (spec/storage.md 3.4); else it breaks, and
 * whoever uploads it never gets to complete. Knows no store.
 */
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { Xxh128 } from '../../model/hasher.js';
import { checkFileDigest } from '../contract.js';
import type { ObjectSubject } from '../errors.js';
import { PIECE_BYTES, readSource } from '../source-file.js';

export interface FileFeedRequest {
  readonly subject: ObjectSubject & { readonly path: string };
  /** The whole file without it. */
  readonly range?: { readonly offset: number; readonly length: number } | undefined;
  readonly xxh128: Xxh128;
  /** What the bytes must hash to, hex. */
  readonly promised?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export class FileFeed {
  /** One piece is read ahead of the consumer. */
  readonly stream: Readable;
  readonly #done: Promise<void>;
  readonly #stop = new AbortController();

  constructor(request: FileFeedRequest) {
    const stream = new PassThrough({ highWaterMark: PIECE_BYTES });
    this.stream = stream;
    stream.on('error', () => {}); // whoever reads the stream is told; nobody need be reading
    stream.once('close', () => this.#stop.abort());
    this.#done = this.#fill(request, stream).then(
      () => void stream.end(),
      (error: unknown) => void stream.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Stops reading and waits until the file is closed. */
  async close(): Promise<void> {
    this.stream.destroy();
    await this.#done;
  }

  async #fill(request: FileFeedRequest, stream: PassThrough): Promise<void> {
    const { subject, range, xxh128, promised } = request;
    const { operation, path } = subject;
    const hash = promised === undefined ? undefined : xxh128.create();
    const signal = request.signal ? AbortSignal.any([request.signal, this.#stop.signal]) : this.#stop.signal;
    await readSource({ operation, path, signal, ...(range && { range }) }, async (piece) => {
      hash?.update(piece);
      // A copy: the reader fills the piece's memory again.
      if (!stream.write(Buffer.from(piece))) await once(stream, 'drain', { signal });
    });
    if (hash) checkFileDigest(hash.digest(), { xxh128: promised ?? '' }, subject);
  }
}
