/**
 * One PutObject from a buffer: the checksum that the store can check, the condition, and
 * what is done when a store turns out not to know them (spec/storage.md 2.5, 2.6, 3.4).
 */
import { StorageError } from '../../model/errors.js';
import type { Xxh128 } from '../../model/hasher.js';
import { checkBytes } from '../contract.js';
import { crc32Text } from '../s3/crc32.js';
import type { FeatureName, StoreFeatures } from '../s3/features.js';
import type { CheckedS3Settings } from '../s3/settings.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import type { Call } from './calls.js';
import { detailInput } from './details.js';
import { notAnAnswer, typedError } from './failures.js';

export class Putter {
  /** One look for the checksum of one object is enough, however many are sent at first. */
  #probe: Promise<boolean> | undefined;

  constructor(
    private readonly means: {
      readonly features: StoreFeatures;
      readonly settings: CheckedS3Settings;
      readonly xxh128: Xxh128;
    },
  ) {}

  /** Stores the bytes. A store that is known to check the digest is left to do so; for any other the bytes are hashed first. */
  async put(call: Call, data: Uint8Array, options: PutOptions | undefined): Promise<PutOutcome> {
    const { features, xxh128 } = this.means;
    if (features.xxh128 !== 'yes' || !this.#usesXxh128(options)) {
      checkBytes(xxh128, data, options, call.subject);
    }
    const outcome = await this.#untilSupported(call, data, options);
    if (outcome.created) options?.onBytes?.(data.length);
    return outcome;
  }

  /** Each round has one feature less, so there are few. */
  async #untilSupported(call: Call, data: Uint8Array, options: PutOptions | undefined): Promise<PutOutcome> {
    const used = this.#features(options);
    try {
      return await this.#once(call, data, options, used);
    } catch (cause) {
      const error = typedError(cause, call.subject, call.signal);
      if (used.includes('conditionalWrites') && isStatus(error, 412)) return { created: false };
      if (!(error instanceof StorageError) || !this.#isRefusal(error, used)) throw error;
      return this.#untilSupported(call, data, options);
    }
  }

  async #once(
    call: Call,
    data: Uint8Array,
    options: PutOptions | undefined,
    used: readonly FeatureName[],
  ): Promise<PutOutcome> {
    const { s3, client, subject, owner, http } = call;
    const digest = used.includes('xxh128') ? base64(options?.xxh128 ?? '') : undefined;
    const answer = await client.send(
      new s3.PutObjectCommand({
        ...{
          Bucket: subject.bucket,
          Key: subject.key,
          Body: data,
          ...owner,
          ...detailInput(options, subject),
        },
        ...(used.includes('conditionalWrites') && { IfNoneMatch: '*' }),
        ...(digest !== undefined && { ChecksumXXHASH128: digest }),
        ...(used.includes('crc32') && { ChecksumCRC32: crc32Text(data) }),
      }),
      http,
    );
    if (answer.ETag === undefined) throw notAnAnswer('the answer has no ETag', subject);
    if (digest !== undefined) await this.#learn(call, digest, answer.ChecksumXXHASH128);
    const blind = options?.ifAbsent && !used.includes('conditionalWrites');
    return { created: true, etag: answer.ETag, ...(blind && { unconditional: true as const }) };
  }

  #isRefusal(error: StorageError, used: readonly FeatureName[]): boolean {
    const { features } = this.means;
    // The digest was compared here: a store that calls it wrong, and never called one right, counts otherwise.
    if (error.kind === 'ChecksumMismatch' && used.includes('xxh128') && features.xxh128 !== 'yes') {
      features.drop('xxh128'); // if not a request beside this one has
      return true;
    }
    return features.dropRefused(error, used);
  }

  #features(options: PutOptions | undefined): FeatureName[] {
    const { features, settings } = this.means;
    const xxh128 = this.#usesXxh128(options);
    const crc32 = !xxh128 && usesCrc32(features, settings);
    const conditional = options?.ifAbsent === true && features.uses('conditionalWrites');
    return [
      ...(xxh128 ? (['xxh128'] as const) : []),
      ...(crc32 ? (['crc32'] as const) : []),
      ...(conditional ? (['conditionalWrites'] as const) : []),
    ];
  }

  #usesXxh128(options: PutOptions | undefined): boolean {
    const { features, settings } = this.means;
    const wanted = settings.checksum === 'auto' || settings.checksum === 'xxh128';
    return wanted && options?.xxh128 !== undefined && features.uses('xxh128');
  }

  /** Whether the store keeps the checksum: it is in the answer, or in that of one HEAD. */
  async #learn(call: Call, digest: string, given: string | undefined): Promise<void> {
    const { features } = this.means;
    if (features.xxh128 !== 'unknown') return;
    if (given === digest) {
      features.confirmXxh128();
      return;
    }
    this.#probe ??= this.#look(call, digest);
    if (!(await this.#probe)) this.#probe = undefined; // no answer: the next put looks again
  }

  /** Whether that could be told. */
  async #look({ s3, client, subject, owner, http, signal }: Call, digest: string): Promise<boolean> {
    const { features } = this.means;
    const question = { Bucket: subject.bucket, Key: subject.key, ChecksumMode: 'ENABLED', ...owner } as const;
    try {
      const { ChecksumXXHASH128 } = await client.send(new s3.HeadObjectCommand(question), http);
      if (ChecksumXXHASH128 === digest) features.confirmXxh128();
      else features.drop('xxh128');
    } catch (cause) {
      const error = typedError(cause, subject, signal);
      if (!(error instanceof StorageError) || error.retryable) return false;
      features.drop('xxh128');
    }
    return true;
  }
}

/** Whether bodies without a digest that the store checks are to have a CRC32. */
export function usesCrc32(features: StoreFeatures, { checksum }: CheckedS3Settings): boolean {
  return (checksum === 'auto' || checksum === 'crc32') && features.uses('crc32');
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof StorageError && error.httpStatus === status;
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
