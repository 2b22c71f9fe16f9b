/**
 * Diffs applied to a snapshot, or put together into one diff (spec/manifests.md 10.5). The
 * inverse of diff-snapshots.ts; path-states.ts holds the rules for single paths.
 */
import { refuseDeletions } from './diff-snapshots.js';
import { ManifestError } from './errors.js';
import type { DirEntry, FileEntry, ManifestV2025 } from './manifest.js';
import { requireSameForm, requireType, requireV2025, totalOf } from './manifest-checks.js';
import { PathStates } from './path-states.js';

export interface ComposeOptions {
  /** XXH128 of the stored bytes of the parent snapshot: the first diff must have been made against it. */
  readonly verifyParent?: string;
  /** What messages call the manifests, in their order. Default: `manifest 1`, `manifest 2` and so on. */
  readonly names?: readonly string[];
}

/**
 * Composes a snapshot with the diffs that follow it into a snapshot, or diffs into a diff
 * with the effect of applying them in order.
 *
 * - Directories on the way to a live file become explicit entries. A composed snapshot has
 *   no parent hash, a composed diff that of the first one.
 * - One manifest comes back as it is. The order of the entries is not promised.
 * - Errors: `EMPTY_INPUT`; `MANIFEST_TYPE` for a snapshot that is not first;
 *   `VERSION_MISMATCH`, `HASH_ALGORITHM_MISMATCH`, `PATH_STYLE`, `CHUNK_SIZE_MISMATCH`;
 *   `DELETION_IN_SNAPSHOT`; `PATH_CONFLICT` where a file would replace a directory that
 *   holds files, or anything would stand below or replace a live file;
 *   `HASH_STATE_MISMATCH` when `verifyParent` is not the first diff's parent hash.
 */
export function composeManifests(
  manifests: readonly ManifestV2025[],
  options: ComposeOptions = {},
): ManifestV2025 {
  const [first, ...others] = manifests;
  if (first === undefined)
    throw new ManifestError('EMPTY_INPUT', 'at least one manifest is needed to compose');
  checkInputs(first, others, options);
  const diffs = first.type === 'snapshot' ? others : manifests;
  checkParent(diffs[0], options.verifyParent);
  if (others.length === 0) return first;
  return first.type === 'snapshot' ? composeSnapshot(first, diffs) : composeDiffs(first, diffs);
}

function checkInputs(
  first: ManifestV2025,
  others: readonly ManifestV2025[],
  { names = [] }: ComposeOptions,
): void {
  requireV2025(first);
  others.forEach((manifest, at) => {
    const name = names[at + 1] ?? `manifest ${at + 2}`;
    requireV2025(manifest);
    requireType(manifest, 'diff', name);
    requireSameForm(first, manifest, name);
  });
}

function checkParent(diff: ManifestV2025 | undefined, parentHash: string | undefined): void {
  if (parentHash === undefined || diff === undefined || diff.parentManifestHash === parentHash) return;
  const found = diff.parentManifestHash ?? 'none';
  throw new ManifestError(
    'HASH_STATE_MISMATCH',
    `the first diff was made against ${found}, not ${parentHash}`,
  );
}

function composeSnapshot(snapshot: ManifestV2025, diffs: readonly ManifestV2025[]): ManifestV2025 {
  refuseDeletions(snapshot, 'the first manifest');
  const states = new PathStates();
  states.addSnapshot(snapshot);
  for (const diff of diffs) states.applyDiff(diff);
  const { parentManifestHash: _dropped, ...form } = snapshot;
  return withEntries(form, states.liveEntries());
}

function composeDiffs(first: ManifestV2025, diffs: readonly ManifestV2025[]): ManifestV2025 {
  const states = new PathStates();
  for (const diff of diffs) states.applyDiff(diff);
  return withEntries(first, states.diffEntries());
}

function withEntries(form: ManifestV2025, entries: { files: FileEntry[]; dirs: DirEntry[] }): ManifestV2025 {
  return { ...form, ...entries, totalSize: totalOf(entries.files) };
}
