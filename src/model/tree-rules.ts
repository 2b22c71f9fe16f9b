/**
 * Files and directories of one 2025 manifest seen as a tree (spec/manifests.md 4.3): no live
 * file below a live file, and which directories are shadowed by live files. Expects
 * normal paths, each once.
 */
import type { DirEntry, FileEntry } from './manifest.js';
import { memberError } from './member-checks.js';
import { parentPath } from './paths.js';

/** Throws `DUPLICATE_PATH` for a live file (links count) that stands below another. */
export function checkNoFileBelowFile(files: readonly FileEntry[]): void {
  const above = pathsAbove(files.filter((file) => file.deleted !== true));
  files.forEach((file, index) => {
    if (file.deleted === true || !above.has(file.path)) return;
    const place = { list: 'files', index, path: file.path };
    throw memberError('DUPLICATE_PATH', 'path', place, 'is a file, but other files stand below it');
  });
}

/** Throws `DUPLICATE_PATH` for a live file and a live directory that share a path. */
export function checkNoFileAtDir(files: readonly FileEntry[], dirs: readonly DirEntry[]): void {
  const live = new Set(dirs.filter((dir) => dir.deleted !== true).map((dir) => dir.path));
  if (live.size === 0) return;
  files.forEach((file, index) => {
    if (file.deleted === true || !live.has(file.path)) return;
    const place = { list: 'files', index, path: file.path };
    throw memberError('DUPLICATE_PATH', 'path', place, 'is a file and a directory');
  });
}

/**
 * A test whether a directory lies at or below a live file's path. After
 * {@link checkNoFileBelowFile} such a directory cannot have a live file below it.
 */
export function shadowTest(files: readonly FileEntry[], dirs: Iterable<string>): (dir: string) => boolean {
  const candidates = withParents(dirs);
  const shadows = new Set<string>();
  if (candidates.size > 0) {
    for (const file of files) if (file.deleted !== true && candidates.has(file.path)) shadows.add(file.path);
  }
  return (dir) => shadows.size > 0 && selfAndParents(dir).some((path) => shadows.has(path));
}

function selfAndParents(path: string): string[] {
  const paths: string[] = [];
  for (let at: string | undefined = path; at !== undefined; at = parentPath(at)) paths.push(at);
  return paths;
}

/** Every directory above any of `entries`. */
export function pathsAbove(entries: Iterable<{ readonly path: string }>): Set<string> {
  const above = new Set<string>();
  let previous: string | undefined;
  for (const { path } of entries) {
    const parent = parentPath(path);
    // Neighbours mostly share their directory; comparing is cheaper than looking it up.
    if (parent !== previous) addParents(path, above);
    previous = parent;
  }
  return above;
}

/** Adds the directories above `path`; what is above a known one is known already. */
export function addParents(path: string, above: Set<string>): void {
  let parent = parentPath(path);
  while (parent !== undefined && !above.has(parent)) {
    above.add(parent);
    parent = parentPath(parent);
  }
}

function withParents(dirs: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const dir of dirs) {
    addParents(dir, all);
    // After its parents, so that a known directory does not hide them.
    all.add(dir);
  }
  return all;
}
