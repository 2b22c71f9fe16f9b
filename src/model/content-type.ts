/** Content types of stored manifests (spec/manifests.md 4.7). Written only: readers look into the body. */
import type { ManifestType, ManifestVersion } from './manifest.js';

const V2023 = 'application/x-deadline-manifest-2023-03-03';
const V2025_SNAPSHOT = 'application/x-deadline-manifest-2025-12-04-beta';
const V2025_DIFF = 'application/x-deadline-manifest-diff-2025-12-04-beta';

/** Content type under which a manifest is stored; both 2025 formats share theirs. */
export function manifestContentType(manifest: {
  readonly version: ManifestVersion;
  readonly type?: ManifestType;
}): string {
  if (manifest.version === 'v2023-03-03') return V2023;
  return manifest.type === 'diff' ? V2025_DIFF : V2025_SNAPSHOT;
}
