/**
 * Unions of v2023 manifests, the later one wins (spec/manifests.md 10.6). 2025 manifests
 * are combined by compose-manifests.ts, never here.
 */
import { AttachmentError } from './errors.js';
import type { ManifestV2023, PathV2023 } from './manifest.js';
import { requireSameKind, requireV2023, totalOf } from './manifest-checks.js';

/** A manifest and when it was stored, in any one unit. */
export interface TimedManifest {
  readonly time: number;
  readonly manifest: ManifestV2023;
}

/**
 * Merges in list order: each path once, at its first position with its last value, the
 * total recomputed. No manifests give `null`; a single one comes back as it is, wrong total
 * and duplicates included, which is why merging step by step and merging at once agree
 * only from two manifests on. Errors: `VERSION_MISMATCH`, `HASH_ALGORITHM_MISMATCH`.
 */
export function mergeManifests(manifests: readonly ManifestV2023[]): ManifestV2023 | null {
  const [first, ...others] = manifests;
  if (first === undefined) return null;
  requireV2023(first, 'use composeManifests for the 2025 formats');
  for (const manifest of others) requireSameKind(first, manifest);
  if (others.length === 0) return first;
  // A Map keeps the position of the first value that was set for a key.
  const byPath = new Map<string, PathV2023>();
  for (const manifest of manifests) for (const entry of manifest.paths) byPath.set(entry.path, entry);
  const paths = [...byPath.values()];
  return { ...first, paths, totalSize: totalOf(paths) };
}

/**
 * Merges by ascending time: the newest manifest wins. Equal times keep the order of the
 * list; the times of entries play no role. Errors: as {@link mergeManifests}; `InvalidConfig`
 * for a time that is not a number.
 */
export function mergeChronologically(manifests: readonly TimedManifest[]): ManifestV2023 | null {
  for (const { time } of manifests) {
    if (Number.isNaN(time)) throw new AttachmentError('InvalidConfig', 'time must be a number, not NaN');
  }
  const ordered = manifests.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return mergeManifests(ordered.map(({ manifest }) => manifest));
}
