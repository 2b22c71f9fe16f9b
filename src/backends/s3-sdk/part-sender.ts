/**
 * Stands between lib-storage and the store: takes its commands as wishes and sends what
 * `put.ts` and `multipart.ts` make of them, so that checksums, conditions and errors are the same
 * as for calls on the port. Remembers how the upload ended.
 */
import { throwIfAborted } from '../cancel.js';
import type { CheckedS3Settings } from '../s3/settings.js';
import type { Part, PutOptions, PutOutcome } from '../storage-client.js';
import type { Call } from './calls.js';
import type { Multipart } from './multipart.js';
import type { Putter } from './put.js';

/** Tries to end an upload in parts, and how long they may take together (spec/storage.md 2.7). */
const ABORT = { tries: 3, waitMs: 100, timeoutMs: 10_000 } as const;

/** The inputs of lib-storage's commands, as far as they say something new. */
interface Wish {
  readonly Body?: Uint8Array;
  readonly UploadId?: string;
  readonly PartNumber?: number;
}

export class PartSender {
  outcome: PutOutcome = { created: false };
  /** An object has the key already: no error, though lib-storage takes it for one. */
  refused = false;
  /** What went wrong first; lib-storage may report what followed from it. */
  failure: unknown;
  readonly #parts: Part[] = [];

  constructor(
    private readonly means: {
      readonly putter: Putter;
      readonly multipart: Multipart;
      readonly settings: CheckedS3Settings;
    },
    private readonly call: Call,
    private readonly options: PutOptions | undefined,
    private readonly stopReading: () => void,
  ) {}

  async send(command: { readonly input: unknown }): Promise<object> {
    const { s3 } = this.call;
    const wish = command.input as Wish;
    if (command instanceof s3.AbortMultipartUploadCommand) return this.#abort(wish);
    try {
      throwIfAborted(this.call.signal);
      if (command instanceof s3.PutObjectCommand) return await this.#put(wish);
      if (command instanceof s3.CreateMultipartUploadCommand) return await this.#create();
      if (command instanceof s3.UploadPartCommand) return await this.#part(wish);
      if (command instanceof s3.CompleteMultipartUploadCommand) return await this.#complete(wish);
      throw new TypeError('lib-storage sent a command that it did not send before');
    } catch (error) {
      this.failure ??= error;
      this.stopReading();
      throw error;
    }
  }

  async #put({ Body = new Uint8Array(0) }: Wish): Promise<object> {
    this.outcome = await this.means.putter.put(this.call, Body, this.options);
    return {};
  }

  /** Not aborted half-way: an upload whose id nobody heard could not be ended. */
  async #create(): Promise<object> {
    return { UploadId: await this.means.multipart.create(this.#untilAnswered, this.options) };
  }

  async #part({ UploadId = '', PartNumber = 0, Body = new Uint8Array(0) }: Wish): Promise<object> {
    const upload = { uploadId: UploadId };
    const part = await this.means.multipart.part(this.call, upload, PartNumber, Body, this.options);
    this.#parts.push(part);
    return { ETag: part.etag };
  }

  /** Not aborted half-way either: whether it took effect must be known. */
  async #complete({ UploadId = '' }: Wish): Promise<object> {
    const parts = this.#parts.sort((a, b) => a.partNumber - b.partNumber);
    const upload = { uploadId: UploadId };
    this.outcome = await this.means.multipart.complete(this.#untilAnswered, upload, parts, this.options);
    if (!this.outcome.created) {
      this.refused = true;
      throw new Error('an object has the key already'); // makes lib-storage end the upload
    }
    return {};
  }

  /** A failure to end the upload is a warning: what led to it is the error. */
  async #abort({ UploadId = '' }: Wish): Promise<object> {
    const call = { ...this.call, http: { abortSignal: AbortSignal.timeout(ABORT.timeoutMs) } };
    for (let tries = 1; ; tries += 1) {
      try {
        await this.means.multipart.abort(call, { uploadId: UploadId });
        return {};
      } catch (error) {
        if ((error as { name?: unknown }).name === 'NoSuchUpload') return {};
        if (tries === ABORT.tries || call.http.abortSignal.aborted) {
          this.#warn(UploadId, error);
          return {};
        }
        // A store may still be busy with a part that was cut.
        await this.means.settings.clock.sleep(ABORT.waitMs * tries);
      }
    }
  }

  #warn(uploadId: string, error: unknown): void {
    const { bucket, key } = this.call.subject;
    const text = `upload ${uploadId} of ${JSON.stringify(key)} could not be aborted; its parts stay until they are swept`;
    this.means.settings.log('warning', text, { bucket, key, uploadId, error: String(error) });
  }

  get #untilAnswered(): Call {
    return { ...this.call, http: {} };
  }
}
