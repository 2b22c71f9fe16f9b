/**
 * Status of files between two manifests, decided by content hashes
 * (spec/manifests.md 10.1). Knows no directory: see compare-files.ts for that.
 */
import {
  digestsDiffer,
  linksDiffer,
  requireComparableHashes,
  runnableDiffers,
  unhashedApart,
} from './content-state.js';
import type { FileEntry, Manifest, ManifestV2023, ManifestV2025, PathV2023 } from './manifest.js';
import { requireSameForm, requireSameKind, requireV2025 } from './manifest-checks.js';

/** What became of a path, with the numbers of the Python library. */
export const FileStatus = { UNCHANGED: 0, NEW: 1, MODIFIED: 2, DELETED: 3 } as const;
export type FileStatus = (typeof FileStatus)[keyof typeof FileStatus];

/** A status and the entry that it is about: the reference's for `DELETED`, else the current one's. */
export type StatusEntry<E = FileEntry> = readonly [status: FileStatus, entry: E];

/**
 * Compares `current` with `reference` by content (spec/manifests.md 10.1).
 *
 * - v2023: only `hash` decides; size and time are ignored. 2025 formats: digests, the
 *   target of links, link against file, and `runnable`; entries with a deletion mark count
 *   as absent. Two unhashed files, or snapshots of the structure alone, differ by size or time.
 * - Order: that of `current`, then the deleted ones in the order of `reference`. Of
 *   duplicates in one v2023 manifest the last value counts, at the first one's position;
 *   in 2025 manifests the first one counts.
 * - Errors: `VERSION_MISMATCH`, `HASH_ALGORITHM_MISMATCH`, `HASH_STATE_MISMATCH` for a hashed
 *   side against an unhashed one; for the 2025 formats also `PATH_STYLE`, `CHUNK_SIZE_MISMATCH`.
 */
export function compareManifests(reference: ManifestV2023, current: ManifestV2023): StatusEntry<PathV2023>[];
export function compareManifests(reference: ManifestV2025, current: ManifestV2025): StatusEntry[];
export function compareManifests(reference: Manifest, current: Manifest): StatusEntry[];
export function compareManifests(reference: Manifest, current: Manifest): StatusEntry[] {
  requireComparable(reference, current);
  const before = entriesByPath(reference);
  const after = entriesByPath(current);
  const differ = current.version === 'v2023-03-03' ? hashesDiffer : contentDiffers;
  const statuses: StatusEntry[] = [];
  for (const [path, entry] of after) statuses.push([statusOf(before.get(path), entry, differ), entry]);
  for (const [path, entry] of before) if (!after.has(path)) statuses.push([FileStatus.DELETED, entry]);
  return statuses;
}

function requireComparable(reference: Manifest, current: Manifest): void {
  requireSameKind(reference, current);
  if (reference.version !== 'v2023-03-03') {
    requireV2025(current);
    requireSameForm(reference, current);
  }
  requireComparableHashes(filesOf(reference), filesOf(current));
}

function filesOf(manifest: Manifest): readonly FileEntry[] {
  return manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
}

/** The live entries of a manifest by path, in its order. */
export function entriesByPath(manifest: Manifest): Map<string, FileEntry> {
  const entries = new Map<string, FileEntry>();
  if (manifest.version === 'v2023-03-03') {
    for (const entry of manifest.paths) entries.set(entry.path, entry);
    return entries;
  }
  for (const entry of manifest.files) {
    if (entry.deleted !== true && !entries.has(entry.path)) entries.set(entry.path, entry);
  }
  return entries;
}

type Differ = (before: FileEntry, after: FileEntry) => boolean;

function statusOf(before: FileEntry | undefined, after: FileEntry, differ: Differ): FileStatus {
  if (before === undefined) return FileStatus.NEW;
  return differ(before, after) ? FileStatus.MODIFIED : FileStatus.UNCHANGED;
}

function hashesDiffer(before: FileEntry, after: FileEntry): boolean {
  return before.hash !== after.hash || unhashedApart(before, after);
}

function contentDiffers(before: FileEntry, after: FileEntry): boolean {
  const links = linksDiffer(before, after);
  if (links !== undefined) return links;
  return digestsDiffer(before, after) || runnableDiffers(before, after) || unhashedApart(before, after);
}
