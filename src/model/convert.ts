/**
 * Manifests from one format to another (spec/manifests.md 10.7). Between absolute and
 * relative paths see join.ts and subtree.ts.
 */
import { isUnhashed } from './content-state.js';
import { checkEntryPath } from './entry-paths.js';
import { ManifestError } from './errors.js';
import {
  DEFAULT_FILE_CHUNK_SIZE,
  type Manifest,
  type ManifestV2023,
  type ManifestV2025,
  type ManifestVersion,
  WHOLE_FILE,
} from './manifest.js';
import { quoted } from './quoted.js';
import { type DroppedEntries, toV2023 } from './to-v2023.js';

/** The 2025 formats. */
export type DraftVersion = ManifestV2025['version'];

export interface Conversion<M extends Manifest = Manifest> {
  readonly manifest: M;
  /** What the new format has no place for; empty except towards v2023. */
  readonly dropped: DroppedEntries;
}

const NOTHING_DROPPED: DroppedEntries = Object.freeze({ dirs: [], deletions: [], symlinks: [] });

/**
 * `manifest` in the format `version`; one of that format comes back as it is.
 *
 * - v2023 to 2025: entries one to one, paths normalised and checked, a relative snapshot
 *   without directories, the total copied.
 * - 2025 to v2023: see `toV2023`.
 * - Between the 2025 formats: one to one; a snapshot's parent hash is dropped.
 *
 * Errors: `NOT_REPRESENTABLE` where the new format cannot say it; `PATH_STYLE` and
 * `INVALID_PATH` for v2023 paths; `DELETION_IN_SNAPSHOT` for deletions towards
 * v2025-12-04-beta without a parent hash; those of `toV2023`.
 */
export function convertManifest(manifest: Manifest, version: 'v2023-03-03'): Conversion<ManifestV2023>;
export function convertManifest(manifest: Manifest, version: DraftVersion): Conversion<ManifestV2025>;
export function convertManifest(manifest: Manifest, version: ManifestVersion): Conversion;
export function convertManifest(manifest: Manifest, version: ManifestVersion): Conversion {
  if (manifest.version === version) return { manifest, dropped: NOTHING_DROPPED };
  if (manifest.version === 'v2023-03-03') {
    return { manifest: toDraft(manifest, version as DraftVersion), dropped: NOTHING_DROPPED };
  }
  if (version === 'v2023-03-03') return toV2023(manifest);
  return { manifest: betweenDrafts(manifest, version), dropped: NOTHING_DROPPED };
}

function toDraft(manifest: ManifestV2023, version: DraftVersion): ManifestV2025 {
  const files = manifest.paths.map(({ path, hash, size, mtime }, index) => ({
    path: checkEntryPath(path, 'relative', { list: 'paths', index, path }),
    hash,
    size,
    mtime,
  }));
  return {
    version,
    pathStyle: 'relative',
    type: 'snapshot',
    hashAlg: manifest.hashAlg,
    totalSize: manifest.totalSize,
    dirs: [],
    files,
    // -beta cannot say that nothing is chunked; a single hash on a large file is legal there.
    fileChunkSizeBytes: version === 'v2025-12' ? WHOLE_FILE : DEFAULT_FILE_CHUNK_SIZE,
  };
}

function betweenDrafts(manifest: ManifestV2025, version: DraftVersion): ManifestV2025 {
  if (version === 'v2025-12-04-beta') checkForBeta(manifest);
  const { parentManifestHash, ...form } = manifest;
  const keepsParent = manifest.type === 'diff' && parentManifestHash !== undefined;
  return { ...form, version, ...(keepsParent ? { parentManifestHash } : {}) };
}

function checkForBeta(manifest: ManifestV2025): void {
  if (manifest.pathStyle === 'absolute') throw notInBeta('absolute paths; take a subtree first');
  if (manifest.fileChunkSizeBytes !== DEFAULT_FILE_CHUNK_SIZE) {
    throw notInBeta(`a chunk size of ${manifest.fileChunkSizeBytes}, only ${DEFAULT_FILE_CHUNK_SIZE}`);
  }
  const unhashed = manifest.files.find(isUnhashed);
  if (unhashed !== undefined)
    throw notInBeta(`the file ${quoted(unhashed.path)} without a hash`, unhashed.path);
  const deleted = [...manifest.files, ...manifest.dirs].find((entry) => entry.deleted === true);
  if (deleted === undefined || (manifest.type === 'diff' && manifest.parentManifestHash !== undefined))
    return;
  throw new ManifestError('DELETION_IN_SNAPSHOT', 'v2025-12-04-beta needs a parent hash beside deletions', {
    path: deleted.path,
  });
}

function notInBeta(what: string, path?: string): ManifestError {
  const subject = path === undefined ? {} : { path };
  return new ManifestError('NOT_REPRESENTABLE', `v2025-12-04-beta cannot hold ${what}`, subject);
}
