/**
 * Writes of whole objects from local files (spec/storage.md 3.4): small ones are read, checked and sent from memory,
 * large ones are streamed. The last piece of a stream is held back until the bytes sent before and itself are proven
 * to be the promised ones and the file unchanged, so that no store, whatever it checks, can complete the object.
 */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Xxh128 } from '../../model/hasher.js';
import { checkFileDigest } from '../contract.js';
import { Crc32Stream } from '../s3/crc32.js';
import { type SourceRequest, withSource } from '../source-file.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import type { ToldBytes } from '../told-bytes.js';
import type { S3Caller } from './caller.js';
import type { Checksums } from './checksums.js';
import { checkUnchanged, piecesOf, readSlice, type Slice, sliceOf } from './file-slice.js';
import { type Body, heldBody, type Puts } from './put.js';
import { UNSIGNED_PAYLOAD } from './sign.js';

export interface FileSubject {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
}

interface OpenSource {
  readonly handle: FileHandle;
  readonly stats: Stats;
  readonly slice: Slice;
  readonly request: SourceRequest;
}

/** What must be known of a body before its first byte is sent. */
interface Ahead {
  readonly payloadHash: string;
  readonly crc32?: string;
  /** The digest that the bytes must have when they are sent. */
  readonly promised: Pick<PutOptions, 'xxh128'>;
}

export class FilePuts {
  constructor(
    private readonly puts: Puts,
    private readonly caller: S3Caller,
    private readonly checksums: Checksums,
    private readonly hash: Xxh128,
    /** Bytes up to which a body is held in memory. */
    private readonly inMemoryBytes: number,
  ) {}

  async file(
    subject: FileSubject,
    range: SourceRequest['range'],
    options: PutOptions = {},
  ): Promise<PutOutcome> {
    const { operation, path } = subject;
    const { signal, fileBytes } = options;
    const request: SourceRequest = { operation, path, signal, fileBytes, ...(range && { range }) };
    let sent: PutOutcome | undefined;
    const read = await withSource(request, async (handle, stats) => {
      const slice = sliceOf(request, stats.size);
      if (slice.length <= this.inMemoryBytes) return readSlice(handle, slice, request);
      sent = await this.#stream(subject, { handle, stats, slice, request }, options);
      return sent;
    }).catch((error: unknown) => {
      if (sent) return sent; // a change after the last byte was proven is none of the object's
      throw error;
    });
    return Buffer.isBuffer(read) ? this.#send(subject, read, options) : read;
  }

  /** The file is closed and was unchanged until then: from here on only the bytes count. */
  async #send(subject: FileSubject, data: Buffer, options: PutOptions): Promise<PutOutcome> {
    if (options.xxh128 !== undefined) checkFileDigest(this.hash.oneShot(data), options, subject);
    return this.puts.body(subject, options, data.length, () => heldBody(data));
  }

  async #stream(subject: FileSubject, source: OpenSource, options: PutOptions): Promise<PutOutcome> {
    const ahead = await this.#readAhead(subject, source, options);
    const { length } = source.slice;
    const open = (told: ToldBytes): Body => {
      const body = this.#proven(subject, source, ahead.promised, told);
      return { body, payloadHash: ahead.payloadHash, crc32: () => ahead.crc32, contentLength: length };
    };
    return this.puts.body(subject, options, length, open);
  }

  /** A signature over the body, and a CRC-32 of it, stand in front of it: then the file is read once more, before. */
  async #readAhead(subject: FileSubject, source: OpenSource, options: PutOptions): Promise<Ahead> {
    const sha256 = (await this.caller.signsBodies(subject.bucket)) ? createHash('sha256') : undefined;
    const crc32 = this.checksums.wantsCrc32(options.xxh128) ? new Crc32Stream() : undefined;
    if (!sha256 && !crc32) return { payloadHash: UNSIGNED_PAYLOAD, promised: options };
    const xxh128 = this.hash.create();
    for await (const piece of piecesOf(source.handle, source.slice, source.request)) {
      for (const digest of [sha256, crc32, xxh128]) digest?.update(piece);
    }
    const promised = { xxh128: xxh128.digest() };
    checkFileDigest(promised.xxh128, options, subject);
    const payloadHash = sha256?.digest('hex') ?? UNSIGNED_PAYLOAD;
    return { payloadHash, promised, ...(crc32 && { crc32: crc32.text() }) };
  }

  async *#proven(
    subject: FileSubject,
    { handle, stats, slice, request }: OpenSource,
    promised: PutOptions,
    told: ToldBytes,
  ): AsyncGenerator<Buffer> {
    const digest = this.hash.create();
    let sent = 0;
    let held: Buffer | undefined;
    told.reached(0);
    for await (const piece of piecesOf(handle, slice, request)) {
      if (held) {
        yield held;
        sent += held.length;
        told.reached(sent);
      }
      digest.update(piece);
      held = piece;
    }
    await checkUnchanged(handle, stats, request);
    checkFileDigest(digest.digest(), promised, subject);
    if (held) yield held;
    told.reached(slice.length);
  }
}
