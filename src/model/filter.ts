/** A 2025 manifest without the entries that a predicate refuses (spec/manifests.md 10.8). */
import type { DirEntry, FileEntry, ManifestV2025 } from './manifest.js';
import { requireV2025, totalOf } from './manifest-checks.js';

/** Whether an entry stays; deletions are asked about as well. */
export type EntryPredicate = (entry: FileEntry | DirEntry, kind: 'file' | 'directory') => boolean;

/** The entries that `predicate` keeps. The total is recomputed; parent hash, type and chunk size stay. */
export function filterManifest(manifest: ManifestV2025, predicate: EntryPredicate): ManifestV2025 {
  requireV2025(manifest);
  const files = manifest.files.filter((entry) => predicate(entry, 'file'));
  const dirs = manifest.dirs.filter((entry) => predicate(entry, 'directory'));
  return { ...manifest, files, dirs, totalSize: totalOf(files) };
}
