/** Entries of one path in the 2025 formats (spec/manifests.md 3.3 and 4.3). */
import { sameFile } from './file-entry.js';
import type { DirEntry, FileEntry } from './manifest.js';
import { memberError } from './member-checks.js';

/** What becomes of a second entry that differs from the first: the -beta encoder keeps the first. */
export type DuplicatePolicy = 'refuse' | 'first-wins';

/** `files` with each path once, in their order. Throws `DUPLICATE_PATH` where the policy refuses. */
export function uniqueFiles(files: readonly FileEntry[], policy: DuplicatePolicy): readonly FileEntry[] {
  return uniqueEntries(files, policy, 'files', sameFile);
}

/** `dirs` with each path once, in their order. Throws `DUPLICATE_PATH` where the policy refuses. */
export function uniqueDirs(dirs: readonly DirEntry[], policy: DuplicatePolicy): readonly DirEntry[] {
  return uniqueEntries(dirs, policy, 'dirs', (a, b) => a.deleted === b.deleted);
}

function uniqueEntries<E extends { readonly path: string }>(
  entries: readonly E[],
  policy: DuplicatePolicy,
  list: string,
  same: (a: E, b: E) => boolean,
): readonly E[] {
  if (isAscending(entries)) return entries;
  const byPath = new Map<string, E>();
  entries.forEach((entry, index) => {
    const first = byPath.get(entry.path);
    if (first === undefined) byPath.set(entry.path, entry);
    else if (policy === 'refuse' && !same(first, entry)) {
      const place = { list, index, path: entry.path };
      throw memberError('DUPLICATE_PATH', 'path', place, 'is listed twice, with different members');
    }
  });
  return byPath.size === entries.length ? entries : [...byPath.values()];
}

/** Sorted documents are the rule, and without a table of all paths a million entries are read faster. */
function isAscending(entries: readonly { readonly path: string }[]): boolean {
  let previous: string | undefined;
  for (const { path } of entries) {
    if (previous !== undefined && path <= previous) return false;
    previous = path;
  }
  return true;
}
