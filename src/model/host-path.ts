/**
 * Absolute and relative paths of either operating system as anchor and names
 * (spec/files-and-submission.md 4.1 and 4.2). Text only: any host can look at the paths of
 * both, no disk is asked. paths.ts has the other kind, those inside manifests.
 */
import type { HostPaths } from './paths.js';

/** A path taken apart. `anchor` is empty for a relative path; names are neither empty nor `.`. */
export interface SplitPath {
  /** `/`, `C:\`, `\\srv\share\`; `C:` and `\` begin Windows paths that are not absolute. */
  readonly anchor: string;
  readonly names: readonly string[];
}

/** `path` by the rules of `format`; `..` stays. */
export function splitHostPath(path: string, format: HostPaths): SplitPath {
  if (format === 'posix') return { anchor: posixAnchor(path), names: namesOf(path, '/') };
  const text = unextended(path.replaceAll('/', '\\'));
  const [begin, anchor] = windowsBegin(text);
  return { anchor, names: namesOf(text.slice(begin.length), '\\') };
}

/** The anchor of `path` alone. */
export function anchorOf(path: string, format: HostPaths): string {
  return format === 'posix' ? posixAnchor(path) : windowsBegin(unextended(path.replaceAll('/', '\\')))[1];
}

function posixAnchor(path: string): string {
  return path.startsWith('/') ? '/' : '';
}

const DRIVE = /^[A-Za-z]:\\?/;
const SHARE = /^\\\\([^\\]+)\\+([^\\]+)/;

/** What the anchor takes of the text, and the anchor as it is written. */
function windowsBegin(text: string): readonly [begin: string, anchor: string] {
  if (!text.startsWith('\\')) {
    const drive = DRIVE.exec(text)?.[0] ?? '';
    return [drive, drive];
  }
  const [share, server, name] = SHARE.exec(text) ?? [];
  return share === undefined ? ['\\', '\\'] : [share, `\\\\${server}\\${name}\\`];
}

function namesOf(text: string, separator: string): string[] {
  return text.split(separator).filter((name) => name !== '' && name !== '.');
}

const EXTENDED_SHARE = /^\\\\\?\\UNC\\/i;
const EXTENDED_DRIVE = /^\\\\\?\\(?=[A-Za-z]:\\)/;

/** A Windows path, with backslashes only, without its extended-length prefix. */
export function unextended(path: string): string {
  return path.replace(EXTENDED_SHARE, '\\\\').replace(EXTENDED_DRIVE, '');
}

export function separatorOf(format: HostPaths): '/' | '\\' {
  return format === 'windows' ? '\\' : '/';
}

/** The path as text; an anchor alone keeps its separator, a relative path without names is `.`. */
export function hostPathText({ anchor, names }: SplitPath, format: HostPaths): string {
  return `${anchor}${names.join(separatorOf(format))}` || '.';
}

/** Anchor first, then the names. */
export function hostPathParts(path: string, format: HostPaths): string[] {
  const { anchor, names } = splitHostPath(path, format);
  return anchor === '' ? [...names] : [anchor, ...names];
}

/** Whether an anchor says where the path begins: on Windows a drive and its root, or a share. */
export function isAbsoluteAnchor(anchor: string): boolean {
  return anchor !== '' && anchor !== '\\' && !/^[A-Za-z]:$/.test(anchor);
}

/** Whether `path` is absolute on a host of `format`; `C:x` and `\x` are not. */
export function isAbsoluteHostPath(path: string, format: HostPaths): boolean {
  return isAbsoluteAnchor(anchorOf(path, format));
}

/** The directory part of a path as given: everything before its last name, empty where there is none. */
export function hostPathParent(path: string, format: HostPaths): string {
  const cut =
    format === 'windows' ? Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) : path.lastIndexOf('/');
  const head = path.slice(0, cut + 1);
  const { anchor, names } = splitHostPath(head, format);
  if (names.length === 0) return anchor;
  return head.replace(format === 'windows' ? /[/\\]+$/ : /\/+$/, '');
}
