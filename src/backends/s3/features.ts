/**
 * What one store turned out to support (spec/storage.md 2.5 and 2.6). A feature is used until
 * the store refuses it, is then dropped with one log line, and never tried again by this
 * client. Knows no headers and sends nothing.
 */
import type { StorageError } from '../../model/errors.js';
import type { Logger } from '../../pipeline/types.js';

/** A feature that a client does without once the store has refused it. */
export type FeatureName = 'conditionalWrites' | 'xxh128' | 'crc32' | 'fullObjectChecksum';

/** `unknown` until the store has given the checksum back, or has not. */
export type Support = 'unknown' | 'yes' | 'no';

interface Feature {
  readonly text: string;
  /** How a refusal names it. */
  readonly named: RegExp;
}

const FEATURES: Readonly<Record<FeatureName, Feature>> = {
  conditionalWrites: { text: 'conditional writes (If-None-Match)', named: /if-none-match|conditional/i },
  xxh128: {
    text: 'the checksum XXHASH128',
    named: /xxhash|x-amz-checksum(?!-(?:crc32|type))|checksum algorithm/i,
  },
  fullObjectChecksum: {
    text: 'checksums of whole multipart objects',
    named: /checksum-?type|full_object|mp-object-size/i,
  },
  crc32: { text: 'the checksum CRC32', named: /crc32|checksum/i },
};

export class StoreFeatures {
  /** `If-None-Match: *` on PutObject and on CompleteMultipartUpload. */
  conditionalWrites = true;
  /** `x-amz-checksum-xxhash128` on a single PutObject. */
  xxh128: Support = 'unknown';
  /** `x-amz-checksum-crc32` on PutObject and UploadPart. */
  crc32 = true;
  /** `x-amz-checksum-type: FULL_OBJECT` and `x-amz-mp-object-size` on multipart uploads. */
  fullObjectChecksum = true;
  readonly #log: Logger;

  constructor(log: Logger = () => {}) {
    this.#log = log;
  }

  /** Whether requests may still use `name`; `xxh128` counts as usable while it is unknown. */
  uses(name: FeatureName): boolean {
    return name === 'xxh128' ? this.xxh128 !== 'no' : this[name];
  }

  /** The store gave the XXH128 of an object back: it checks what it is told. */
  confirmXxh128(): void {
    if (this.xxh128 === 'unknown') this.xxh128 = 'yes';
  }

  /** Stops using `name`. Gives `true` the first time; calls that were already under way find it dropped. */
  drop(name: FeatureName): boolean {
    if (!this.uses(name)) return false;
    if (name === 'xxh128') this.xxh128 = 'no';
    else this[name] = false;
    this.#log('info', `the store does not support ${FEATURES[name].text}: going on without`, {
      feature: name,
    });
    return true;
  }

  /**
   * Takes `error`, the answer to a request that used the features `used`, as the refusal of one of them, and drops
   * that one: the one that the message names, else the first. Gives whether the request is worth repeating: it was a
   * refusal, and one of `used` is now dropped, be it by a request beside this one.
   */
  dropRefused(error: StorageError, used: readonly FeatureName[]): boolean {
    // 409 is about the key, which this store cannot have, and about no feature.
    if (error.kind !== 'NotSupported' || error.httpStatus === 409 || used.length === 0) return false;
    const text = `${error.s3Code ?? ''} ${error.message}`;
    const blamed = used.find((name) => FEATURES[name].named.test(text));
    if (blamed === undefined && used.some((name) => !this.uses(name))) return true;
    this.drop(blamed ?? (used[0] as FeatureName));
    return true;
  }
}
