/**
 * The grouped form of a comparison (spec/files-and-submission.md 3.2) and what is printed
 * of it. Filled by comparisons of two manifests here, of a folder in compare-files.ts.
 */
import { compareManifests, type StatusEntry } from './compare-manifests.js';
import type { FileEntry, Manifest } from './manifest.js';
import { compareUtf16 } from './order.js';

/** Entries by what became of them. Every list is sorted by path in UTF-16 order. */
export interface DiffResult {
  readonly added: readonly FileEntry[];
  readonly modified: readonly FileEntry[];
  /** Entries of the reference. */
  readonly deleted: readonly FileEntry[];
  readonly unchanged: readonly FileEntry[];
  /** Explicit directories; only filled for the 2025 formats. */
  readonly addedDirs: readonly string[];
  readonly deletedDirs: readonly string[];
}

/** {@link DiffResult} as the command prints it with `--json`. */
export interface PrintedDiff {
  readonly new: readonly string[];
  readonly modified: readonly string[];
  readonly deleted: readonly string[];
}

/** Directories of both sides, for {@link groupStatuses}. */
export interface DirLists {
  readonly before: Iterable<string>;
  readonly after: Iterable<string>;
}

/**
 * {@link compareManifests} in grouped form; the 2025 formats with their explicit
 * directories (spec/manifests.md 10.1). Same errors.
 */
export function diffManifests(reference: Manifest, current: Manifest): DiffResult {
  return groupStatuses(compareManifests(reference, current), {
    before: liveDirs(reference),
    after: liveDirs(current),
  });
}

/** The paths of explicit directories that are not marked as deleted. */
export function liveDirs(manifest: Manifest): Set<string> {
  const live = new Set<string>();
  if (manifest.version === 'v2023-03-03') return live;
  for (const dir of manifest.dirs) if (dir.deleted !== true) live.add(dir.path);
  return live;
}

/** Groups and sorts statuses; `dirs` are compared by path. */
export function groupStatuses(
  statuses: Iterable<StatusEntry>,
  dirs: DirLists = { before: [], after: [] },
): DiffResult {
  const groups: FileEntry[][] = [[], [], [], []];
  for (const [status, entry] of statuses) groups[status]?.push(entry);
  for (const group of groups) group.sort((a, b) => compareUtf16(a.path, b.path));
  const [unchanged = [], added = [], modified = [], deleted = []] = groups;
  const before = new Set(dirs.before);
  const after = new Set(dirs.after);
  return {
    added,
    modified,
    deleted,
    unchanged,
    addedDirs: missingFrom(before, after),
    deletedDirs: missingFrom(after, before),
  };
}

function missingFrom(known: ReadonlySet<string>, paths: Iterable<string>): string[] {
  return [...paths].filter((path) => !known.has(path)).sort(compareUtf16);
}

/** Whether anything differs, directories included. */
export function hasChanges(result: DiffResult): boolean {
  const { added, modified, deleted, addedDirs, deletedDirs } = result;
  return [added, modified, deleted, addedDirs, deletedDirs].some((list) => list.length > 0);
}

/** The paths of new, modified and deleted files; the printed JSON (spec/manifests.md 10.2). */
export function printedDiff(result: DiffResult): PrintedDiff {
  return {
    new: result.added.map((entry) => entry.path),
    modified: result.modified.map((entry) => entry.path),
    deleted: result.deleted.map((entry) => entry.path),
  };
}
