/** The text of both 2025 formats, part by part (spec/manifests.md sections 3 and 4). */
import { canonicalV2025 } from './canonical-v2025.js';
import type { DirEntry, FileEntry, ManifestV2025 } from './manifest.js';
import { type DirIndex, nameLiteral } from './references.js';

/** Checks `manifest` whole, then returns its canonical text as parts of an entry or less each. */
export function v2025Parts(manifest: ManifestV2025): Iterable<string> {
  return partsOf(canonicalV2025(manifest));
}

function* partsOf(manifest: ManifestV2025): Generator<string> {
  const index: DirIndex = new Map(manifest.dirs.map((dir, position) => [dir.path, position]));
  const isBeta = manifest.version === 'v2025-12-04-beta';
  yield '{"dirs":[';
  yield* separated(manifest.dirs, (dir) => dirText(dir, index));
  yield isBeta ? '],"files":[' : `],"fileChunkSizeBytes":${manifest.fileChunkSizeBytes},"files":[`;
  yield* separated(manifest.files, (file) => fileText(file, index));
  yield `],"hashAlg":"${manifest.hashAlg}"`;
  if (isBeta) yield ',"manifestVersion":"2025-12-04-beta"';
  if (manifest.parentManifestHash !== undefined) {
    yield `,"parentManifestHash":"${manifest.parentManifestHash}"`;
  }
  if (!isBeta) yield `,"specificationVersion":"${specificationVersion(manifest)}"`;
  yield `,"totalSize":${manifest.totalSize}}`;
}

function* separated<T>(items: readonly T[], text: (item: T) => string): Generator<string> {
  let separator = '';
  for (const item of items) {
    yield separator + text(item);
    separator = ',';
  }
}

function specificationVersion({ pathStyle, type }: ManifestV2025): string {
  return `${pathStyle}-manifest-${type}-beta-2025-12`;
}

function dirText(dir: DirEntry, index: DirIndex): string {
  return `{${dir.deleted === true ? '"delete":true,' : ''}"name":${nameLiteral(dir.path, index)}}`;
}

function fileText(file: FileEntry, index: DirIndex): string {
  const name = `"name":${nameLiteral(file.path, index)}`;
  if (file.deleted === true) return `{"delete":true,${name}}`;
  if (file.symlinkTarget !== undefined) {
    return `{${name},"symlink":{"name":${nameLiteral(file.symlinkTarget, index)}}}`;
  }
  const runnable = file.runnable === true ? ',"runnable":true' : '';
  return `{${contentText(file)}"mtime":${file.mtime},${name}${runnable},"size":${file.size}}`;
}

/** Hashes are letters and digits: they need no escape. */
function contentText({ hash, chunkhashes }: FileEntry): string {
  if (hash !== undefined) return `"hash":"${hash}",`;
  return chunkhashes === undefined ? '' : `"chunkhashes":["${chunkhashes.join('","')}"],`;
}
