/**
 * The part of a 2025 manifest below a directory (spec/manifests.md 10.8); join.ts is the
 * inverse. symlink-collapse.ts knows how a link is replaced, this file which one is.
 */
import { ManifestError } from './errors.js';
import type { DirEntry, FileEntry, ManifestV2025, SymlinkPolicy } from './manifest.js';
import { requireV2025, totalOf } from './manifest-checks.js';
import { isAbsolutePath, isBelow, normalizePath } from './paths.js';
import { quoted } from './quoted.js';
import { SymlinkCollapser } from './symlink-collapse.js';

export interface SubtreeOptions {
  /** Told the path, inside the subtree, of every link that was left out because nothing is behind it. */
  readonly onDroppedLink?: (path: string) => void;
}

export const DEFAULT_SUBTREE_POLICY: SymlinkPolicy = 'collapse_escaping';

/**
 * The entries below `dir`, rebased: always a relative manifest, type and chunk size kept,
 * parent hash dropped, total recomputed. `.` or an empty `dir` is the identity.
 *
 * `policy` decides about links that stay inside and links that leave; a replaced one gets
 * the target's content out of the whole manifest, and is dropped where there is none.
 * Errors: `PATH_STYLE` for a `dir` of the other style, `INVALID_PATH` for one above the
 * root, `NOT_REPRESENTABLE` for a policy that needs a disk, `SYMLINK_CYCLE`.
 */
export function subtreeManifest(
  manifest: ManifestV2025,
  dir: string,
  policy: SymlinkPolicy = DEFAULT_SUBTREE_POLICY,
  options: SubtreeOptions = {},
): ManifestV2025 {
  requireV2025(manifest);
  checkPolicy(policy);
  const base = checkedDirectory(manifest, dir);
  // Nothing is outside of the root: policies that only look at leaving links change nothing.
  if (base === '.' && policy.endsWith('_escaping')) return manifest;
  const files = manifest.files.filter((file) => isInside(file.path, base));
  const dirs = manifest.dirs.filter((entry) => isInside(entry.path, base));
  return rebase(
    { manifest, policy, collapser: new SymlinkCollapser(manifest), ...options },
    base,
    files,
    dirs,
  );
}

/** What one subtree, or all parts of one partition, share. */
export interface Rebasing extends SubtreeOptions {
  readonly manifest: ManifestV2025;
  readonly policy: SymlinkPolicy;
  readonly collapser: SymlinkCollapser;
}

/** The relative manifest of entries that all lie below `base`. */
export function rebase(
  rebasing: Rebasing,
  base: string,
  files: readonly FileEntry[],
  dirs: readonly DirEntry[],
): ManifestV2025 {
  const moved = rebasedFiles(rebasing, base, files);
  const { parentManifestHash: _dropped, ...form } = rebasing.manifest;
  return {
    ...form,
    pathStyle: 'relative',
    files: moved,
    dirs: dirs.map((dir) => ({ ...dir, path: rebasePath(dir.path, base) })),
    totalSize: totalOf(moved),
  };
}

/** Throws `NOT_REPRESENTABLE` for the policies that exist only while collecting from disk. */
export function checkPolicy(policy: SymlinkPolicy): void {
  if (policy !== 'preserve' && policy !== 'collapse_files') return;
  throw new ManifestError('NOT_REPRESENTABLE', `the policy ${policy} is for collecting from disk only`);
}

/** The normal form of a directory of the manifest's style. Throws `PATH_STYLE` or `INVALID_PATH`. */
export function checkedDirectory(manifest: ManifestV2025, dir: string): string {
  const base = normalizePath(dir);
  if (isAbsolutePath(base) !== (manifest.pathStyle === 'absolute')) {
    throw new ManifestError(
      'PATH_STYLE',
      `${quoted(dir)} does not fit a manifest of ${manifest.pathStyle} paths`,
      {
        path: dir,
      },
    );
  }
  if (base !== '..' && !base.startsWith('../') && !base.includes('\0')) return base;
  throw new ManifestError('INVALID_PATH', `${quoted(dir)} cannot lie in the manifest`, { path: dir });
}

function isInside(path: string, base: string): boolean {
  return base === '.' || isBelow(path, base);
}

function rebasePath(path: string, base: string): string {
  if (path === base) return '.';
  if (base === '.') return path;
  return path.slice(base.endsWith('/') ? base.length : base.length + 1);
}

function rebasedFiles(rebasing: Rebasing, base: string, files: readonly FileEntry[]): FileEntry[] {
  const moved: FileEntry[] = [];
  let copied = false;
  for (const file of files) {
    const path = rebasePath(file.path, base);
    const target = file.symlinkTarget;
    if (target === undefined) moved.push({ ...file, path });
    else if (isKept(rebasing.policy, target, base)) {
      moved.push({ ...file, path, symlinkTarget: rebasePath(target, base) });
    } else if (rebasing.policy.startsWith('collapse')) {
      const { files: copies, dropped } = rebasing.collapser.collapse(file, path);
      for (const copy of copies) moved.push(copy);
      for (const link of dropped) rebasing.onDroppedLink?.(link);
      copied = copied || copies.length > 0;
    }
  }
  return copied && rebasing.manifest.type === 'diff' ? withoutRevived(moved) : moved;
}

function isKept(policy: SymlinkPolicy, target: string, base: string): boolean {
  return policy.endsWith('_escaping') && (target === base || isInside(target, base));
}

/** A diff may delete what the copies of a replaced link bring back; one path, one entry. */
function withoutRevived(files: readonly FileEntry[]): FileEntry[] {
  const live = new Set<string>();
  for (const file of files) if (file.deleted !== true) live.add(file.path);
  return files.filter((file) => file.deleted !== true || !live.has(file.path));
}
