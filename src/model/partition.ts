/**
 * Splits a 2025 manifest into relative ones with a root each (spec/manifests.md 10.8).
 * partition-roots.ts finds the roots, subtree.ts moves the entries.
 */
import type { ManifestV2025, SymlinkPolicy } from './manifest.js';
import { requireV2025 } from './manifest-checks.js';
import { compareCodePoints } from './order.js';
import { AutomaticRoots, ExplicitRoots } from './partition-roots.js';
import { checkedDirectory, checkPolicy, DEFAULT_SUBTREE_POLICY, rebase } from './subtree.js';
import { SymlinkCollapser } from './symlink-collapse.js';

/** A root and the entries below it, relative to it. */
export type RootedManifest = readonly [root: string, manifest: ManifestV2025];

/**
 * Partitions `manifest`: the explicit `roots` first, in the given order and even if empty,
 * then automatic ones, sorted by code point. Every file lands in exactly one part; a
 * directory that is a root, or lies above an explicit one, is named by the root alone.
 *
 * An automatic root is the longest common directory of what is left: parents of files,
 * explicit directories and `referencedPaths`; absolute Windows paths have one per drive or
 * share. It never contains an explicit root. An empty manifest gives an empty list.
 *
 * Errors: `PATH_STYLE`, `INVALID_PATH` for a root or reference that does not fit;
 * `ROOT_OVERLAP` for a root at or below another, and for a file that stands directly in a
 * directory above an explicit root; `PATH_CONFLICT` for a root that is a file; those of
 * `subtreeManifest` for links.
 */
export function partitionManifest(
  manifest: ManifestV2025,
  roots: readonly string[] = [],
  referencedPaths: readonly string[] = [],
  policy: SymlinkPolicy = DEFAULT_SUBTREE_POLICY,
  options: { readonly onDroppedLink?: (root: string, path: string) => void } = {},
): RootedManifest[] {
  requireV2025(manifest);
  checkPolicy(policy);
  const explicit = new ExplicitRoots(roots.map((root) => checkedDirectory(manifest, root)));
  const automatic = new AutomaticRoots(explicit);
  for (const path of referencedPaths) automatic.addReference(checkedDirectory(manifest, path));
  if (manifest.files.length + manifest.dirs.length === 0) return [];
  assignEntries(manifest, explicit, automatic);
  const shared = { manifest, policy, collapser: new SymlinkCollapser(manifest) };
  const found = automatic.parts().sort(([a], [b]) => compareCodePoints(a, b));
  return [...explicit.parts(), ...found].map(([root, { files, dirs }]) => {
    const onDroppedLink = (path: string) => options.onDroppedLink?.(root, path);
    const inside = dirs.filter((dir) => dir.path !== root);
    return [root, rebase({ ...shared, onDroppedLink }, root, files, inside)];
  });
}

function assignEntries(manifest: ManifestV2025, explicit: ExplicitRoots, automatic: AutomaticRoots): void {
  for (const file of manifest.files) {
    const part = explicit.partOfFile(file.path);
    if (part === undefined) automatic.addFile(file);
    else part.files.push(file);
  }
  for (const dir of manifest.dirs) {
    const part = explicit.partOfDir(dir.path);
    if (part === undefined) automatic.addDir(dir);
    else part.dirs.push(dir);
  }
}
