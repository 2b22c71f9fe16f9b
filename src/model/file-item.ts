/**
 * What travels through an upload: a file, directory or link that a source found, and what
 * the stages learned about it. Plain data; no stage changes an item, each makes a new one.
 */

/** An entry of a tree, as a source found it. */
export interface TreeEntry {
  /** Relative to the root, `/` between the components. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Absolute path of the content, links resolved; what is opened. */
  readonly sourcePath: string;
  /** Bytes. 0 for what is not a file. */
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly mode: number;
  /** Of a link: its target relative to the root. */
  readonly linkTarget?: string;
}

/** A file whose digests may be known: from a cache, from a manifest, or from hashing. */
export interface HashedEntry extends TreeEntry {
  /** One digest, or one per chunk. Absent on directories and links, and while unknown. */
  readonly hashes?: readonly string[];
  /** Where the digests come from. */
  readonly hashedBy?: 'cache' | 'manifest' | 'reading';
  /** The content, when it was kept from hashing. */
  readonly body?: Uint8Array;
}

/** Any of the three execute bits (spec/manifests.md 3.1). */
export function isRunnable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}

/** Microseconds of a time in nanoseconds, rounded towards minus infinity, as manifests hold it. */
export function floorMicroseconds(ns: bigint): number {
  // BigInt division truncates, which is one too high for the fraction of a time before 1970.
  const us = ns / 1000n;
  return Number(ns < 0n && us * 1000n !== ns ? us - 1n : us);
}

const [EARLIEST_NS, LATEST_NS] = [-(2n ** 63n), 2n ** 63n - 1n];

/**
 * A time in nanoseconds as 64 bits hold it. One before 1677 or after 2262 becomes the last that they hold, which no
 * manifest takes for a time; cut to 64 bits it would be some other year.
 */
export function heldNanoseconds(ns: bigint): bigint {
  return ns > LATEST_NS || ns < EARLIEST_NS ? LATEST_NS : ns;
}
