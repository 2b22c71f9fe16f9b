/**
 * Asset roots in the normal form of Python's path library (spec/storage.md 1.3): the text
 * that input manifests are named after. Lexical, `..` stays; hosts' rules, not manifests'.
 */
import type { HostPaths } from './paths.js';

/** `str(Path(root))` on a host: no empty or `.` segment, no separator at the end. */
export function normalizeRoot(root: string, host: HostPaths): string {
  return host === 'windows' ? normalizeWindowsRoot(root) : normalizePosixRoot(root);
}

function normalizePosixRoot(root: string): string {
  const slashes = root.length - root.replace(/^\/+/, '').length;
  const lead = slashes === 2 ? '//' : slashes > 0 ? '/' : '';
  return `${lead}${segments(root, '/').join('/')}` || '.';
}

function normalizeWindowsRoot(root: string): string {
  const path = root.replaceAll('/', '\\');
  const drive = windowsDrive(path);
  const rest = path.slice(drive.length);
  // A share has a root directory even where the path does not name it.
  const lead = rest.startsWith('\\') || isShare(drive) ? '\\' : '';
  return `${drive}${lead}${segments(rest, '\\').join('\\')}` || '.';
}

const EXTENDED = /^\\\\\?\\(?:UNC\\[^\\]+\\[^\\]+|[^\\]*)/i;
const SHARE = /^\\\\[^\\]+\\[^\\]+/;
const LETTER = /^[A-Za-z]:/;

/** Drive letter, share or extended-length prefix at the start of `path`. */
function windowsDrive(path: string): string {
  return (EXTENDED.exec(path) ?? SHARE.exec(path) ?? LETTER.exec(path))?.[0] ?? '';
}

function isShare(drive: string): boolean {
  return drive.startsWith('\\\\') && !drive.endsWith(':');
}

function segments(path: string, separator: string): string[] {
  return path.split(separator).filter((segment) => segment !== '' && segment !== '.');
}
