/**
 * Which checksum travels with a body (spec/storage.md 2.6): the digest that names the object where the store
 * checks it, else CRC-32. Finds out once whether the store does. Sends nothing itself.
 */
import type { FeatureName, StoreFeatures } from '../s3/features.js';
import type { ChecksumChoice } from '../s3/settings.js';
import type { AnswerHeaders } from './answer.js';
import type { HeaderList } from './header-list.js';

export const XXH128_HEADER = 'x-amz-checksum-xxhash128';
export const CRC32_HEADER = 'x-amz-checksum-crc32';

export class Checksums {
  #asked = false;
  #misfits = 0;

  constructor(
    readonly features: StoreFeatures,
    readonly choice: ChecksumChoice,
  ) {}

  /** Whether a single PUT of bytes with a known digest is to name it. */
  get namesDigest(): boolean {
    return (this.choice === 'auto' || this.choice === 'xxh128') && this.features.uses('xxh128');
  }

  /** Whether the store compares the digest that a PUT names, which makes hashing here needless. */
  get storeCompares(): boolean {
    return this.namesDigest && this.features.xxh128 === 'yes';
  }

  /** Whether the answer to a PUT that named a digest may tell something new. */
  get isLearning(): boolean {
    return this.features.xxh128 === 'unknown';
  }

  /** Whether bytes are to have a CRC-32. */
  get usesCrc32(): boolean {
    return (this.choice === 'auto' || this.choice === 'crc32') && this.features.uses('crc32');
  }

  /** Whether a single PUT of bytes with this digest, if it is known, will have a CRC-32. */
  wantsCrc32(digest: string | undefined): boolean {
    return this.usesCrc32 && !(digest !== undefined && this.namesDigest);
  }

  /** Adds the checksum of a single PUT; `used` learns which feature that takes. `crc32` is asked only when it is needed. */
  add(
    headers: HeaderList,
    body: { readonly digest: string | undefined; readonly crc32: () => string | undefined },
    used: FeatureName[],
  ): void {
    if (body.digest !== undefined && this.namesDigest) {
      headers.add(XXH128_HEADER, digestText(body.digest));
      used.push('xxh128');
      return;
    }
    const crc32 = this.usesCrc32 ? body.crc32() : undefined;
    if (crc32 === undefined) return;
    headers.add(CRC32_HEADER, crc32);
    used.push('crc32');
  }

  /**
   * Takes note that the store called a digest wrong that the client had found right. Bytes may be altered on their
   * way, but a store that does so twice and has never called one right counts otherwise: then, `true`, it is dropped.
   */
  misfit(): boolean {
    if (this.features.xxh128 === 'yes') return false;
    this.#misfits += 1;
    if (this.#misfits > 1) this.features.drop('xxh128');
    return this.#misfits > 1;
  }

  /**
   * Takes note of the answer to a PUT that named `digest`. When it does not tell whether the digest was checked,
   * one HEAD does: `headOfIt` gives its headers, or `undefined` when it was refused for good.
   */
  async learn(
    digest: string,
    answered: AnswerHeaders,
    headOfIt: () => Promise<AnswerHeaders | undefined>,
  ): Promise<void> {
    if (this.features.xxh128 !== 'unknown') return;
    const text = digestText(digest);
    if (answered.get(XXH128_HEADER) === text) {
      this.features.confirmXxh128();
      return;
    }
    if (this.#asked) return;
    this.#asked = true; // puts beside this one go on, with a digest that the client compares itself
    try {
      const headers = await headOfIt();
      if (headers?.get(XXH128_HEADER) === text) this.features.confirmXxh128();
      else this.features.drop('xxh128');
    } catch {
      this.#asked = false; // no answer: the next put asks again
    }
  }
}

/** Base64 of the digest's 16 bytes. */
export function digestText(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
