/** Makes manifest entries, and whole manifests, of files that a run has confirmed. Does no I/O. */
import { floorMicroseconds, type HashedEntry, isRunnable } from '../model/file-item.js';
import {
  DEFAULT_FILE_CHUNK_SIZE,
  type DirEntry,
  type FileEntry,
  HASH_ALG,
  type Manifest,
  type ManifestV2025,
  type ManifestVersion,
  type PathV2023,
} from '../model/manifest.js';

/** The entry of a regular file with one digest. */
export function pathEntry({ path, hashes, size, mtimeNs }: HashedEntry): PathV2023 {
  return { path, hash: hashes?.[0] ?? '', size, mtime: floorMicroseconds(mtimeNs) };
}

/** The entry of a file or a link in the 2025 formats. */
export function fileEntry(entry: HashedEntry): FileEntry {
  const { path, kind, hashes = [], size, mtimeNs, mode, linkTarget } = entry;
  if (kind === 'symlink') return { path, symlinkTarget: linkTarget ?? '' };
  const content = hashes.length > 1 ? { chunkhashes: hashes } : { hash: hashes[0] ?? '' };
  const times = { size, mtime: floorMicroseconds(mtimeNs) };
  return isRunnable(mode) ? { path, ...content, ...times, runnable: true } : { path, ...content, ...times };
}

export interface ManifestShape {
  readonly version: ManifestVersion;
  /** Bytes per chunk of the 2025 formats. */
  readonly chunkSizeBytes?: number;
  /** Keep directories without any entry below (2025 formats only). Default true. */
  readonly includeEmptyDirs?: boolean;
}

/** Gathers entries in memory; {@link build} gives the manifest, sorted as its encoder sorts. */
export class ManifestBuilder {
  readonly #paths: PathV2023[] = [];
  readonly #files: FileEntry[] = [];
  readonly #dirs: string[] = [];
  #totalSize = 0;

  constructor(readonly shape: ManifestShape) {}

  /** Files, directories and links so far. */
  get count(): number {
    return this.#paths.length + this.#files.length + this.#dirs.length;
  }

  add(entry: HashedEntry): void {
    if (entry.kind === 'file') this.#totalSize += entry.size;
    if (this.shape.version === 'v2023-03-03') {
      if (entry.kind === 'file') this.#paths.push(pathEntry(entry));
    } else if (entry.kind === 'directory') this.#dirs.push(entry.path);
    else this.#files.push(fileEntry(entry));
  }

  build(): Manifest {
    const { version, chunkSizeBytes = DEFAULT_FILE_CHUNK_SIZE } = this.shape;
    const common = { hashAlg: HASH_ALG, totalSize: this.#totalSize };
    if (version === 'v2023-03-03') return { version, ...common, paths: this.#paths.sort(byPath) };
    const manifest: ManifestV2025 = {
      version,
      pathStyle: 'relative',
      type: 'snapshot',
      ...common,
      dirs: this.#directories(),
      files: this.#files.sort(byPath),
      fileChunkSizeBytes: version === 'v2025-12-04-beta' ? DEFAULT_FILE_CHUNK_SIZE : chunkSizeBytes,
    };
    return manifest;
  }

  /** The directories that were found, and those on the way to an entry. */
  #directories(): DirEntry[] {
    const kept = new Set(this.shape.includeEmptyDirs === false ? [] : this.#dirs);
    for (const { path } of this.#files) addParents(path, kept);
    for (const path of [...kept]) addParents(path, kept);
    return [...kept].sort().map((path) => ({ path }));
  }
}

function addParents(path: string, into: Set<string>): void {
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
    const parent = path.slice(0, cut);
    if (into.has(parent)) return;
    into.add(parent);
  }
}

function byPath(a: { path: string }, b: { path: string }): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1; // UTF-16 order
}
