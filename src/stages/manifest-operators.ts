/**
 * The operations on manifests as RxJS operators over streams of manifests
 * (spec/manifests.md section 10). Each gives what the pure function of the same name gives:
 * operators of one manifest answer every one, those of a list answer once, when the source
 * completes. Unlike other stages they see plain values and no lease. An error of the
 * function ends the stream.
 */
import { concat, defer, filter, map, type OperatorFunction, toArray } from 'rxjs';
import { changedSinceBase } from '../model/changed-since-base.js';
import {
  COMPARE_FILES_DEFAULTS,
  type CompareFilesOptions,
  FileComparison,
  type FoundFile,
  foundEntry,
} from '../model/compare-files.js';
import { compareManifests, FileStatus, type StatusEntry } from '../model/compare-manifests.js';
import { type ComposeOptions, composeManifests } from '../model/compose-manifests.js';
import { type Conversion, convertManifest } from '../model/convert.js';
import { type DiffResult, diffManifests } from '../model/diff-result.js';
import { type DiffSnapshotsOptions, diffSnapshots } from '../model/diff-snapshots.js';
import { type EntryPredicate, filterManifest } from '../model/filter.js';
import { joinManifest } from '../model/join.js';
import type {
  Manifest,
  ManifestV2023,
  ManifestV2025,
  ManifestVersion,
  SymlinkPolicy,
} from '../model/manifest.js';
import { checkedTolerance } from '../model/manifest-checks.js';
import { mergeChronologically, mergeManifests, type TimedManifest } from '../model/merge-manifests.js';
import { partitionManifest, type RootedManifest } from '../model/partition.js';
import { ManifestPathGroup } from '../model/path-groups.js';
import { type SubtreeOptions, subtreeManifest } from '../model/subtree.js';

/** `mergeManifests` over all manifests of the stream; `null` for an empty one. */
export function mergeManifestsOp(): OperatorFunction<ManifestV2023, ManifestV2023 | null> {
  return ofList(mergeManifests);
}

/** `mergeChronologically` over all manifests of the stream. */
export function mergeChronologicallyOp(): OperatorFunction<TimedManifest, ManifestV2023 | null> {
  return ofList(mergeChronologically);
}

/** `composeManifests` over all manifests of the stream, in their order. */
export function composeManifestsOp(
  options: ComposeOptions = {},
): OperatorFunction<ManifestV2025, ManifestV2025> {
  return ofList((manifests) => composeManifests(manifests, options));
}

/** The path group of all manifests of the stream. */
export function pathGroupOp(): OperatorFunction<ManifestV2023, ManifestPathGroup> {
  return ofList((manifests) => ManifestPathGroup.of(manifests));
}

/** `compareManifests` of each manifest with `reference`. */
export function compareManifestsOp(reference: Manifest): OperatorFunction<Manifest, StatusEntry[]> {
  return map((current) => compareManifests(reference, current));
}

/** `diffManifests` of each manifest with `reference`. */
export function diffManifestsOp(reference: Manifest): OperatorFunction<Manifest, DiffResult> {
  return map((current) => diffManifests(reference, current));
}

/**
 * `compareFiles` of the files of the stream with `manifest`, entry by entry: a change is
 * sent on as soon as its file came, deletions when the source completes. A bad tolerance
 * is `InvalidConfig` while composing.
 */
export function compareFilesOp(
  manifest: Manifest,
  options: CompareFilesOptions = {},
): OperatorFunction<FoundFile, StatusEntry> {
  checkedTolerance('toleranceUs', options.toleranceUs ?? COMPARE_FILES_DEFAULTS.toleranceUs);
  return (files) =>
    defer(() => {
      const comparison = new FileComparison(manifest, options);
      const changes = files.pipe(
        map((file): StatusEntry => [comparison.statusOf(file), foundEntry(file)]),
        filter(([status]) => status !== FileStatus.UNCHANGED),
      );
      return concat(
        changes,
        defer(() => comparison.deleted()),
      );
    });
}

/** `changedSinceBase` of each manifest; `null` where nothing changed. */
export function changedSinceBaseOp(
  base: ManifestV2023,
): OperatorFunction<ManifestV2023, ManifestV2023 | null> {
  return map((current) => changedSinceBase(base, current));
}

/** `diffSnapshots` from `parent` to each snapshot. */
export function diffSnapshotsOp(
  parent: ManifestV2025,
  options: DiffSnapshotsOptions = {},
): OperatorFunction<ManifestV2025, ManifestV2025> {
  return map((current) => diffSnapshots(parent, current, options));
}

/** `subtreeManifest` of each manifest. */
export function subtreeManifestOp(
  dir: string,
  policy?: SymlinkPolicy,
  options?: SubtreeOptions,
): OperatorFunction<ManifestV2025, ManifestV2025> {
  return map((manifest) => subtreeManifest(manifest, dir, policy, options));
}

/** `joinManifest` of each manifest. */
export function joinManifestOp(prefix: string): OperatorFunction<ManifestV2025, ManifestV2025> {
  return map((manifest) => joinManifest(manifest, prefix));
}

/** `partitionManifest` of each manifest. */
export function partitionManifestOp(
  roots?: readonly string[],
  referencedPaths?: readonly string[],
  policy?: SymlinkPolicy,
): OperatorFunction<ManifestV2025, RootedManifest[]> {
  return map((manifest) => partitionManifest(manifest, roots, referencedPaths, policy));
}

/** `filterManifest` of each manifest. */
export function filterManifestOp(predicate: EntryPredicate): OperatorFunction<ManifestV2025, ManifestV2025> {
  return map((manifest) => filterManifest(manifest, predicate));
}

/** `convertManifest` of each manifest. */
export function convertManifestOp(version: ManifestVersion): OperatorFunction<Manifest, Conversion> {
  return map((manifest) => convertManifest(manifest, version));
}

function ofList<A, B>(operation: (all: readonly A[]) => B): OperatorFunction<A, B> {
  return (source) => source.pipe(toArray(), map(operation));
}
