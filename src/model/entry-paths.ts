/** Paths and link targets of 2025 entries: normal form, style, limits (spec/manifests.md 3.5 and 9.2). */
import type { ManifestError, ManifestErrorCode } from './errors.js';
import type { PathStyle } from './manifest.js';
import { checkString, memberError, type Place } from './member-checks.js';
import { isAbsolutePath, normalizePath } from './paths.js';
import { quoted } from './quoted.js';

/** UTF-16 units of a path after its reference was expanded. */
export const MAX_EXPANDED_PATH = 32_768;

/** The normal form of an entry's path. Throws `INVALID_PATH` or `PATH_STYLE`. */
export function checkEntryPath(value: unknown, style: PathStyle, place: Place): string {
  const raw = checkString(value, 'path', place);
  const path = normalizePath(raw);
  if (hasBadCharacters(path) || raw === '' || path === '//') throw pathError('INVALID_PATH', path, place);
  if (isAbsolutePath(path) !== (style === 'absolute')) throw styleError('path', path, style, place);
  if (style === 'relative' && leavesRoot(path, false)) throw pathError('INVALID_PATH', path, place);
  return path;
}

/** The normal form of a link's target. Throws `SYMLINK_TARGET`, `INVALID_PATH` or `PATH_STYLE`. */
export function checkTarget(value: unknown, style: PathStyle, place: Place): string {
  const raw = checkString(value, 'symlink target', place);
  const target = normalizePath(raw);
  if (hasBadCharacters(target) || target === '//') throw pathError('INVALID_PATH', target, place);
  if (raw === '') throw targetError('it is empty', place);
  if (style === 'relative') checkRelativeTarget(raw, target, place);
  else if (!isAbsolutePath(target)) throw styleError('symlink target', target, style, place);
  return target;
}

const FOREIGN_ABSOLUTE = /^(?:[A-Za-z]:\\|\\\\)/;

function checkRelativeTarget(raw: string, target: string, place: Place): void {
  if (isAbsolutePath(raw) || isAbsolutePath(target) || FOREIGN_ABSOLUTE.test(raw)) {
    throw targetError(`${quoted(raw)} is absolute`, place);
  }
  if (leavesRoot(target, true)) throw targetError(`${quoted(raw)} leaves the manifest's root`, place);
}

function hasBadCharacters(path: string): boolean {
  return path.length > MAX_EXPANDED_PATH || path.includes('\0');
}

/** Whether a normal relative path is above the root, or the root itself where that counts. */
function leavesRoot(path: string, rootAllowed: boolean): boolean {
  return path === '..' || path.startsWith('../') || (path === '.' && !rootAllowed);
}

function pathError(code: ManifestErrorCode, path: string, place: Place): ManifestError {
  const problem = path.length > MAX_EXPANDED_PATH ? `has ${path.length} characters` : 'cannot be used';
  return memberError(code, 'path', place, `${quoted(path)} ${problem}`);
}

function styleError(member: string, path: string, style: PathStyle, place: Place): ManifestError {
  return memberError(
    'PATH_STYLE',
    member,
    place,
    `${quoted(path)} does not fit a manifest of ${style} paths`,
  );
}

function targetError(problem: string, place: Place): ManifestError {
  return memberError('SYMLINK_TARGET', 'symlink target', place, problem);
}
