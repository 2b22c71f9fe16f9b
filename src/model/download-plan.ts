/**
 * What a manifest asks of a local root: every path judged before anything is written
 * (spec/storage.md 4.1 and 4.6), equal content gathered so that it is fetched once. Pure:
 * what stands on the disk is judged where files are written.
 */
import { linkText, quotedPath, targetPath } from './download-paths.js';
import { StorageError } from './errors.js';
import { isHashText } from './hash-text.js';
import type { FileEntry, Manifest } from './manifest.js';
import { DEFAULT_FILE_CHUNK_SIZE } from './manifest.js';
import { type HostPaths, parentPaths } from './paths.js';

/** A file to be written. */
export interface DownloadTarget {
  /** Relative to the root, `/` between the components. */
  readonly path: string;
  /** Microseconds since the epoch. */
  readonly mtime?: number;
  readonly runnable?: true;
  /** Set when another file's path differs in case or Unicode form only: what they have in common. */
  readonly twin?: string;
}

/** One content, and every file that has it. */
export interface DownloadContent {
  readonly kind: 'content';
  /** One digest, or one per chunk. */
  readonly hashes: readonly string[];
  readonly chunkSizeBytes: number;
  /** Bytes. */
  readonly size: number;
  readonly targets: readonly DownloadTarget[];
}

export interface DownloadDirectory {
  readonly kind: 'directory';
  readonly path: string;
}

export interface DownloadLink {
  readonly kind: 'symlink';
  readonly path: string;
  /** The text of the link: relative to its own directory. */
  readonly text: string;
}

export interface DownloadDeletion {
  readonly kind: 'deletion';
  readonly path: string;
  readonly directory: boolean;
}

export type DownloadItem = DownloadContent | DownloadDirectory | DownloadLink | DownloadDeletion;

export interface DownloadPlan {
  /** Parents first. */
  readonly directories: readonly DownloadDirectory[];
  readonly contents: readonly DownloadContent[];
  readonly links: readonly DownloadLink[];
  /** Files, then directories, deepest first; empty unless asked for. */
  readonly deletions: readonly DownloadDeletion[];
  readonly totalFiles: number;
  readonly totalBytes: number;
}

export interface DownloadPlanOptions {
  readonly host?: HostPaths;
  /** Carry out the deletions of a diff. */
  readonly applyDeletes?: boolean;
}
export const DOWNLOAD_PLAN_DEFAULTS: Required<DownloadPlanOptions> = { host: 'posix', applyDeletes: false };

/**
 * Plans a download. Of equal v2023 paths the last counts, as in a merge.
 *
 * Throws `PathOutsideRoot`, `SymlinkEscape`, `PathTooLong`, `InvalidPath`, or
 * `ManifestInvalid` (an unhashed file, a wrong number of chunks, two entries at odds, an absolute manifest).
 */
export function planDownload(manifest: Manifest, options: DownloadPlanOptions = {}): DownloadPlan {
  const { host, applyDeletes } = { ...DOWNLOAD_PLAN_DEFAULTS, ...options };
  const planner = new Planner(host);
  if (manifest.version === 'v2023-03-03') {
    // An entry serves as its own target: a million of them need no second object each.
    for (const entry of manifest.paths) planner.file(entry, [entry.hash], entry.size, -1);
  } else {
    if (manifest.pathStyle === 'absolute') {
      throw invalid(
        'an absolute manifest has no place below a root: make it relative with subtreeManifest first',
      );
    }
    for (const { path, deleted } of manifest.dirs) planner.directory(path, deleted === true);
    for (const entry of manifest.files) planner.entry(entry, manifest.fileChunkSizeBytes);
  }
  return planner.finish(applyDeletes);
}

interface PlannedFile {
  readonly target: DownloadTarget;
  readonly hashes: readonly string[];
  readonly size: number;
  readonly chunkSizeBytes: number;
}

class Planner {
  readonly #files = new Map<string, PlannedFile>();
  readonly #directories = new Set<string>();
  readonly #links = new Map<string, DownloadLink>();
  readonly #deletions: DownloadDeletion[] = [];

  constructor(readonly host: HostPaths) {}

  entry(entry: FileEntry, chunkSizeBytes: number): void {
    const { path, hash, chunkhashes, symlinkTarget, size = 0, mtime, runnable, deleted } = entry;
    if (deleted) this.#deletions.push({ kind: 'deletion', path: this.#checked(path), directory: false });
    else if (symlinkTarget !== undefined) this.#link(path, symlinkTarget);
    else {
      const hashes = chunkhashes ?? (hash === undefined ? undefined : [hash]);
      if (chunkhashes?.length === 1) {
        throw invalid(`${quotedPath(path)} has a list of one chunk hash: it needs a hash, or several`, path);
      }
      if (!hashes) throw invalid(`${quotedPath(path)} has no hash yet: it cannot be downloaded`, path);
      const target = { path, ...(mtime !== undefined && { mtime }), ...(runnable && { runnable }) };
      this.file(target, hashes, size, chunkSizeBytes);
    }
  }

