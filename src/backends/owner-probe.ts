/**
 * Whether a 403 means that the bucket belongs to another account (spec/storage.md 6.1): S3 calls
 * both plainly AccessDenied. Asks once per bucket, with and without the expected owner. Touches no object.
 */
import type { HeadBucketOptions, S3Client } from './s3/s3-client.js';

export type HeadBucket = S3Client['headBucket'];

export class OwnerProbe {
  readonly #answers = new Map<string, Promise<boolean>>();

  constructor(private readonly headBucket: HeadBucket) {}

  /** Whether the bucket can be reached, but not as the expected owner's. A probe that fails says no. */
  isForeign(bucket: string): Promise<boolean> {
    const known = this.#answers.get(bucket);
    if (known) return known;
    const answer = this.#ask(bucket).catch(() => false);
    this.#answers.set(bucket, answer);
    return answer;
  }

  async #ask(bucket: string): Promise<boolean> {
    const head = (withOwner: HeadBucketOptions['withOwner']) => this.headBucket(bucket, { withOwner });
    return (await head(true)) === 'denied' && (await head(false)) === 'ok';
  }
}
