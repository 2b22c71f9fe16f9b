/** Writes of whole objects, and copies. Knows how S3 wants them; not how a request is sent. */
import { StorageError } from '../../model/errors.js';
import type { Xxh128 } from '../../model/hasher.js';
import { checkBytes } from '../contract.js';
import { crc32Text } from '../s3/crc32.js';
import { s3Error } from '../s3/failure.js';
import { isPlainlyThere } from '../s3/failure-kinds.js';
import type { FeatureName } from '../s3/features.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import { ToldBytes } from '../told-bytes.js';
import type { Answer, AnswerHeaders } from './answer.js';
import type { S3Call, S3Caller } from './caller.js';
import type { Checksums } from './checksums.js';
import { describe } from './describe.js';
import { HeaderList } from './header-list.js';

/** What a body is, for one request with it. */
export interface Body {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Its CRC-32, if that can be had. */
  readonly crc32: () => string | undefined;
  readonly payloadHash?: string;
  readonly contentLength?: number;
}

export class Puts {
  constructor(
    private readonly caller: S3Caller,
    private readonly checksums: Checksums,
    private readonly hash: Xxh128,
  ) {}

  bytes(subject: S3Call['subject'], data: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    let isChecked = false;
    const open = (): Body => {
      if (!isChecked && !this.checksums.storeCompares) {
        checkBytes(this.hash, data, options, subject);
        isChecked = true;
      }
      return heldBody(data);
    };
    return this.body(subject, options, data.length, open);
  }

  /** One PUT of `length` bytes, or a few while the store turns out not to support what was asked; `open` gives the body anew each time. */
  async body(
    subject: S3Call['subject'],
    options: PutOptions,
    length: number,
    open: (told: ToldBytes) => Body,
  ): Promise<PutOutcome> {
    const told = new ToldBytes(options.onBytes);
    const outcome = await this.repeating(options, async (used) => {
      const call = this.#call(subject, options, open(told), told, used);
      const answer = await this.caller.call(call);
      if (call.expects?.(answer)) return { created: false };
      if (this.checksums.isLearning) await this.#learn(subject, options, answer, used);
      return outcomeOf(answer, subject, options, used);
    });
    told.reached(length); // a store that has the object already does not take all bytes
    return outcome;
  }

  #call(
    subject: S3Call['subject'],
    options: PutOptions,
    body: Body,
    told: ToldBytes,
    used: FeatureName[],
  ): S3Call {
    const headers = this.#headers(subject, options, used);
    this.checksums.add(headers, { digest: options.xxh128, crc32: body.crc32 }, used);
    return {
      subject,
      method: 'PUT',
      onObject: true,
      headers,
      body: body.body,
      payloadHash: body.payloadHash,
      contentLength: body.contentLength,
      told,
      signal: options.signal,
      expects: options.ifAbsent ? isPlainlyThere : undefined,
    };
  }

  async #learn(
    subject: S3Call['subject'],
    { xxh128: digest, signal }: PutOptions,
    { headers }: Answer,
    used: readonly FeatureName[],
  ): Promise<void> {
    if (digest === undefined || !used.includes('xxh128') || headers.get('etag') === undefined) return;
    await this.checksums.learn(digest, headers, () => this.#head(subject, signal));
  }

  /** Makes a write; what the store does not support is dropped, and the write made again without. */
  async repeating(
    options: PutOptions,
    write: (used: FeatureName[]) => Promise<PutOutcome>,
  ): Promise<PutOutcome> {
    for (;;) {
      const used: FeatureName[] = [];
      try {
        return await write(used);
      } catch (error) {
        const outcome = this.#refused(error, options, used);
        if (outcome) return outcome;
      }
    }
  }

  /** The outcome that an error stands for; nothing when the write is to be made again; else throws it. */
  #refused(error: unknown, options: PutOptions, used: FeatureName[]): PutOutcome | undefined {
    if (!(error instanceof StorageError)) throw error;
    if (error.kind === 'AlreadyExists' && options.ifAbsent) return { created: false };
    if (!this.#isRefusal(error, used)) throw error;
    return undefined;
  }

  #isRefusal(error: StorageError, used: FeatureName[]): boolean {
    if (error.s3Code === 'BadDigest' && used.includes('xxh128')) return this.checksums.misfit();
    return this.checksums.features.dropRefused(error, used);
  }

  #headers(subject: S3Call['subject'], options: PutOptions, used: FeatureName[]): HeaderList {
    const headers = new HeaderList();
    describe(headers, options, subject);
    this.condition(headers, options, used);
    return headers;
  }

  /** Adds `If-None-Match: *` when it is asked for and supported. */
  condition(headers: HeaderList, options: PutOptions, used: FeatureName[]): void {
    if (!options.ifAbsent || !this.checksums.features.uses('conditionalWrites')) return;
    headers.add('if-none-match', '*');
    used.push('conditionalWrites');
  }

  /** Headers of HEAD with the checksum; `undefined` when the store does not let us see them. */
  async #head(
    subject: S3Call['subject'],
    signal: AbortSignal | undefined,
  ): Promise<AnswerHeaders | undefined> {
    const headers = new HeaderList();
    headers.add('x-amz-checksum-mode', 'ENABLED');
    try {
      const call: S3Call = { subject, method: 'HEAD', onObject: true, headers, signal };
      return (await this.caller.call(call)).headers;
    } catch (error) {
      if (error instanceof StorageError && !error.retryable) return undefined;
      throw error;
    }
  }
}

/** The body that bytes in memory are. */
export function heldBody(data: Uint8Array): Body {
  return { body: data, crc32: () => crc32Text(data) };
}

function outcomeOf(
  { status, headers }: Answer,
  subject: S3Call['subject'],
  { ifAbsent }: PutOptions,
  used: readonly FeatureName[],
): PutOutcome {
  const etag = headers.get('etag');
  if (etag === undefined) throw s3Error({ httpStatus: status, message: 'it has no ETag' }, subject);
  return ifAbsent && !used.includes('conditionalWrites')
    ? { created: true, etag, unconditional: true }
    : { created: true, etag };
}
