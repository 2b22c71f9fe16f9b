/**
 * A comparison as a diff manifest of the 2025 formats (spec/files-and-submission.md 3.2).
 * Takes the parent as stored, for its hash is that of the bytes and not of a re-encoding.
 */
import { decodeManifest } from './decode.js';
import type { DiffResult } from './diff-result.js';
import { deepestFirst } from './diff-snapshots.js';
import { ManifestError } from './errors.js';
import type { Xxh128 } from './hasher.js';
import type { FileEntry, ManifestV2025 } from './manifest.js';
import { requireType, totalOf } from './manifest-checks.js';

/**
 * The diff manifest that turns the parent in `parentBytes` into what `result` found: new and
 * modified entries, new directories, deletions of files and directories. Form and chunk
 * size are the parent's, `parentManifestHash` the XXH128 of its bytes.
 *
 * Errors: those of `decodeManifest`; `NOT_REPRESENTABLE` for a v2023 parent, which has no
 * diffs; `MANIFEST_TYPE` for a parent that is a diff itself.
 */
export function createDiffManifest(parentBytes: Uint8Array, result: DiffResult, hash: Xxh128): ManifestV2025 {
  const parent = decodeManifest(parentBytes, { allowEmptyPaths: true });
  if (parent.version === 'v2023-03-03') {
    throw new ManifestError(
      'NOT_REPRESENTABLE',
      'v2023-03-03 has no diff manifests; deletions cannot be said',
    );
  }
  requireType(parent, 'snapshot', 'the parent');
  const gone = result.deleted.map(({ path }): FileEntry => ({ path, deleted: true }));
  const files = [...result.added, ...result.modified, ...gone];
  const goneDirs = deepestFirst(result.deletedDirs).map((path) => ({ path, deleted: true as const }));
  const { parentManifestHash: _grandparent, ...form } = parent;
  return {
    ...form,
    type: 'diff',
    totalSize: totalOf(files),
    dirs: [...result.addedDirs.map((path) => ({ path })), ...goneDirs],
    files,
    parentManifestHash: hash.oneShot(parentBytes),
  };
}