  file(target: DownloadTarget, hashes: readonly string[], size: number, chunkSizeBytes: number): void {
    const path = this.#checked(target.path);
    checkContent(path, hashes, size, chunkSizeBytes);
    this.#files.set(path, {
      target: path === target.path ? target : { ...target, path },
      hashes,
      size,
      chunkSizeBytes,
    });
  }

  directory(path: string, deleted: boolean): void {
    const checked = this.#checked(path);
    if (deleted) this.#deletions.push({ kind: 'deletion', path: checked, directory: true });
    else this.#directories.add(checked);
  }

  finish(applyDeletes: boolean): DownloadPlan {
    this.#checkAncestors();
    const files = markTwins([...this.#files.values()]);
    return {
      directories: [...this.#directories].sort().map((path) => ({ kind: 'directory', path })),
      contents: gather(files),
      links: [...this.#links.values()].sort(byPath),
      deletions: applyDeletes ? this.#orderedDeletions() : [],
      totalFiles: files.length,
      totalBytes: files.reduce((sum, { size }) => sum + size, 0),
    };
  }

  #link(path: string, target: string): void {
    const checked = this.#checked(path);
    this.#links.set(checked, { kind: 'symlink', path: checked, text: linkText(checked, target, this.host) });
  }

  #checked(path: string): string {
    return targetPath(path, this.host);
  }

  /** A live entry may stand below a directory only: a file would have to be one as well, and a link would be written through. */
  #checkAncestors(): void {
    const seen = new Set<string>();
    for (const paths of [this.#files.keys(), this.#links.keys(), this.#directories]) {
      for (const path of paths) this.#checkParents(path, seen);
    }
    for (const path of this.#links.keys()) {
      if (this.#files.has(path)) throw invalid(`${quotedPath(path)} is a file and a link`, path);
    }
    for (const path of this.#directories) {
      if (!this.#files.has(path) && !this.#links.has(path)) continue;
      throw invalid(`${quotedPath(path)} is a directory, and a file or a link`, path);
    }
  }

  #isNew(path: string): boolean {
    return this.#files.has(path) || this.#links.has(path);
  }

  #checkParents(path: string, seen: Set<string>): void {
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
      const parent = path.slice(0, cut);
      if (seen.has(parent)) return;
      seen.add(parent);
      if (this.#links.has(parent)) {
        throw new StorageError(
          'SymlinkEscape',
          `${quotedPath(path)} lies below the link ${quotedPath(parent)} of the same manifest`,
          { path },
        );
      }
      if (this.#files.has(parent))
        throw invalid(`${quotedPath(path)} lies below the file ${quotedPath(parent)}`, path);
    }
  }

  /** What is deleted as one kind and new as another stays, and so does what a new link leads to. */
  #orderedDeletions(): DownloadDeletion[] {
    const gone = this.#deletions.filter(
      ({ path }) =>
        !this.#directories.has(path) && ![path, ...parentPaths(path)].some((at) => this.#isNew(at)),
    );
    const files = gone.filter(({ directory }) => !directory);
    const directories = gone.filter(({ directory }) => directory);
    return [...files, ...directories.sort((a, b) => b.path.split('/').length - a.path.split('/').length)];
  }
}

/** Throws for digests that cannot be keys, and for as many of them as cannot be the file's. */
function checkContent(path: string, hashes: readonly string[], size: number, chunkSizeBytes: number): void {
  if (!Number.isSafeInteger(size) || size < 0)
    throw invalid(`${quotedPath(path)} has a size of ${size} bytes`, path);
  for (const hash of hashes) {
    if (!isHashText(hash))
      throw invalid(`${quotedPath(path)} has a hash that is not letters and digits`, path);
  }
  if (hashes.length === 1) return;
  const chunks = chunkSizeBytes > 0 ? Math.ceil(size / chunkSizeBytes) : 1;
  if (hashes.length === chunks && chunks > 1) return;
  const wrong = `${hashes.length} chunk hashes for ${size} bytes in chunks of ${chunkSizeBytes}`;
  throw invalid(`${quotedPath(path)} has ${wrong}`, path);
}

/** Marks the files whose paths some file systems take for one. */
function markTwins(files: readonly PlannedFile[]): readonly PlannedFile[] {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { target } of files) {
    const key = folded(target.path);
    if (seen.has(key)) shared.add(key);
    seen.add(key);
  }
  if (shared.size === 0) return files;
  return files.map((file) => {
    const twin = folded(file.target.path);
    return shared.has(twin) ? { ...file, target: { ...file.target, twin } } : file;
  });
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Equal content is one item; chunk sizes differ between manifests, so they are part of what is equal. */
function gather(files: readonly PlannedFile[]): DownloadContent[] {
  const contents = new Map<string, DownloadContent & { readonly targets: DownloadTarget[] }>();
  for (const { target, hashes, size, chunkSizeBytes } of files) {
    const key = hashes.length === 1 ? `${hashes[0]}/${size}` : `${hashes.join()}/${size}/${chunkSizeBytes}`;
    const known = contents.get(key);
    if (known) known.targets.push(target);
    else {
      const chunk = chunkSizeBytes > 0 ? chunkSizeBytes : DEFAULT_FILE_CHUNK_SIZE;
      contents.set(key, { kind: 'content', hashes, size, chunkSizeBytes: chunk, targets: [target] });
    }
  }
  return [...contents.values()];
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}

function invalid(message: string, path?: string): StorageError {
  return new StorageError('ManifestInvalid', message, path === undefined ? {} : { path });
}
