/** A relative 2025 manifest moved below a directory (spec/manifests.md 10.8); subtree.ts is the inverse. */
import { ManifestError } from './errors.js';
import type { FileEntry, ManifestV2025 } from './manifest.js';
import { requireV2025, totalOf } from './manifest-checks.js';
import { isAbsolutePath, normalizePath } from './paths.js';
import { quoted } from './quoted.js';

/**
 * `manifest` with `prefix` before every path and link target; an absolute prefix gives an
 * absolute manifest, `.` changes no path. The parent hash is dropped, the total recomputed.
 *
 * Errors: `INVALID_PATH` for a prefix that is empty, holds NUL or starts with `..`;
 * `PATH_STYLE` for an absolute manifest, and for an absolute prefix with v2025-12-04-beta,
 * which is always relative.
 */
export function joinManifest(manifest: ManifestV2025, prefix: string): ManifestV2025 {
  requireV2025(manifest);
  const base = checkedPrefix(manifest, prefix);
  const files = manifest.files.map((file) => joinedFile(file, base));
  const dirs = manifest.dirs.map((dir) => ({ ...dir, path: joinPath(base, dir.path) }));
  const { parentManifestHash: _dropped, ...form } = manifest;
  const pathStyle = isAbsolutePath(base) ? 'absolute' : 'relative';
  return { ...form, pathStyle, files, dirs, totalSize: totalOf(files) };
}

/** `path` below `base`, both normal; `.` stands for the root on either side. */
export function joinPath(base: string, path: string): string {
  if (path === '.') return base;
  if (base === '.') return path;
  return base.endsWith('/') ? base + path : `${base}/${path}`;
}

function checkedPrefix(manifest: ManifestV2025, prefix: string): string {
  const base = normalizePath(prefix);
  if (prefix === '' || base === '..' || base.startsWith('../') || base.includes('\0')) {
    throw new ManifestError('INVALID_PATH', `${quoted(prefix)} cannot be a prefix`, { path: prefix });
  }
  if (manifest.pathStyle === 'absolute') {
    throw new ManifestError('PATH_STYLE', 'only a manifest of relative paths can be joined to a prefix');
  }
  if (manifest.version === 'v2025-12-04-beta' && isAbsolutePath(base)) {
    throw new ManifestError(
      'PATH_STYLE',
      `${quoted(prefix)} is absolute; v2025-12-04-beta is always relative`,
    );
  }
  return base;
}

function joinedFile(file: FileEntry, base: string): FileEntry {
  const path = joinPath(base, file.path);
  if (file.symlinkTarget === undefined) return { ...file, path };
  return { ...file, path, symlinkTarget: joinPath(base, file.symlinkTarget) };
}
