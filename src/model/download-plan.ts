/**
 * What a manifest asks of a local root: every path judged before anything is written
 * (spec/storage.md 4.1 and 4.6), equal content gathered so that it is fetched once. Pure:
 * what stands on the disk is judged where files are written.
 */
import { StorageError } from './errors.js';
import type { FileEntry, Manifest } from './manifest.js';
import { DEFAULT_FILE_CHUNK_SIZE } from './manifest.js';
import { isUnspeakable, nameLength } from './path-bytes.js';
import { checkContained, type HostPaths, normalizePath } from './paths.js';

/** A file to be written. */
export interface DownloadTarget {
  /** Relative to the root, `/` between the components. */
  readonly path: string;
  /** Microseconds since the epoch. */
  readonly mtime?: number;
  readonly runnable?: true;
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

/** Bytes that a file system takes for one name. */
const MAX_NAME_BYTES = 255;

/**
 * Plans a download. Of equal v2023 paths the last counts, as in a merge.
 *
 * Throws `PathOutsideRoot`, `SymlinkEscape`, `PathTooLong`, `InvalidPath`, or
 * `ManifestInvalid` (an unhashed file, a file below a file, an absolute manifest).
 */
export function planDownload(manifest: Manifest, options: DownloadPlanOptions = {}): DownloadPlan {
  const { host, applyDeletes } = { ...DOWNLOAD_PLAN_DEFAULTS, ...options };
  const planner = new Planner(host);
  if (manifest.version === 'v2023-03-03') {
    for (const { path, hash, size, mtime } of manifest.paths) planner.file({ path, mtime }, [hash], size, -1);
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
      if (!hashes) throw invalid(`${quoted(path)} has no hash yet: it cannot be downloaded`, path);
      const target = { path, ...(mtime !== undefined && { mtime }), ...(runnable && { runnable }) };
      this.file(target, hashes, size, chunkSizeBytes);
    }
  }

  file(target: DownloadTarget, hashes: readonly string[], size: number, chunkSizeBytes: number): void {
    const path = this.#checked(target.path);
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
    const files = [...this.#files.values()];
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
    const text = relativeText(checked, normalizePath(target));
    if (target === '' || /^(?:[/\\]|[A-Za-z]:)/.test(target) || leavesRoot(normalizePath(target))) {
      throw new StorageError(
        'SymlinkEscape',
        `link ${quoted(path)} points to ${quoted(target)}, which is not inside the root`,
        { path },
      );
    }
    this.#links.set(checked, { kind: 'symlink', path: checked, text });
  }

  /** The path as it will be on the disk. */
  #checked(path: string): string {
    try {
      checkContained(path, this.host);
    } catch (cause) {
      throw new StorageError('PathOutsideRoot', (cause as Error).message, { path, cause });
    }
    if (isUnspeakable(path)) {
      throw new StorageError(
        'InvalidPath',
        `${quoted(path)} has a lone surrogate, which no file name can hold`,
        { path },
      );
    }
    const names = path.split('/');
    for (const name of names) {
      if (name.length * 3 > MAX_NAME_BYTES && nameLength(name) > MAX_NAME_BYTES) {
        throw new StorageError(
          'PathTooLong',
          `${quoted(path)} has a name of more than ${MAX_NAME_BYTES} bytes: shorten it`,
          { path },
        );
      }
    }
    return names.includes('.') ? names.filter((name) => name !== '.').join('/') : path;
  }

  /** A live entry may stand below a directory only: a file would have to be one as well, and a link would be written through. */
  #checkAncestors(): void {
    const seen = new Set<string>();
    for (const paths of [this.#files.keys(), this.#links.keys(), this.#directories]) {
      for (const path of paths) this.#checkParents(path, seen);
    }
    for (const path of this.#links.keys()) {
      if (this.#files.has(path)) throw invalid(`${quoted(path)} is a file and a link`, path);
    }
  }

  #checkParents(path: string, seen: Set<string>): void {
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
      const parent = path.slice(0, cut);
      if (seen.has(parent)) return;
      seen.add(parent);
      if (this.#links.has(parent)) {
        throw new StorageError(
          'SymlinkEscape',
          `${quoted(path)} lies below the link ${quoted(parent)} of the same manifest`,
          { path },
        );
      }
      if (this.#files.has(parent))
        throw invalid(`${quoted(path)} lies below the file ${quoted(parent)}`, path);
    }
  }

  #orderedDeletions(): DownloadDeletion[] {
    const files = this.#deletions.filter(({ directory }) => !directory);
    const directories = this.#deletions.filter(({ directory }) => directory);
    return [...files, ...directories.sort((a, b) => b.path.split('/').length - a.path.split('/').length)];
  }
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

function leavesRoot(target: string): boolean {
  return target === '..' || target.startsWith('../');
}

/** `target`, relative to the root, as text of a link at `path`. */
function relativeText(path: string, target: string): string {
  const from = path.split('/').slice(0, -1);
  const to = target === '.' ? [] : target.split('/');
  let same = 0;
  while (same < from.length && same < to.length && from[same] === to[same]) same += 1;
  const parts = [...from.slice(same).map(() => '..'), ...to.slice(same)];
  return parts.length === 0 ? '.' : parts.join('/');
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}

function invalid(message: string, path?: string): StorageError {
  return new StorageError('ManifestInvalid', message, path === undefined ? {} : { path });
}
