/**
 * Manifests in memory (spec/manifests.md section 1): what the three wire formats decode
 * to. Values are immutable: no operation of this project changes one that it was given.
 */

/** The one hash algorithm in use: XXH3, 128 bit, written as 32 lowercase hex digits. */
export type HashAlg = 'xxh128';
export const HASH_ALG: HashAlg = 'xxh128';

/** Chunk size of the 2025 formats where none is recorded, in bytes (256 MiB). */
export const DEFAULT_FILE_CHUNK_SIZE = 268_435_456;
/** A chunk size that says: files are never chunked. */
export const WHOLE_FILE = -1;

/** The API names of the wire formats. */
export type ManifestVersion = 'v2023-03-03' | 'v2025-12-04-beta' | 'v2025-12';

/** One file of a v2023-03-03 manifest. */
export interface PathV2023 {
  /** Relative to the asset root, `/` between the components. */
  readonly path: string;
  /** XXH128 of the content, hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** Modification time in microseconds since the epoch, rounded down. */
  readonly mtime: number;
}

/** A v2023-03-03 manifest: a flat list of regular files. */
export interface ManifestV2023 {
  readonly version: 'v2023-03-03';
  readonly hashAlg: HashAlg;
  /** Bytes; written as given, not verified when read. */
  readonly totalSize: number;
  readonly paths: readonly PathV2023[];
}

export interface DirEntry {
  readonly path: string;
  readonly deleted?: true;
}

/** A file, a link or a deletion of the 2025 formats; paths are expanded and normalised. */
export interface FileEntry {
  readonly path: string;
  readonly deleted?: true;
  readonly hash?: string;
  /** One digest per chunk of the manifest's `fileChunkSizeBytes`, in order. */
  readonly chunkhashes?: readonly string[];
  /** Relative to the manifest's root (absolute in absolute manifests), never to the link. */
  readonly symlinkTarget?: string;
  readonly size?: number;
  /** Microseconds since the epoch. */
  readonly mtime?: number;
  /** Any of the three execute bits is set. */
  readonly runnable?: true;
}

export type PathStyle = 'relative' | 'absolute';
export type ManifestType = 'snapshot' | 'diff';

/** A manifest of either 2025 format. */
export interface ManifestV2025 {
  readonly version: 'v2025-12-04-beta' | 'v2025-12';
  /** `v2025-12-04-beta` is always `relative`. */
  readonly pathStyle: PathStyle;
  readonly type: ManifestType;
  readonly hashAlg: HashAlg;
  readonly totalSize: number;
  readonly dirs: readonly DirEntry[];
  readonly files: readonly FileEntry[];
  /** Bytes; {@link WHOLE_FILE} means that files are never chunked. */
  readonly fileChunkSizeBytes: number;
  /** XXH128 of the stored bytes of the manifest that a diff applies to. */
  readonly parentManifestHash?: string;
}

export type Manifest = ManifestV2023 | ManifestV2025;

/** Which links a snapshot or a subtree keeps (spec/files-and-submission.md 1.3, spec/manifests.md 10.8). */
export type SymlinkPolicy =
  | 'collapse_files'
  | 'collapse_all'
  | 'collapse_escaping'
  | 'preserve'
  | 'exclude_escaping'
  | 'exclude_all';
