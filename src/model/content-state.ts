/**
 * How two entries of one path are told apart (spec/manifests.md 10.1, 10.4,
 * spec/files-and-submission.md 3.1). Shared by the comparisons; knows no manifest.
 */
import { ManifestError } from './errors.js';
import type { FileEntry } from './manifest.js';

/** Of the regular files of one side: none there, all hashed, or at least one not hashed. */
export type HashState = 'none' | 'hashed' | 'unhashed';

/** No digest, or the empty one that a snapshot of the structure alone has. */
export function isUnhashed(file: FileEntry): boolean {
  return hashOf(file) === undefined && file.chunkhashes === undefined && isRegular(file);
}

function hashOf({ hash }: FileEntry): string | undefined {
  return hash === '' ? undefined : hash;
}

export function isRegular(file: FileEntry): boolean {
  return file.deleted !== true && file.symlinkTarget === undefined;
}

export function hashStateOf(files: Iterable<FileEntry>): HashState {
  let state: HashState = 'none';
  for (const file of files) {
    if (!isRegular(file)) continue;
    if (isUnhashed(file)) return 'unhashed';
    state = 'hashed';
  }
  return state;
}

/** Throws `HASH_STATE_MISMATCH` when a fully hashed side meets one with unhashed files. */
export function requireComparableHashes(one: Iterable<FileEntry>, other: Iterable<FileEntry>): void {
  const states = new Set([hashStateOf(one), hashStateOf(other)]);
  if (!states.has('hashed') || !states.has('unhashed')) return;
  throw new ManifestError(
    'HASH_STATE_MISMATCH',
    'one manifest is hashed and the other has unhashed files; hash it first, or compare without hashes',
  );
}

/** Whether the digests differ, one hash against chunks or against none included. */
export function digestsDiffer(a: FileEntry, b: FileEntry): boolean {
  return hashOf(a) !== hashOf(b) || !sameList(a.chunkhashes, b.chunkhashes);
}

function sameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((digest, at) => digest === b[at]);
}

/**
 * Compares links: `true` or `false` where at least one side is a link, `undefined` where
 * both are regular files. Of two links only the target counts.
 */
export function linksDiffer(a: FileEntry, b: FileEntry): boolean | undefined {
  if (a.symlinkTarget === undefined && b.symlinkTarget === undefined) return undefined;
  return a.symlinkTarget !== b.symlinkTarget;
}

/** Two unhashed files are told apart by what is known of them. */
export function unhashedApart(a: FileEntry, b: FileEntry): boolean {
  return isUnhashed(a) && isUnhashed(b) && (a.size !== b.size || a.mtime !== b.mtime);
}

export function runnableDiffers(a: FileEntry, b: FileEntry): boolean {
  return (a.runnable === true) !== (b.runnable === true);
}
