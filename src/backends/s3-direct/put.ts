/** Writes of whole objects, and copies. Knows how S3 wants them; not how a request is sent. */
import { StorageError } from '../../model/errors.js';
import type { Xxh128 } from '../../model/hasher.js';
import { checkBytes } from '../contract.js';
import { crc32Text } from '../s3/crc32.js';
import { s3Error } from '../s3/failure.js';
import { isPlainlyThere } from '../s3/failure-kinds.js';
import type { FeatureName } from '../s3/features.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import type { AnswerHeaders } from './answer.js';
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

  async bytes(subject: S3Call['subject'], data: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    let isChecked = false;
    const outcome = await this.body(subject, options, () => {
      if (!isChecked && !this.checksums.storeCompares) {
        checkBytes(this.hash, data, options, subject);
        isChecked = true;
      }
      return heldBody(data);
    });
    options.onBytes?.(data.length);
    return outcome;
  }

  /** One PUT, or a few while the store turns out not to support what was asked; `open` gives the body anew each time. */
  async body(subject: S3Call['subject'], options: PutOptions, open: () => Body): Promise<PutOutcome> {
    const { xxh128: digest, signal } = options;
    return this.repeating(options, async (used) => {
      const headers = this.#headers(subject, options, used);
      const { crc32, ...body } = open();
      this.checksums.add(headers, { digest, crc32 }, used);
      const expects = options.ifAbsent ? isPlainlyThere : undefined;
      const call: S3Call = { subject, method: 'PUT', onObject: true, headers, ...body, signal, expects };
      const answer = await this.caller.call(call);
      if (expects?.(answer)) return { created: false };
      const etag = answer.headers.get('etag');
      if (etag === undefined)
        throw s3Error({ httpStatus: answer.status, message: 'it has no ETag' }, subject);
      if (digest !== undefined && used.includes('xxh128')) {
        await this.checksums.learn(digest, answer.headers, () => this.#head(subject, signal));
      }
      const blind = options.ifAbsent && !used.includes('conditionalWrites');
      return { created: true, etag, ...(blind && { unconditional: true as const }) };
    });
  }

  /** Makes a conditional write; what the store does not support is dropped, and the write made again without. */
  async repeating(
    options: PutOptions,
    write: (used: FeatureName[]) => Promise<PutOutcome>,
  ): Promise<PutOutcome> {
    for (;;) {
      const used: FeatureName[] = [];
      try {
        return await write(used);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        if (error.kind === 'AlreadyExists' && options.ifAbsent) return { created: false };
        if (!this.#isRefusal(error, used)) throw error;
      }
    }
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
