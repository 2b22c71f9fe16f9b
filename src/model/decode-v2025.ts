/** Reads the members of a parsed document of either 2025 format (spec/manifests.md sections 3 and 4). */
import { decodeDirs, decodeFiles, type EntryContext } from './decode-v2025-entries.js';
import { kindOf, type SpecificationKind } from './detect-version.js';
import { uniqueDirs, uniqueFiles } from './duplicates.js';
import { checkChunkSize } from './entry-checks.js';
import { DEFAULT_FILE_CHUNK_SIZE, type DirEntry, type FileEntry, type ManifestV2025 } from './manifest.js';
import {
  checkArray,
  checkHashAlg,
  checkParentHash,
  checkSize,
  type JsonObject,
  TOP,
} from './member-checks.js';
import { checkNoFileBelowFile, shadowTest } from './tree-rules.js';

/** Expands all references. The parsed document is used up. */
export function decodeV2025(document: JsonObject, version: ManifestV2025['version']): ManifestV2025 {
  const hashAlg = checkHashAlg(document['hashAlg']);
  const totalSize = checkSize(document['totalSize'], 'totalSize', TOP);
  const parentManifestHash = checkParentHash(document['parentManifestHash']);
  const kind = version === 'v2025-12' ? kindOf(document) : betaKind(parentManifestHash);
  const fileChunkSizeBytes = version === 'v2025-12' ? chunkSizeOf(document) : DEFAULT_FILE_CHUNK_SIZE;
  const rawDirs = checkArray(document['dirs'], 'dirs', TOP);
  const rawFiles = checkArray(document['files'], 'files', TOP);
  const context = { ...kind, fileChunkSizeBytes, unhashedAllowed: version === 'v2025-12' };
  const entries = decodeEntries(rawDirs, rawFiles, {
    rules: context,
    literals: version === 'v2025-12' ? 'without-parent' : 'any',
  });
  return {
    version,
    ...kind,
    hashAlg,
    totalSize,
    ...entries,
    fileChunkSizeBytes,
    ...(parentManifestHash !== undefined && { parentManifestHash }),
  };
}

function betaKind(parentManifestHash: string | undefined): SpecificationKind {
  return { pathStyle: 'relative', type: parentManifestHash === undefined ? 'snapshot' : 'diff' };
}

function chunkSizeOf(document: JsonObject): number {
  const value = document['fileChunkSizeBytes'];
  return value === undefined ? DEFAULT_FILE_CHUNK_SIZE : checkChunkSize(value);
}

function decodeEntries(
  rawDirs: unknown[],
  rawFiles: unknown[],
  context: EntryContext,
): { dirs: readonly DirEntry[]; files: readonly FileEntry[] } {
  const dirs = decodeDirs(rawDirs, context);
  const indexed = dirs.map((dir) => dir.path);
  const files = uniqueFiles(decodeFiles(rawFiles, indexed, context), 'refuse');
  checkNoFileBelowFile(files);
  return { dirs: withoutIndexOnly(uniqueDirs(dirs, 'refuse'), files), files };
}

/** A directory entry at or below a live file's path only serves the index (spec/manifests.md 4.3). */
function withoutIndexOnly(dirs: readonly DirEntry[], files: readonly FileEntry[]): readonly DirEntry[] {
  const isShadowed = shadowTest(
    files,
    dirs.map((dir) => dir.path),
  );
  return dirs.filter((dir) => !isShadowed(dir.path));
}
