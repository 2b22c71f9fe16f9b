/** Building and comparing file entries of the 2025 formats. */
import type { FileKind, LooseFile } from './entry-checks.js';
import type { DirEntry, FileEntry } from './manifest.js';

/** The entry in canonical form: only the members of its kind. `file` was checked before. */
export function buildFile(
  kind: FileKind,
  path: string,
  symlinkTarget: string | undefined,
  file: LooseFile,
): FileEntry {
  if (kind === 'deletion') return { path, deleted: true };
  if (kind === 'symlink' && symlinkTarget !== undefined) return { path, symlinkTarget };
  const { hash, chunkhashes, size, mtime, runnable } = file as FileEntry;
  // -0 becomes 0.
  const times = { size: (size ?? 0) + 0, mtime: (mtime ?? 0) + 0, ...(runnable === true && { runnable }) };
  if (hash !== undefined) return { path, hash, ...times };
  return chunkhashes === undefined ? { path, ...times } : { path, chunkhashes, ...times };
}

export function buildDir(path: string, deleted: boolean): DirEntry {
  return deleted ? { path, deleted } : { path };
}

/** Whether two canonical entries of one path agree in every member. */
export function sameFile(a: FileEntry, b: FileEntry): boolean {
  return (
    a.deleted === b.deleted &&
    a.hash === b.hash &&
    a.symlinkTarget === b.symlinkTarget &&
    a.size === b.size &&
    a.mtime === b.mtime &&
    a.runnable === b.runnable &&
    sameHashes(a.chunkhashes, b.chunkhashes)
  );
}

function sameHashes(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((hash, index) => hash === b[index]);
}
