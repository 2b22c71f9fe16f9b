/**
 * A 2025 manifest as a v2023 one (spec/manifests.md 10.7). Says what got lost on the way.
 * The other directions are in convert.ts.
 */
import { uniqueFiles } from './duplicates.js';
import { ManifestError } from './errors.js';
import type { FileEntry, ManifestV2023, ManifestV2025, PathV2023 } from './manifest.js';
import { WHOLE_FILE } from './manifest.js';
import { totalOf } from './manifest-checks.js';
import { compareUtf16 } from './order.js';
import { quoted } from './quoted.js';
import { SymlinkCollapser } from './symlink-collapse.js';
import { pathsAbove } from './tree-rules.js';

/** Paths of entries that v2023 has no place for, each list in UTF-16 order. */
export interface DroppedEntries {
  /** Live directories without any file below. */
  readonly dirs: readonly string[];
  readonly deletions: readonly string[];
  /** Links with nothing behind them. */
  readonly symlinks: readonly string[];
}

export interface ToV2023 {
  readonly manifest: ManifestV2023;
  readonly dropped: DroppedEntries;
}

/**
 * Converts to v2023: links are replaced by copies of what they point at, empty directories,
 * deletions and dangling links are dropped and listed, `runnable` is lost.
 *
 * Errors: `NOT_REPRESENTABLE` for an absolute manifest, for one that may hold chunked files
 * (chunk size other than -1; v2025-12-04-beta: chunked files themselves) and for an
 * unhashed file; `SYMLINK_CYCLE`; `DUPLICATE_PATH`.
 */
export function toV2023(manifest: ManifestV2025): ToV2023 {
  checkForm(manifest);
  const { paths, symlinks } = regularFiles(manifest);
  const above = pathsAbove(paths);
  const dirs = manifest.dirs.filter((dir) => dir.deleted !== true && !above.has(dir.path));
  const deletions = [...manifest.files, ...manifest.dirs].filter((entry) => entry.deleted === true);
  const { hashAlg } = manifest;
  return {
    manifest: { version: 'v2023-03-03', hashAlg, totalSize: totalOf(paths), paths },
    dropped: {
      dirs: sortedPaths(dirs),
      deletions: sortedPaths(deletions),
      symlinks: symlinks.sort(compareUtf16),
    },
  };
}

function checkForm(manifest: ManifestV2025): void {
  if (manifest.pathStyle === 'absolute') throw notRepresentable('absolute paths; take a subtree first');
  if (manifest.version === 'v2025-12' && manifest.fileChunkSizeBytes !== WHOLE_FILE) {
    throw notRepresentable(`a chunk size of ${manifest.fileChunkSizeBytes}, only ${WHOLE_FILE}`);
  }
}

function regularFiles(manifest: ManifestV2025): { paths: PathV2023[]; symlinks: string[] } {
  const collapser = new SymlinkCollapser(manifest);
  const paths: PathV2023[] = [];
  const symlinks: string[] = [];
  for (const file of uniqueFiles(manifest.files, manifest.version === 'v2025-12' ? 'refuse' : 'first-wins')) {
    if (file.deleted === true) continue;
    if (file.symlinkTarget === undefined) paths.push(pathEntry(file));
    else {
      const { files, dropped } = collapser.collapse(file, file.path);
      for (const copy of files) paths.push(pathEntry(copy));
      for (const path of dropped) symlinks.push(path);
    }
  }
  return { paths, symlinks };
}

function pathEntry(file: FileEntry): PathV2023 {
  const { path, hash, size, mtime } = file;
  if (file.chunkhashes !== undefined) throw notRepresentable(`the chunked file ${quoted(path)}`, path);
  if (hash === undefined) throw notRepresentable(`the file ${quoted(path)} without a hash`, path);
  if (size !== undefined && mtime !== undefined) return { path, hash, size, mtime };
  throw new ManifestError('INVALID_ENTRY', `the file ${quoted(path)} has no size or no mtime`, { path });
}

function notRepresentable(what: string, path?: string): ManifestError {
  const subject = path === undefined ? {} : { path };
  return new ManifestError('NOT_REPRESENTABLE', `v2023-03-03 cannot hold ${what}`, subject);
}

function sortedPaths(entries: readonly { readonly path: string }[]): string[] {
  return entries.map((entry) => entry.path).sort(compareUtf16);
}
