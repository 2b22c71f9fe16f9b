/**
 * Manifest paths: normal form, style, parents and the check before a path may touch a
 * disk (spec/manifests.md section 9). Knows nothing of the disk itself: links are judged
 * where files are written.
 */
import { ManifestError } from './errors.js';

/** Whose path rules apply on the host that reads or writes the files. */
export type HostPaths = 'posix' | 'windows';

/** What an already normal path never holds: an empty, `.` or `..` segment. */
const NEEDS_WORK = /^$|\/\/|\/$|(?:^|\/)\.\.?(?:\/|$)/;

/**
 * Lexical normal form of a path of the 2025 formats (spec/manifests.md 9.1): without empty
 * and `.` segments, `..` resolved where a segment stands before it. Empty becomes `.`; two
 * leading slashes stay two, more become one. Never applied to v2023 paths.
 */
export function normalizePath(path: string): string {
  if (!NEEDS_WORK.test(path)) return path;
  const lead = leadingSlashes(path);
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (lead === '') kept.push(segment);
  }
  const normal = lead + kept.join('/');
  return normal === '' ? '.' : normal;
}

function leadingSlashes(path: string): '' | '/' | '//' {
  if (!path.startsWith('/')) return '';
  return path.startsWith('//') && !path.startsWith('///') ? '//' : '/';
}

const DRIVE = /^[A-Za-z]:(?:\/|$)/;

/** Whether a 2025 path is absolute: a leading `/` or a drive, on every host alike (spec/manifests.md 9.2). */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || DRIVE.test(path);
}

/**
 * The directory part of `path`, cut at its last `/`; `undefined` where there is none above
 * (`a`, `/a`). `//srv` has the parent `/` (spec/manifests.md 4.3).
 */
export function parentPath(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : undefined;
}

/** All directories above `path`, nearest first. */
export function parentPaths(path: string): string[] {
  const parents: string[] = [];
  for (let at = parentPath(path); at !== undefined; at = parentPath(at)) parents.push(at);
  return parents;
}

/** Whether `path` lies below `dir`, by whole components: `a/tx` is not below `a/t`. */
export function isBelow(path: string, dir: string): boolean {
  if (!path.startsWith(dir) || path.length === dir.length) return false;
  return dir.endsWith('/') || path.charCodeAt(dir.length) === 0x2f;
}

/**
 * Refuses a manifest path that may not touch the disk (spec/manifests.md 9.3) and returns
 * any other as it is. For every version, before every disk access. Throws `INVALID_PATH`.
 */
export function checkContained(path: string, host: HostPaths): string {
  const problem = host === 'windows' ? windowsProblem(path) : containmentProblem(path);
  if (problem === undefined) return path;
  throw new ManifestError(
    'INVALID_PATH',
    `manifest path ${JSON.stringify(path.slice(0, 200))} is refused: ${problem}; every path must name an entry below the root`,
    { path },
  );
}

const ANY_DRIVE = /^[A-Za-z]:/;
const DRIVE_WITH_SEPARATOR = /^[A-Za-z]:[/\\]/;

function containmentProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.includes('\0')) return 'it holds a NUL character';
  if (path.startsWith('/') || path.startsWith('\\')) return 'it is absolute';
  if (DRIVE_WITH_SEPARATOR.test(path)) return 'it names a drive';
  // A normal path is the usual one and needs no look at its segments.
  return NEEDS_WORK.test(path) ? segmentsProblem(path.split('/')) : undefined;
}

function segmentsProblem(segments: readonly string[]): string | undefined {
  if (segments.includes('..')) return 'it has a ".." segment';
  if (segments.includes('')) return 'it has an empty segment';
  return segments.every((segment) => segment === '.') ? 'it names the root itself' : undefined;
}

/** Windows drops dots and spaces at the end of a name, so that `.. ` could become `..`. */
const VANISHING = /^[. ]{2,}$/;

function windowsProblem(path: string): string | undefined {
  if (ANY_DRIVE.test(path)) return 'it names a drive';
  const slashed = path.replaceAll('\\', '/');
  const problem = containmentProblem(slashed);
  if (problem !== undefined) return problem;
  return slashed.split('/').some((segment) => VANISHING.test(segment))
    ? 'it has a segment of dots and spaces only'
    : undefined;
}
