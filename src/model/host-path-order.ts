/**
 * Equality, containment and order of normal paths of a host (spec/files-and-submission.md 4.2
 * and 4.5): by whole parts, on Windows without case. Text only.
 */
import { StorageError } from './errors.js';
import { hostPathText, separatorOf, splitHostPath } from './host-path.js';
import { compareCodePoints } from './order.js';
import type { HostPaths } from './paths.js';
import { quoted } from './quoted.js';

/** What equal paths have in common: on Windows the text in lower case. `path` is normal. */
export function hostPathKey(path: string, format: HostPaths): string {
  return format === 'windows' ? lowered(path) : path;
}

const PLAIN = /^[\x00-\x7f]*$/;

/** Character by character: `toLowerCase` of a whole text looks at neighbours, and may make it longer. */
function lowered(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return Array.from(text, (character) => {
    const lower = character.toLowerCase();
    return lower.length === character.length ? lower : character;
  }).join('');
}

/** Whether `path` is `dir` or below it; both are normal. `/mnt/p2` is not within `/mnt/p`. */
export function isWithin(path: string, dir: string, format: HostPaths): boolean {
  return isKeyWithin(hostPathKey(path, format), hostPathKey(dir, format), format);
}

/** {@link isWithin} for the keys of both paths. */
export function isKeyWithin(path: string, dir: string, format: HostPaths): boolean {
  if (!path.startsWith(dir)) return false;
  const separator = separatorOf(format);
  return path.length === dir.length || dir.endsWith(separator) || path[dir.length] === separator;
}

/** Order by parts, each by code point; on Windows parts in lower case. */
export function compareHostPaths(a: string, b: string, format: HostPaths): number {
  return compareCodePoints(sortKey(a, format), sortKey(b, format));
}

/** `paths` in the order of {@link compareHostPaths}, equal ones by their text; the list is left alone. */
export function sortedHostPaths(paths: Iterable<string>, format: HostPaths): string[] {
  return Array.from(paths, (path) => ({ path, key: sortKey(path, format) }))
    .sort((a, b) => compareCodePoints(a.key, b.key) || compareCodePoints(a.path, b.path))
    .map(({ path }) => path);
}

/** Text whose order is that of the parts: what separates names sorts before everything in them. */
function sortKey(path: string, format: HostPaths): string {
  const { anchor, names } = splitHostPath(hostPathKey(path, format), format);
  return `${anchor}\0${names.join('\0')}`;
}

/**
 * The longest path that every one of `paths` is within; of one path that path itself. On
 * Windows the spelling is that of the first in the order of {@link sortedHostPaths}. Throws
 * `InvalidPath` for none, and for paths of different drives or shares.
 */
export function commonRoot(paths: Iterable<string>, format: HostPaths): string {
  let common: string | undefined;
  let least = { path: '', sortKey: '' };
  for (const path of paths) {
    const key = hostPathKey(path, format);
    if (common === undefined) least = { path, sortKey: sortKey(path, format) };
    else if (format === 'windows') least = earlier(least, { path, sortKey: sortKey(path, format) });
    if (common === undefined) common = key;
    else if (!isKeyWithin(key, common, format)) common = commonKey(common, key, format);
  }
  if (common === undefined) throw noRoot('no paths are given');
  if (common === '') throw noRoot(`${quoted(least.path)} is on another drive or share than the rest`);
  return least.path.slice(0, common.length); // a key is as long as its path
}

interface SortedPath {
  readonly path: string;
  readonly sortKey: string;
}

function earlier(a: SortedPath, b: SortedPath): SortedPath {
  return (compareCodePoints(a.sortKey, b.sortKey) || compareCodePoints(a.path, b.path)) <= 0 ? a : b;
}

/** Key of the longest path that both are within; empty where there is none. */
function commonKey(a: string, b: string, format: HostPaths): string {
  const [left, right] = [splitHostPath(a, format), splitHostPath(b, format)];
  if (left.anchor !== right.anchor) return '';
  const differ = left.names.findIndex((name, at) => name !== right.names[at]);
  return hostPathText({ anchor: left.anchor, names: left.names.slice(0, differ) }, format);
}

function noRoot(problem: string): StorageError {
  return new StorageError('InvalidPath', `the paths have no common root: ${problem}`);
}
