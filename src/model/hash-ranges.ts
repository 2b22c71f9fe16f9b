/** Which byte ranges of a file have a digest of their own (spec/manifests.md 3.2, spec/storage.md 5.2). */

/** A range as the hash cache keys it: `rangeEnd` is exclusive, and `(0, -1)` is the whole file. */
export interface HashRange {
  readonly rangeStart: number;
  readonly rangeEnd: number;
}

const WHOLE: readonly HashRange[] = [{ rangeStart: 0, rangeEnd: -1 }];

/** Is a file of `size` bytes hashed in chunks of `chunkSizeBytes`? Exactly one chunk is a whole file. */
export function isChunked(size: number, chunkSizeBytes: number): boolean {
  return chunkSizeBytes > 0 && size > chunkSizeBytes;
}

/** The whole file, or one range per chunk, the last one shorter. */
export function hashRanges(size: number, chunkSizeBytes: number): readonly HashRange[] {
  if (!isChunked(size, chunkSizeBytes)) return WHOLE;
  return Array.from({ length: Math.ceil(size / chunkSizeBytes) }, (_, index) => ({
    rangeStart: index * chunkSizeBytes,
    rangeEnd: Math.min(size, (index + 1) * chunkSizeBytes),
  }));
}
