/** What is known of a bucket's address. No code. */

/** Where the requests for one bucket go. */
export interface S3Target {
  /** `https://host[:port]`, nothing behind it. */
  readonly origin: string;
  /** What stands before `/{key}`, percent-encoded: `''`, or `/bucket` in path style. */
  readonly pathPrefix: string;
  readonly signingRegion: string;
  readonly signingService: 's3';
}
