/**
 * A manifest against the files that a collector found (spec/manifests.md 10.2,
 * spec/files-and-submission.md 3.1). Reads nothing: size, time and, in hash mode, digests
 * come with each file. Filters are the caller's: what it leaves out on either side is not
 * compared.
 */
import {
  entriesByPath,
  FileStatus,
  type FileStatus as Status,
  type StatusEntry,
} from './compare-manifests.js';
import { digestsDiffer, isUnhashed, linksDiffer, runnableDiffers } from './content-state.js';
import { type DiffResult, groupStatuses, liveDirs } from './diff-result.js';
import { ManifestError } from './errors.js';
import { floorMicroseconds } from './file-item.js';
import type { FileEntry, Manifest } from './manifest.js';
import { checkedTolerance } from './manifest-checks.js';
import { quoted } from './quoted.js';

/** A file or link as it was found. */
export interface FoundFile {
  /** Relative to the root, `/` between the components. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeNs: bigint;
  /** Any execute bit; compared with 2025 manifests only. */
  readonly runnable?: boolean;
  /** Of a link entry: its target relative to the root; compared with 2025 manifests only. */
  readonly symlinkTarget?: string;
  /** One digest, or one per chunk; hash mode needs it where the size is equal. */
  readonly hashes?: readonly string[];
}

export interface CompareFilesOptions {
  /** `fast` trusts size and time, `hash` size and digests. Default: {@link COMPARE_FILES_DEFAULTS}. */
  readonly mode?: 'fast' | 'hash';
  /** Microseconds that times may differ in fast mode. Default: {@link COMPARE_FILES_DEFAULTS}. */
  readonly toleranceUs?: number;
  /** Ignore the execute bit, for hosts without one. Default: {@link COMPARE_FILES_DEFAULTS}. */
  readonly preserveRunnable?: boolean;
}

/** Tolerance of the fast comparison in microseconds (spec/manifests.md 10.2). */
export const FAST_MTIME_TOLERANCE_US = 1;

export const COMPARE_FILES_DEFAULTS: Required<CompareFilesOptions> = {
  mode: 'fast',
  toleranceUs: FAST_MTIME_TOLERANCE_US,
  preserveRunnable: false,
};

/**
 * The changes of `files` against `manifest`: new and modified ones in the order found, then
 * the manifest's entries without a file, in its order. What is unchanged is not reported.
 *
 * A manifest path is looked up without its `.` and empty segments, while a deletion is
 * judged by the raw spelling: `./a` beside a file `a` is `DELETED` as well, as in Python.
 * Errors: `InvalidConfig` for a bad tolerance; in hash mode `HASH_STATE_MISMATCH` where a
 * digest is missing on either side.
 */
export function compareFiles(
  manifest: Manifest,
  files: Iterable<FoundFile>,
  options: CompareFilesOptions = {},
): StatusEntry[] {
  const comparison = new FileComparison(manifest, options);
  const changes: StatusEntry[] = [];
  for (const file of files) {
    const status = comparison.statusOf(file);
    if (status !== FileStatus.UNCHANGED) changes.push([status, foundEntry(file)]);
  }
  return changes.concat(comparison.deleted());
}

/** {@link compareFiles} in grouped form, with what is unchanged; `dirs` are the directories found. */
export function diffFiles(
  manifest: Manifest,
  files: Iterable<FoundFile>,
  dirs: Iterable<string> = [],
  options: CompareFilesOptions = {},
): DiffResult {
  const comparison = new FileComparison(manifest, options);
  const statuses: StatusEntry[] = [];
  for (const file of files) statuses.push([comparison.statusOf(file), foundEntry(file)]);
  const draft = manifest.version !== 'v2023-03-03';
  return groupStatuses(
    statuses.concat(comparison.deleted()),
    draft ? { before: liveDirs(manifest), after: dirs } : undefined,
  );
}

