/**
 * Whether a manifest's path, or the target of one of its links, may touch a local disk, and
 * how it is spelled there (spec/storage.md 4.6 and 4.8). Pure: what stands on the disk is
 * judged where files are written.
 */
import { StorageError } from './errors.js';
import { isUnspeakable, nameLength } from './path-bytes.js';
import { checkContained, type HostPaths, normalizePath } from './paths.js';

/** Bytes that a file system takes for one name. */
const MAX_NAME_BYTES = 255;

/** The path below the root as it will be on the disk. Throws `PathOutsideRoot`, `InvalidPath`, `PathTooLong`. */
export function targetPath(path: string, host: HostPaths): string {
  try {
    checkContained(path, host);
  } catch (cause) {
    throw new StorageError('PathOutsideRoot', (cause as Error).message, { path, cause });
  }
  if (isUnspeakable(path)) throw surrogate(path);
  const names = (host === 'windows' ? path.replaceAll('\\', '/') : path).split('/');
  for (const name of names) checkName(name, path, host);
  const written = names.includes('.') ? names.filter((name) => name !== '.') : names;
  return host === 'windows' || written !== names ? written.join('/') : path;
}

/** Names that mean a device on Windows, whatever their suffix. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?: *\.|$| +$)/i;

function checkName(name: string, path: string, host: HostPaths): void {
  if (name.length * 3 > MAX_NAME_BYTES && nameLength(name) > MAX_NAME_BYTES) {
    throw new StorageError(
      'PathTooLong',
      `${quotedPath(path)} has a name of more than ${MAX_NAME_BYTES} bytes: shorten it`,
      { path },
    );
  }
  if (host !== 'windows' || name === '.') return;
  const problem = windowsProblem(name);
  if (problem === undefined) return;
  throw new StorageError(
    'PathOutsideRoot',
    `${quotedPath(path)} is refused: ${problem} on Windows; rename the file and submit again`,
    { path },
  );
}

function windowsProblem(name: string): string | undefined {
  if (RESERVED.test(name)) return 'it names a device';
  if (name.includes(':')) return 'it names a stream of another file';
  return /[. ]$/.test(name) ? 'a dot or space at the end of a name vanishes' : undefined;
}

/**
 * The text of a link at `path` to `target`, which is relative to the root; lexical. Throws
 * `SymlinkEscape` for a target that is not inside the root, `InvalidPath` for one that no link can hold.
 */
export function linkText(path: string, target: string, host: HostPaths): string {
  const slashed = host === 'windows' ? target.replaceAll('\\', '/') : target;
  const drive = host === 'windows' ? /^[A-Za-z]:/ : /^[A-Za-z]:(?:[/\\]|$)/;
  const normal = normalizePath(slashed);
  const absolute = /^[/\\]/.test(slashed) || drive.test(slashed);
  if (slashed === '' || absolute || normal === '..' || normal.startsWith('../')) {
    throw new StorageError(
      'SymlinkEscape',
      `link ${quotedPath(path)} points to ${quotedPath(target)}, which is not inside the root`,
      { path },
    );
  }
  if (isUnspeakable(target)) throw surrogate(path);
  if (target.includes('\0')) {
    throw new StorageError(
      'InvalidPath',
      `the target of link ${quotedPath(path)} holds a NUL character, which no link can hold`,
      { path },
    );
  }
  return relativeText(path, normal);
}

function relativeText(path: string, target: string): string {
  const from = path.split('/').slice(0, -1);
  const to = target === '.' ? [] : target.split('/');
  let same = 0;
  while (same < from.length && same < to.length && from[same] === to[same]) same += 1;
  const parts = [...from.slice(same).map(() => '..'), ...to.slice(same)];
  return parts.length === 0 ? '.' : parts.join('/');
}

function surrogate(path: string): StorageError {
  return new StorageError(
    'InvalidPath',
    `${quotedPath(path)} has a lone surrogate, which no file name can hold: rename the file and submit again`,
    { path },
  );
}

/** A path for a message: quoted, and not longer than a line. */
export function quotedPath(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
