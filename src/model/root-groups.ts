/**
 * What a download takes from where: one manifest per root, filtered, and roots moved to
 * other directories (spec/worker-and-cli.md 3.1 and 3.2). Pure and immutable: every function
 * gives new groups. Roots are texts here; no path is resolved.
 */
import { composeManifests } from './compose-manifests.js';
import { copyPath } from './copy-name.js';
import { ManifestError, StorageError } from './errors.js';
import type { IncludeFilter } from './include-filter.js';
import type { Manifest, ManifestV2023, ManifestV2025, PathV2023 } from './manifest.js';
import { totalOf } from './manifest-checks.js';
import { mergeManifests } from './merge-manifests.js';
import { compareCodePoints } from './order.js';
import { compareOutputs, type OutputManifest } from './output-selection.js';
import { quoted } from './quoted.js';

/** The files below one root. */
export interface RootGroup {
  readonly root: string;
  readonly manifest: Manifest;
}

/** A manifest of a job, and the root that its metadata names. */
export interface RootedOutput {
  readonly source: OutputManifest;
  readonly assetRoot: string;
  readonly manifest: Manifest;
}

/**
 * One group per asset root, in the order in which the roots were found; of equal paths the
 * newest manifest's entry counts. Throws `ManifestInvalid` where manifests of a root cannot be merged.
 */
export function groupOutputs(outputs: readonly RootedOutput[]): RootGroup[] {
  const byRoot = new Map<string, RootedOutput[]>();
  for (const output of outputs) {
    const known = byRoot.get(output.assetRoot);
    if (known) known.push(output);
    else byRoot.set(output.assetRoot, [output]);
  }
  return [...byRoot].map(([root, found]) => ({ root, manifest: mergedOutputs(root, found) }));
}

function mergedOutputs(root: string, outputs: readonly RootedOutput[]): Manifest {
  const ordered = outputs.toSorted((a, b) => compareOutputs(a.source, b.source));
  try {
    return mergeInOrder(ordered.map(({ manifest }) => manifest));
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    const keys = ordered.map(({ source }) => source.key).slice(0, 3);
    throw new StorageError(
      'ManifestInvalid',
      `the output manifests of ${quoted(root)} cannot be merged: ${cause.message} (${keys.map(quoted).join(', ')})`,
      { ...(keys[0] !== undefined && { key: keys[0] }), cause },
    );
  }
}

/** Manifests as one, later ones win; those of the 2025 formats must be a snapshot and its diffs. Throws a `ManifestError` for none. */
export function mergeInOrder(manifests: readonly Manifest[]): Manifest {
  const v2025 = manifests.filter((each): each is ManifestV2025 => each.version !== 'v2023-03-03');
  if (v2025.length > 0 && v2025.length === manifests.length) return composeManifests(v2025);
  const merged = mergeManifests(manifests as readonly ManifestV2023[]); // refuses a mixture
  if (merged) return merged;
  throw new ManifestError('EMPTY_INPUT', 'at least one manifest is needed to merge');
}

/** The groups with the files that `filter` wants; a group without any vanishes. */
export function filterGroups(groups: readonly RootGroup[], filter: IncludeFilter): RootGroup[] {
  return groups
    .map(({ root, manifest }) => ({ root, manifest: filtered(manifest, (path) => filter(root, path)) }))
    .filter(({ manifest }) => filePaths(manifest).length > 0);
}

function filtered(manifest: Manifest, keeps: (path: string) => boolean): Manifest {
  if (manifest.version === 'v2023-03-03') {
    const paths = manifest.paths.filter(({ path }) => keeps(path));
    return { ...manifest, paths, totalSize: totalOf(paths) };
  }
  const files = manifest.files.filter(({ path }) => keeps(path));
  return { ...manifest, files, dirs: [], totalSize: totalOf(files) };
}

/** Paths of the files of each root, sorted; roots in their order. */
export function pathsByRoot(groups: readonly RootGroup[]): Map<string, string[]> {
  return new Map(
    groups.map(({ root, manifest }) => [root, filePaths(manifest).sort(compareCodePoints)] as const),
  );
}

function filePaths(manifest: Manifest): string[] {
  if (manifest.version === 'v2023-03-03') return [...new Set(manifest.paths.map(({ path }) => path))];
  return manifest.files.filter(({ deleted }) => deleted !== true).map(({ path }) => path);
}

/**
 * The groups with the root `original` moved to `next`, which is absolute and normal. Where
 * `next` is a root already both become one group, and a path that is in both gets a new
 * name for the moved file. Throws `InvalidConfig` for a root that is none.
 */
export function setRootPath(groups: readonly RootGroup[], original: string, next: string): RootGroup[] {
  const moved = groups.find(({ root }) => root === original);
  if (!moved) {
    const roots = groups.map(({ root }) => quoted(root)).join(', ') || 'none';
    throw new StorageError('InvalidConfig', `${quoted(original)} is no root of this download: ${roots}`);
  }
  if (next === original) return [...groups];
  if (!groups.some(({ root }) => root === next)) {
    return groups.map((group) => (group === moved ? { ...group, root: next } : group));
  }
  return groups
    .filter((group) => group !== moved)
    .map((group) => (group.root === next ? { ...group, manifest: combined(group, moved) } : group));
}

function combined(into: RootGroup, moved: RootGroup): ManifestV2023 {
  const [kept, added] = [v2023Of(into), v2023Of(moved)];
  const taken = new Set(kept.paths.map(({ path }) => path));
  const own = new Set(added.paths.map(({ path }) => path));
  const renamed = added.paths.map((entry): PathV2023 => {
    if (!taken.has(entry.path)) return entry;
    const path = freePath(prefixed(entry.path, moved.root), (name) => taken.has(name) || own.has(name));
    own.add(path);
    return { ...entry, path };
  });
  const paths = [...kept.paths, ...renamed];
  return { ...kept, paths, totalSize: totalOf(paths) };
}

function v2023Of({ root, manifest }: RootGroup): ManifestV2023 {
  if (manifest.version === 'v2023-03-03') return manifest;
  throw new StorageError(
    'InvalidConfig',
    `${quoted(root)} has a ${manifest.version} manifest, whose files cannot share a directory with those of another root: choose another directory`,
  );
}

/** `path` with the old root before its last component, so that it says where the file came from. */
function prefixed(path: string, root: string): string {
  const cut = path.lastIndexOf('/') + 1;
  return `${path.slice(0, cut)}${root.replaceAll(/[/\\:]/g, '_')}_${path.slice(cut)}`;
}

function freePath(path: string, isTaken: (path: string) => boolean): string {
  let free = path;
  for (let n = 1; isTaken(free); n += 1) free = copyPath(path, n);
  return free;
}
