/** Builders and canonical forms of manifests for tests of operations on them. */
import { encodeManifest } from '../../src/model/encode.js';
import type {
  DirEntry,
  FileEntry,
  Manifest,
  ManifestV2023,
  ManifestV2025,
  PathV2023,
} from '../../src/model/manifest.js';
import { compareCodePoints, compareUtf16 } from '../../src/model/order.js';

/** A v2023 manifest; the total is that of its entries unless given. */
export function v2023(paths: readonly PathV2023[], totalSize?: number): ManifestV2023 {
  const sum = paths.reduce((total, entry) => total + entry.size, 0);
  return { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize: totalSize ?? sum, paths };
}

/** An entry that fits both kinds of manifests. */
export function file(path: string, hash = 'aa', size = 1, mtime = 1): PathV2023 {
  return { path, hash, size, mtime };
}

export function link(path: string, symlinkTarget: string): FileEntry {
  return { path, symlinkTarget };
}

export function gone(path: string): { path: string; deleted: true } {
  return { path, deleted: true };
}

/** A relative v2025-12 snapshot; `overrides` replace any member. */
export function snapshot(
  files: readonly FileEntry[],
  dirs: readonly (DirEntry | string)[] = [],
  overrides: Partial<ManifestV2025> = {},
): ManifestV2025 {
  const live = files.filter((entry) => entry.deleted !== true && entry.symlinkTarget === undefined);
  return {
    version: 'v2025-12',
    pathStyle: 'relative',
    type: 'snapshot',
    hashAlg: 'xxh128',
    totalSize: live.reduce((total, entry) => total + (entry.size ?? 0), 0),
    dirs: dirs.map((dir) => (typeof dir === 'string' ? { path: dir } : dir)),
    files,
    fileChunkSizeBytes: 268_435_456,
    ...overrides,
  };
}

export function diff(
  files: readonly FileEntry[],
  dirs: readonly (DirEntry | string)[] = [],
  overrides: Partial<ManifestV2025> = {},
): ManifestV2025 {
  return snapshot(files, dirs, { type: 'diff', ...overrides });
}

/** A 2025 manifest of a fixture, which says neither version nor chunk size where they are the default. */
export function fromFixture(manifest: Omit<ManifestV2025, 'version'>): ManifestV2025 {
  return { ...manifest, version: 'v2025-12' };
}

/** `manifest` with its entries in the order of the encoder: equal for equal sets of entries. */
export function sorted(manifest: ManifestV2025): ManifestV2025 {
  return {
    ...manifest,
    files: manifest.files.toSorted((a, b) => compareUtf16(a.path, b.path)),
    dirs: manifest.dirs.toSorted((a, b) => compareCodePoints(a.path, b.path)),
  };
}

export function encodedText(manifest: Manifest): string {
  return new TextDecoder().decode(encodeManifest(manifest));
}

/** The `code` that `run` throws, or `undefined` when it does not throw. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}
