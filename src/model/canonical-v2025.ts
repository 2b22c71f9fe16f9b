/**
 * A 2025 manifest as it is written (spec/manifests.md sections 3 and 4): every entry checked
 * and normalised, each path once, the directories that names refer to added, both lists
 * sorted. The encoder turns the result into text without further thought.
 */
import { type DuplicatePolicy, uniqueDirs, uniqueFiles } from './duplicates.js';
import { checkChunkSize, checkDeleted, checkFile, type EntryRules } from './entry-checks.js';
import { checkEntryPath, checkTarget } from './entry-paths.js';
import { ManifestError } from './errors.js';
import { buildDir, buildFile } from './file-entry.js';
import { DEFAULT_FILE_CHUNK_SIZE, type DirEntry, type FileEntry, type ManifestV2025 } from './manifest.js';
import { checkHashAlg, checkParentHash, checkSize, type Place, TOP } from './member-checks.js';
import { compareCodePoints, compareUtf16 } from './order.js';
import { parentPath, parentPaths } from './paths.js';
import { looksLikeReference } from './references.js';
import { addParents, checkNoFileAtDir, checkNoFileBelowFile, pathsAbove, shadowTest } from './tree-rules.js';

/**
 * The canonical form of `manifest`, which is left as it is. Throws a `ManifestError` for
 * anything that the format cannot say.
 */
export function canonicalV2025(manifest: ManifestV2025): ManifestV2025 {
  const rules = documentRules(manifest);
  const policy: DuplicatePolicy = manifest.version === 'v2025-12' ? 'refuse' : 'first-wins';
  const dirs = uniqueDirs(
    manifest.dirs.map((dir, index) => canonicalDir(dir, rules, index)),
    policy,
  );
  // Sorted first: among sorted entries duplicates are neighbours, and no table of all paths is needed.
  const files = uniqueFiles(
    sortedFiles(manifest.files.map((file, index) => canonicalFile(file, rules, index))),
    policy,
  );
  checkNoFileBelowFile(files);
  checkNoFileAtDir(files, dirs);
  return {
    ...documentMembers(manifest, rules),
    dirs: [...dirs, ...impliedDirs(manifest.version, rules, dirs, files)].sort((a, b) =>
      compareCodePoints(a.path, b.path),
    ),
    files,
  };
}

function documentRules(manifest: ManifestV2025): EntryRules {
  const isBeta = manifest.version === 'v2025-12-04-beta';
  if (isBeta) checkBeta(manifest);
  return {
    pathStyle: manifest.pathStyle,
    // Without a parent's hash a -beta document is read as a snapshot.
    type: isBeta && manifest.parentManifestHash === undefined ? 'snapshot' : manifest.type,
    fileChunkSizeBytes: checkChunkSize(manifest.fileChunkSizeBytes),
    unhashedAllowed: !isBeta,
  };
}

function checkBeta(manifest: ManifestV2025): void {
  if (manifest.pathStyle !== 'relative') {
    throw new ManifestError('PATH_STYLE', 'v2025-12-04-beta has relative paths only');
  }
  if (manifest.fileChunkSizeBytes !== DEFAULT_FILE_CHUNK_SIZE) {
    throw new ManifestError(
      'SCHEMA',
      `fileChunkSizeBytes: v2025-12-04-beta has chunks of ${DEFAULT_FILE_CHUNK_SIZE} bytes, not ${manifest.fileChunkSizeBytes}`,
    );
  }
}

function documentMembers(manifest: ManifestV2025, rules: EntryRules): Omit<ManifestV2025, 'dirs' | 'files'> {
  const parentManifestHash = checkParentHash(manifest.parentManifestHash);
  const hasParent =
    parentManifestHash !== undefined && (manifest.version === 'v2025-12' || manifest.type === 'diff');
  return {
    version: manifest.version,
    pathStyle: rules.pathStyle,
    type: rules.type,
    hashAlg: checkHashAlg(manifest.hashAlg),
    totalSize: checkSize(manifest.totalSize, 'totalSize', TOP),
    fileChunkSizeBytes: rules.fileChunkSizeBytes,
    ...(hasParent && { parentManifestHash }),
  };
}

function canonicalDir(dir: DirEntry, rules: EntryRules, index: number): DirEntry {
  const place: Place = { list: 'dirs', index, path: dir.path };
  const path = checkEntryPath(dir.path, rules.pathStyle, place);
  return buildDir(path, checkDeleted(dir.deleted, rules, place));
}

function canonicalFile(file: FileEntry, rules: EntryRules, index: number): FileEntry {
  const place: Place = { list: 'files', index, path: file.path };
  const path = checkEntryPath(file.path, rules.pathStyle, place);
  const kind = checkFile(file, rules, place);
  const target = kind === 'symlink' ? checkTarget(file.symlinkTarget, rules.pathStyle, place) : undefined;
  return buildFile(kind, path, target, file);
}

/** Sorts in place; stable, so that the first of equal paths stays first. */
function sortedFiles(files: FileEntry[]): FileEntry[] {
  return files.sort((a, b) => compareUtf16(a.path, b.path));
}

/**
 * Entries for the directories that names need and that the caller did not list: live, or in
 * a diff a deletion where a live file stands in the directory's place.
 */
function impliedDirs(
  version: ManifestV2025['version'],
  rules: EntryRules,
  dirs: readonly DirEntry[],
  files: readonly FileEntry[],
): DirEntry[] {
  const listed = new Set(dirs.map((dir) => dir.path));
  const needed = version === 'v2025-12' ? allParents(dirs, files) : maskedParents(listed, files);
  const missing = [...needed].filter((path) => !listed.has(path));
  const isShadowed = rules.type === 'diff' ? shadowTest(files, missing) : () => false;
  return missing.map((path) => buildDir(path, isShadowed(path)));
}

/** 2025-12: every parent of every file, directory and link target. */
function allParents(dirs: readonly DirEntry[], files: readonly FileEntry[]): Set<string> {
  const parents = pathsAbove(files);
  for (const dir of dirs) addParents(dir.path, parents);
  for (const { symlinkTarget } of files) if (symlinkTarget !== undefined) addParents(symlinkTarget, parents);
  return parents;
}

/** -beta: the parents of paths that would be written literally and read as a reference. */
function maskedParents(listed: ReadonlySet<string>, files: readonly FileEntry[]): Set<string> {
  const parents = new Set<string>();
  const mask = (path: string): void => {
    const parent = looksLikeReference(path) ? parentPath(path) : undefined;
    if (parent === undefined || listed.has(parent)) return;
    for (const above of parentPaths(path)) parents.add(above);
  };
  for (const path of listed) mask(path);
  for (const { path, symlinkTarget } of files) {
    mask(path);
    if (symlinkTarget !== undefined) mask(symlinkTarget);
  }
  return parents;
}
