/** A snapshot that holds only what a base manifest does not (spec/manifests.md 10.3). */
import { compareManifests, FileStatus } from './compare-manifests.js';
import type { ManifestV2023, PathV2023 } from './manifest.js';
import { requireV2023, totalOf } from './manifest-checks.js';

/**
 * The new and modified entries of `current` against `base`, by hash; `null` when there are
 * none: no manifest at all, not an empty one. Deletions cannot be expressed. The total is
 * recomputed. Errors: `VERSION_MISMATCH`, `HASH_ALGORITHM_MISMATCH`, `HASH_STATE_MISMATCH`.
 */
export function changedSinceBase(base: ManifestV2023, current: ManifestV2023): ManifestV2023 | null {
  requireV2023(base, 'use diffSnapshots for the 2025 formats');
  requireV2023(current, 'use diffSnapshots for the 2025 formats');
  const paths: PathV2023[] = [];
  for (const [status, entry] of compareManifests(base, current)) {
    if (status === FileStatus.NEW || status === FileStatus.MODIFIED) paths.push(entry);
  }
  return paths.length === 0 ? null : { ...current, paths, totalSize: totalOf(paths) };
}
