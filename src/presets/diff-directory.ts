/** A directory against a manifest (spec/files-and-submission.md section 3). */
import { FileComparison } from '../model/compare-files.js';
import { isUnhashed } from '../model/content-state.js';
import { type DiffResult, groupStatuses, liveDirs } from '../model/diff-result.js';
import { ManifestError } from '../model/errors.js';
import { filterManifest } from '../model/filter.js';
import type { FileEntry, Manifest } from '../model/manifest.js';
import { quoted } from '../model/quoted.js';
import { pathsAbove } from '../model/tree-rules.js';
import { OptionError } from '../pipeline/errors.js';
import type { WalkFilter } from '../sources/walk-filter.js';
import { compareTree, type DiffStats, type TreeComparisonOptions } from './compare-tree.js';
import { givenRoot } from './given-paths.js';
import { withHashPool } from './hash-pool.js';
import { MANIFEST_VERSIONS, treeSettings } from './tree-options.js';

export type { DiffStats };

export interface DiffDirectoryOptions extends TreeComparisonOptions {
  readonly root: string;
  readonly manifest: Manifest;
  /** `both` (default) filters the manifest's entries too; with `disk` an entry that the filter leaves out counts as deleted. */
  readonly filterScope?: 'both' | 'disk';
}

/** Rejects with the errors of the walk and of hashing; `HASH_STATE_MISMATCH` for an unhashed manifest in hash mode. */
export async function diffDirectory(
  options: DiffDirectoryOptions,
): Promise<DiffResult & { readonly stats: DiffStats }> {
  const { filter, filterScope = 'both', forceRehash = false } = options;
  if (!MANIFEST_VERSIONS.includes(options.manifest?.version))
    throw new OptionError('manifest', 'must be a manifest, as readManifest gives it');
  if (filterScope !== 'both' && filterScope !== 'disk')
    throw new OptionError('filterScope', `${JSON.stringify(filterScope)} is neither both nor disk`);
  const root = givenRoot(options.root);
  const settings = treeSettings({ ...options, version: options.manifest.version });
  const filtered = filter && filterScope === 'both';
  const manifest = filtered ? selected(options.manifest, filter) : options.manifest;
  if (forceRehash) requireHashes(manifest);
  const comparison = new FileComparison(manifest, {
    mode: forceRehash ? 'hash' : 'fast',
    preserveRunnable: process.platform === 'win32',
  });
  const found = await withHashPool(
    (pool) => compareTree({ root, options, settings, manifest, comparison, pool }),
    options.hashPool,
  );
  const statuses = [...found.statuses, ...comparison.deleted()];
  const draft = manifest.version !== 'v2023-03-03';
  const dirs = draft ? { before: liveDirs(manifest), after: found.directories } : undefined;
  return { ...groupStatuses(statuses, dirs), stats: found.stats };
}

/** Asked before anything is read for a comparison that cannot be made. */
function requireHashes(manifest: Manifest): void {
  const files: readonly FileEntry[] = manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
  const unhashed = files.find(isUnhashed);
  if (!unhashed) return;
  throw new ManifestError(
    'HASH_STATE_MISMATCH',
    `${quoted(unhashed.path)} has no hash in the manifest: compare by size and time, or hash the tree first`,
    { path: unhashed.path },
  );
}

/** The manifest as a walk with this filter would have made it. */
function selected(manifest: Manifest, filter: WalkFilter): Manifest {
  if (manifest.version === 'v2023-03-03') {
    return { ...manifest, paths: manifest.paths.filter(({ path }) => filter.matches(path)) };
  }
  const kept = manifest.files.filter(({ path, deleted }) => deleted !== true && filter.matches(path));
  const parents = pathsAbove(kept);
  return filterManifest(
    manifest,
    ({ path }, kind) => filter.matches(path) || (kind === 'directory' && parents.has(path)),
  );
}
