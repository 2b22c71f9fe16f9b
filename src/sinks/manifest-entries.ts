/** Makes manifest entries, and whole manifests, of files that a run has confirmed. Does no I/O. */
import { CommonDirectory } from '../model/common-directory.js';
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
import { checkInteger } from '../model/member-checks.js';

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

/** No encoder takes a later time; whoever compares entries would take all of them for one. */
function checkedTime<E extends { readonly path: string; readonly mtime?: number }>(
  entry: E,
  list: string,
  index: number,
): E {
  const { path, mtime = 0 } = entry;
  if (mtime > Number.MAX_SAFE_INTEGER) checkInteger(mtime, 'mtime', { list, index, path });
  return entry;
}

export interface ManifestShape {
  readonly version: ManifestVersion;
  /** Bytes per chunk of the 2025 formats. */
  readonly chunkSizeBytes?: number;
  /** Keep directories without any entry below (2025 formats only). Default true. */
  readonly includeEmptyDirs?: boolean;
}

/** `entry` as the manifest of the directory `below` has it, which is above its path. */
export function entryBelow<E extends { readonly path: string }>(entry: E, below: string): E {
  return below === '' ? entry : { ...entry, path: entry.path.slice(below.length + 1) };
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

  /** Throws `ManifestError` `UNSAFE_INTEGER` for a file of a time after 2255. */
  add(entry: HashedEntry): void {
    if (this.shape.version === 'v2023-03-03') {
      if (entry.kind !== 'file') return;
      this.#paths.push(checkedTime(pathEntry(entry), 'paths', this.#paths.length));
    } else if (entry.kind === 'directory') this.#dirs.push(entry.path);
    else this.#files.push(checkedTime(fileEntry(entry), 'files', this.#files.length));
    if (entry.kind === 'file') this.#totalSize += entry.size;
  }

  /**
   * The deepest directory with all files and links, the places that links lead to, and what
   * else the manifest holds; empty for the root, also where there is no file or link.
   */
  get contentDirectory(): string {
    const common = new CommonDirectory();
    for (const { path } of this.#paths) common.add(path);
    for (const { path, symlinkTarget } of this.#files) {
      common.add(path);
      if (symlinkTarget !== undefined) common.addDirectory(symlinkTarget);
    }
    if (this.#files.length > 0) for (const path of this.#emptyDirectories()) common.add(path);
    return common.path;
  }

  /** The manifest of the directory `below`, by default the root. */
  build(below = ''): Manifest {
    const { version, chunkSizeBytes = DEFAULT_FILE_CHUNK_SIZE } = this.shape;
    const common = { hashAlg: HASH_ALG, totalSize: this.#totalSize };
    if (version === 'v2023-03-03') {
      const paths = this.#paths.map((entry) => entryBelow(entry, below));
      return { version, ...common, paths: paths.sort(byPath) };
    }
    const manifest: ManifestV2025 = {
      version,
      pathStyle: 'relative',
      type: 'snapshot',
      ...common,
      dirs: this.#directories(below),
      files: this.#files.map((entry) => linkBelow(entryBelow(entry, below), below)).sort(byPath),
      fileChunkSizeBytes: version === 'v2025-12-04-beta' ? DEFAULT_FILE_CHUNK_SIZE : chunkSizeBytes,
    };
    return manifest;
  }

  /** The directories that were found, and those on the way to an entry. */
  #directories(below: string): DirEntry[] {
    const kept = new Set(this.shape.includeEmptyDirs === false ? [] : this.#dirs);
    for (const { path } of this.#files) addParents(path, kept);
    for (const path of [...kept]) addParents(path, kept);
    const inside = [...kept].filter((path) => below === '' || path.startsWith(`${below}/`));
    return inside.sort().map((path) => entryBelow({ path }, below));
  }

  /** Directories that the manifest holds for themselves. */
  #emptyDirectories(): string[] {
    if (this.shape.includeEmptyDirs === false) return [];
    const above = new Set<string>();
    for (const { path } of this.#files) addParents(path, above);
    for (const path of this.#dirs) addParents(path, above);
    return this.#dirs.filter((path) => !above.has(path));
  }
}

/** A link's target is relative to the root, and so moves with it. */
function linkBelow(entry: FileEntry, below: string): FileEntry {
  const { symlinkTarget } = entry;
  if (below === '' || symlinkTarget === undefined) return entry;
  return { ...entry, symlinkTarget: symlinkTarget === below ? '.' : symlinkTarget.slice(below.length + 1) };
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