/** A comparison in progress: files are told one by one, in any order, before {@link deleted} is asked. */
export class FileComparison {
  readonly #byRawPath: ReadonlyMap<string, FileEntry>;
  readonly #byPath: ReadonlyMap<string, FileEntry>;
  readonly #seen = new Set<string>();
  readonly #options: Required<CompareFilesOptions>;
  readonly #draft: boolean;

  constructor(manifest: Manifest, options: CompareFilesOptions = {}) {
    this.#options = { ...COMPARE_FILES_DEFAULTS, ...options };
    checkedTolerance('toleranceUs', this.#options.toleranceUs);
    this.#draft = manifest.version !== 'v2023-03-03';
    this.#byRawPath = entriesByPath(manifest);
    this.#byPath = byLookupPath(this.#byRawPath);
  }

  /** The manifest's entry of a path that was found; hash mode reads only files of equal size. */
  entryOf(path: string): FileEntry | undefined {
    return this.#byPath.get(path);
  }

  statusOf(file: FoundFile): Status {
    this.#seen.add(file.path);
    const entry = this.#byPath.get(file.path);
    if (entry === undefined) return FileStatus.NEW;
    return this.#isModified(entry, file) ? FileStatus.MODIFIED : FileStatus.UNCHANGED;
  }

  /** Entries of the manifest that no file was told for. */
  deleted(): StatusEntry[] {
    const gone: StatusEntry[] = [];
    for (const [path, entry] of this.#byRawPath) {
      if (!this.#seen.has(path)) gone.push([FileStatus.DELETED, entry]);
    }
    return gone;
  }

  #isModified(entry: FileEntry, file: FoundFile): boolean {
    const found = foundEntry(file);
    const links = this.#draft ? linksDiffer(entry, found) : undefined;
    if (links !== undefined) return links;
    if (entry.size !== file.size) return true;
    if (this.#draft && !this.#options.preserveRunnable && runnableDiffers(entry, found)) return true;
    return this.#options.mode === 'hash' ? hashedApart(entry, found) : this.#timesDiffer(entry, found);
  }

  #timesDiffer(entry: FileEntry, found: FileEntry): boolean {
    return Math.abs((found.mtime ?? 0) - (entry.mtime ?? 0)) > this.#options.toleranceUs;
  }
}

/** The entry that describes a found file: times rounded down, `hashes` as one hash or as chunks. */
export function foundEntry(file: FoundFile): FileEntry {
  const { path, symlinkTarget, hashes = [] } = file;
  if (symlinkTarget !== undefined) return { path, symlinkTarget };
  const [hash] = hashes;
  return {
    path,
    size: file.size,
    mtime: floorMicroseconds(file.mtimeNs),
    ...(hashes.length > 1 ? { chunkhashes: hashes } : hash === undefined ? {} : { hash }),
    ...(file.runnable === true ? { runnable: true } : {}),
  };
}

function hashedApart(entry: FileEntry, found: FileEntry): boolean {
  if (!isUnhashed(entry) && !isUnhashed(found)) return digestsDiffer(entry, found);
  throw new ManifestError(
    'HASH_STATE_MISMATCH',
    `${quoted(found.path)} has no hash ${isUnhashed(entry) ? 'in the manifest' : 'yet'}; hash mode needs both`,
    { path: found.path },
  );
}

function byLookupPath(entries: ReadonlyMap<string, FileEntry>): ReadonlyMap<string, FileEntry> {
  // Clean paths are the rule, and a second table of a million entries is not needed for them.
  if (![...entries.keys()].some((path) => NEEDS_CLEANING.test(path))) return entries;
  const clean = new Map<string, FileEntry>();
  for (const [path, entry] of entries) clean.set(lookupPath(path), entry);
  return clean;
}

const NEEDS_CLEANING = /\/\/|\/$|(?:^|\/)\.(?:\/|$)/;

/** Without `.` and empty segments; `..` stays, for a collector never reports it. */
function lookupPath(path: string): string {
  if (!NEEDS_CLEANING.test(path)) return path;
  const clean = path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
  return path.startsWith('/') ? `/${clean}` : clean;
}
