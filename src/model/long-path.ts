/**
 * Windows paths for file calls: from a certain length on they need a prefix that lifts the
 * limit of 260 characters (spec/files-and-submission.md 4.3). The prefix is for calls only: no
 * manifest, group, payload or message holds it.
 */
import { StorageError } from './errors.js';
import { hostPathText, isAbsoluteAnchor, isAbsoluteHostPath, splitHostPath } from './host-path.js';
import { quoted } from './quoted.js';

/** UTF-16 units from which on a path gets the prefix; leaves room for suffixes of temporary files. */
export const LONG_PATH_LENGTH = 251;

const PREFIX = '\\\\?\\';

/** `path` as a file call on Windows takes it: long absolute paths with the prefix, others as they are. Throws `InvalidPath` as {@link extendedPath}. */
export function longPath(path: string): string {
  const isShort = path.length < LONG_PATH_LENGTH;
  if (isShort || isExtended(path) || !isAbsoluteHostPath(path, 'windows')) return path;
  return extendedPath(path);
}

/**
 * `path` with the prefix, whatever its length. The prefix turns off all translation, so
 * slashes become backslashes and a relative path or a `..` part is refused: `InvalidPath`.
 */
export function extendedPath(path: string): string {
  if (isExtended(path)) return path;
  const split = splitHostPath(path, 'windows');
  if (!isAbsoluteAnchor(split.anchor)) throw cannot(path, 'is relative');
  if (split.names.includes('..')) throw cannot(path, 'has a ".." part');
  const text = hostPathText(split, 'windows');
  return text.startsWith('\\\\') ? `${PREFIX}UNC\\${text.slice(2)}` : `${PREFIX}${text}`;
}

function isExtended(path: string): boolean {
  return path.startsWith(PREFIX);
}

function cannot(path: string, problem: string): StorageError {
  const message = `${quoted(path)} ${problem} and cannot be written as an extended-length path`;
  return new StorageError('InvalidPath', message, { path });
}
