/**
 * Two snapshots of the 2025 formats to the diff that turns one into the other
 * (spec/manifests.md 10.4). The inverse is compose-manifests.ts.
 */
import { entriesByPath } from './compare-manifests.js';
import { digestsDiffer, linksDiffer, requireComparableHashes, runnableDiffers } from './content-state.js';
import { liveDirs } from './diff-result.js';
import { ManifestError } from './errors.js';
import type { DirEntry, FileEntry, ManifestV2025 } from './manifest.js';
import { checkedTolerance, requireSameForm, requireType, requireV2025, totalOf } from './manifest-checks.js';
import { compareCodePoints } from './order.js';

export interface DiffSnapshotsOptions {
  /** Microseconds that times may differ. Default: {@link DIFF_SNAPSHOTS_DEFAULTS}. */
  readonly mtimeToleranceUs?: number;
  /** Compare neither digests nor whether a file is hashed. Default: {@link DIFF_SNAPSHOTS_DEFAULTS}. */
  readonly ignoreHashes?: boolean;
  /** Keep the parent's execute bit, for hosts without one. Default: {@link DIFF_SNAPSHOTS_DEFAULTS}. */
  readonly preserveRunnable?: boolean;
  /** XXH128 of the parent's stored bytes. v2025-12-04-beta needs it as soon as something is deleted. */
  readonly parentManifestHash?: string;
}

type Comparison = Required<Omit<DiffSnapshotsOptions, 'parentManifestHash'>>;

export const DIFF_SNAPSHOTS_DEFAULTS: Comparison = {
  mtimeToleranceUs: 0,
  ignoreHashes: false,
  preserveRunnable: false,
};

/**
 * The diff from `parent` to `current`: new and changed entries of `current`, a deletion for
 * each file and explicit directory that is gone, the deepest directory first.
 *
 * Errors: `MANIFEST_TYPE`, `VERSION_MISMATCH`, `PATH_STYLE`, `HASH_ALGORITHM_MISMATCH`,
 * `CHUNK_SIZE_MISMATCH`, `HASH_STATE_MISMATCH` (not with `ignoreHashes`);
 * `DELETION_IN_SNAPSHOT` for a v2025-12-04-beta diff with deletions but no parent hash, or
 * for a snapshot that holds deletions; `InvalidConfig` for a bad tolerance.
 */
export function diffSnapshots(
  parent: ManifestV2025,
  current: ManifestV2025,
  options: DiffSnapshotsOptions = {},
): ManifestV2025 {
  const comparison = { ...DIFF_SNAPSHOTS_DEFAULTS, ...options };
  checkedTolerance('mtimeToleranceUs', comparison.mtimeToleranceUs);
  checkSides(parent, current, comparison.ignoreHashes);
  const files = changedFiles(parent, current, comparison);
  const dirs = changedDirs(parent, current);
  checkExpressible(current, files, dirs, options.parentManifestHash);
  return {
    version: current.version,
    pathStyle: current.pathStyle,
    type: 'diff',
    hashAlg: current.hashAlg,
    totalSize: totalOf(files),
    dirs,
    files,
    fileChunkSizeBytes: current.fileChunkSizeBytes,
    ...(options.parentManifestHash === undefined ? {} : { parentManifestHash: options.parentManifestHash }),
  };
}

function checkSides(parent: ManifestV2025, current: ManifestV2025, ignoreHashes: boolean): void {
  for (const [role, side] of [
    ['the parent', parent],
    ['the current manifest', current],
  ] as const) {
    requireV2025(side);
    requireType(side, 'snapshot', role);
    refuseDeletions(side, role);
  }
  requireSameForm(parent, current);
  if (!ignoreHashes) requireComparableHashes(parent.files, current.files);
}

/** A deletion in a snapshot is no entry; taking it for one would report its path as new. */
export function refuseDeletions(snapshot: ManifestV2025, role: string): void {
  const isDeleted = (entry: DirEntry) => entry.deleted === true;
  const found = snapshot.files.find(isDeleted) ?? snapshot.dirs.find(isDeleted);
  if (found === undefined) return;
  throw new ManifestError('DELETION_IN_SNAPSHOT', `${role} is a snapshot and holds a deletion`, {
    path: found.path,
  });
}

function changedFiles(parent: ManifestV2025, current: ManifestV2025, comparison: Comparison): FileEntry[] {
  const before = entriesByPath(parent);
  const after = entriesByPath(current);
  const files: FileEntry[] = [];
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (old === undefined) files.push(entry);
    else if (isChanged(old, entry, comparison)) files.push(changedEntry(old, entry, comparison));
  }
  for (const path of before.keys()) if (!after.has(path)) files.push({ path, deleted: true });
  return files;
}

function isChanged(before: FileEntry, after: FileEntry, comparison: Comparison): boolean {
  const links = linksDiffer(before, after);
  if (links !== undefined) return links;
  if (before.size !== after.size) return true;
  if (Math.abs((before.mtime ?? 0) - (after.mtime ?? 0)) > comparison.mtimeToleranceUs) return true;
  if (!comparison.ignoreHashes && digestsDiffer(before, after)) return true;
  return !comparison.preserveRunnable && runnableDiffers(before, after);
}

function changedEntry(before: FileEntry, after: FileEntry, comparison: Comparison): FileEntry {
  const bothRegular = before.symlinkTarget === undefined && after.symlinkTarget === undefined;
  if (!comparison.preserveRunnable || !bothRegular || !runnableDiffers(before, after)) return after;
  const { runnable: _own, ...rest } = after;
  return before.runnable === true ? { ...rest, runnable: true } : rest;
}

function changedDirs(parent: ManifestV2025, current: ManifestV2025): DirEntry[] {
  const before = liveDirs(parent);
  const after = liveDirs(current);
  const added = [...after].filter((path) => !before.has(path)).map((path) => ({ path }));
  const gone = [...before].filter((path) => !after.has(path));
  return [...added, ...deepestFirst(gone).map((path) => ({ path, deleted: true as const }))];
}

/** `paths` in an order in which directories can be removed: the most components first. */
export function deepestFirst(paths: Iterable<string>): string[] {
  const measured = [...paths].map((path) => ({ path, depth: path.split('/').length }));
  measured.sort((a, b) => b.depth - a.depth || compareCodePoints(b.path, a.path));
  return measured.map(({ path }) => path);
}

function checkExpressible(
  current: ManifestV2025,
  files: readonly FileEntry[],
  dirs: readonly DirEntry[],
  parentManifestHash: string | undefined,
): void {
  if (current.version !== 'v2025-12-04-beta' || parentManifestHash !== undefined) return;
  const isDeleted = (entry: DirEntry) => entry.deleted === true;
  if (!files.some(isDeleted) && !dirs.some(isDeleted)) return;
  throw new ManifestError(
    'DELETION_IN_SNAPSHOT',
    'a v2025-12-04-beta diff with deletions needs parentManifestHash; without it the document would be a snapshot',
  );
}
