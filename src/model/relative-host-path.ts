/**
 * Paths below a root, moved from one operating system's rules to another's
 * (spec/files-and-submission.md 4.4 and 7.2). Text only.
 */
import { StorageError } from './errors.js';
import { hostPathText, separatorOf, splitHostPath } from './host-path.js';
import { isWithin } from './host-path-order.js';
import { checkContained, type HostPaths } from './paths.js';
import { quoted } from './quoted.js';

/**
 * `path` relative to `root`, both normal, in the separators of `format`; the root itself is
 * `.`. On Windows compared without case, and the path keeps its own. Throws `PathOutsideRoot`.
 */
export function relativeHostPath(path: string, root: string, format: HostPaths): string {
  if (!isWithin(path, root, format)) throw outside(path, root);
  const { names } = splitHostPath(path, format);
  const kept = names.slice(splitHostPath(root, format).names.length);
  return hostPathText({ anchor: '', names: kept }, format);
}

/**
 * A relative path of `source` as a host of `target` writes it: the same format leaves the
 * text alone, else `.` parts go and `..` stays. Throws `InvalidPath` for a POSIX name with a
 * backslash, which would become two names on Windows.
 */
export function convertRelative(path: string, source: HostPaths, target: HostPaths): string {
  if (source === target) return path;
  const { names } = splitHostPath(path, source);
  const split = names.find((name) => name.includes('\\'));
  if (split !== undefined) {
    throw new StorageError('InvalidPath', `the name ${quoted(split)} cannot be written on Windows`, { path });
  }
  return hostPathText({ anchor: '', names }, target);
}

/** A host's separators instead of `/`. */
export function fromPosix(path: string, format: HostPaths): string {
  return format === 'windows' ? path.replaceAll('/', '\\') : path;
}

/** `/` instead of a host's separators. */
export function toPosix(path: string, format: HostPaths): string {
  return format === 'windows' ? path.replaceAll('\\', '/') : path;
}

/**
 * A manifest's path below `root`, an absolute path of `format`. Throws `PathOutsideRoot` for
 * one that would not stay there (spec/manifests.md 9.3).
 */
export function joinManifestPath(root: string, path: string, format: HostPaths): string {
  try {
    checkContained(path, format);
  } catch (cause) {
    throw new StorageError('PathOutsideRoot', (cause as Error).message, { path, cause });
  }
  const names = splitHostPath(path, format).names;
  const separator = separatorOf(format);
  return `${root}${root.endsWith(separator) ? '' : separator}${names.join(separator)}`;
}

function outside(path: string, root: string): StorageError {
  const problem = `${quoted(path)} is not below the root ${quoted(root)}`;
  return new StorageError('PathOutsideRoot', problem, { path });
}
