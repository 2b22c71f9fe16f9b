/**
 * The normal form of a host's path (spec/files-and-submission.md 4.1): lexical, links are not
 * resolved. Text only; the working directory is handed in.
 */
import { StorageError } from './errors.js';
import { hostPathText, isAbsoluteAnchor, type SplitPath, splitHostPath } from './host-path.js';
import type { HostPaths } from './paths.js';
import { quoted } from './quoted.js';

/**
 * `path` made absolute against `cwd`, an absolute path of the same format, and normal: no
 * `.`, `..`, doubled separator, separator at the end (an anchor keeps its own) or
 * extended-length prefix. Throws `InvalidPath` for an empty path, a NUL character, a server
 * without a share, and a path relative to another drive than that of `cwd`.
 */
export function normalizeHostPath(path: string, format: HostPaths, cwd: string): string {
  if (isNormal(path, format)) return path;
  checkUsable(path, format);
  const split = splitHostPath(path, format);
  if (isAbsoluteAnchor(split.anchor)) return hostPathText(resolved(split), format);
  const base = splitHostPath(cwd, format);
  return hostPathText(resolved(joined(base, split, path)), format);
}

const POSIX_WORK = /\/\.{0,2}(?:\/|$)|\0/;
const WINDOWS_WORK = /\/|\\\.{0,2}(?:\\|$)|\0/;
const DRIVE_PATH = /^[A-Za-z]:\\/;

/** Whether nothing has to be done, as with nearly every path: a look at the text tells, without taking it apart. */
function isNormal(path: string, format: HostPaths): boolean {
  if (format === 'posix') return path.startsWith('/') && !POSIX_WORK.test(path);
  return DRIVE_PATH.test(path) && !WINDOWS_WORK.test(path);
}

const SERVER_ONLY = /^[/\\]{2}[^/\\]*[/\\]*$/;

function checkUsable(path: string, format: HostPaths): void {
  if (path === '') throw invalid(path, 'is empty');
  if (path.includes('\0')) throw invalid(path, 'holds a NUL character');
  if (format === 'windows' && SERVER_ONLY.test(path)) throw invalid(path, 'names no share of a server');
}

function joined(base: SplitPath, path: SplitPath, text: string): SplitPath {
  if (!isAbsoluteAnchor(base.anchor)) {
    throw invalid(text, 'is relative, and the working directory that is given is relative too');
  }
  if (path.anchor === '\\') return { anchor: base.anchor, names: path.names };
  if (path.anchor !== '' && path.anchor.toLowerCase() !== base.anchor.slice(0, 2).toLowerCase()) {
    throw invalid(text, 'is relative to a drive whose working directory is not known: write the whole path');
  }
  return { anchor: base.anchor, names: [...base.names, ...path.names] };
}

/** `..` applied; above the anchor there is nothing. */
function resolved({ anchor, names }: SplitPath): SplitPath {
  if (!names.includes('..')) return { anchor, names };
  const isFree = anchor === '' || /^[A-Za-z]:$/.test(anchor);
  const kept: string[] = [];
  for (const name of names) {
    if (name !== '..') kept.push(name);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (isFree) kept.push(name);
  }
  return { anchor, names: kept };
}

/** The normal form of a path that stays relative if it is: `a/../b` is `b`, nothing is `.`. */
export function lexicalHostPath(path: string, format: HostPaths): string {
  return hostPathText(resolved(splitHostPath(path, format)), format);
}

/** Every path normal, empty ones dropped, in their order. */
export function normalizeHostPaths(paths: readonly string[], format: HostPaths, cwd: string): string[] {
  return paths.filter((path) => path !== '').map((path) => normalizeHostPath(path, format, cwd));
}

function invalid(path: string, problem: string): StorageError {
  return new StorageError('InvalidPath', `the path ${quoted(path)} ${problem}`, { path });
}
