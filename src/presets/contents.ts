/** Uploads and downloads of the files of one manifest below one local root (spec/storage.md 2.8). */
import { promises as fs } from 'node:fs';
import { resolve } from 'node:path';
import { xxh128 } from '../hashing/xxh128.js';
import type { ConflictResolution } from '../model/conflict-resolution.js';
import { planDownload } from '../model/download-plan.js';
import type { FileSystemPermissionSettings } from '../model/file-system-permissions.js';
import type { FileEntry, Manifest } from '../model/manifest.js';
import { judgingManifest, type ManifestName } from '../model/named-manifest.js';
import {
  type DownloadSummaryStatistics,
  downloadStatistics,
  type SummaryStatistics,
} from '../model/statistics.js';
import { CancelledError } from '../pipeline/errors.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { placeFiles } from '../sinks/place-files.js';
import { statsSink } from '../sinks/stats-sink.js';
import { sharingFor, TargetPermissions } from '../sinks/target-permissions.js';
import { entryFilePath, TargetTree } from '../sinks/target-tree.js';
import { manifestEntries } from '../sources/manifest-entries.js';
import { manifestFiles } from '../sources/manifest-files.js';
import { fetchObjects } from '../stages/fetch.js';
import { resolveConflicts } from '../stages/resolve-conflicts.js';
import { splitRanges } from '../stages/split-ranges.js';
import { checkDiskSpace, type FreeBytes } from './disk-space.js';
import { withHashPool } from './hash-pool.js';
import { hostFormat } from './host-format.js';
import { type IsIdentical, identicalFiles } from './identical-files.js';
import { placingThreads } from './placing-threads.js';
import { cancelledEarly, completeStatistics, type PresetOptions, runPreset } from './preset-options.js';
import type { Store } from './store.js';
import { readerOf } from './store-calls.js';
import { healingStaleCache, uploadObjects } from './upload-stages.js';
import { partsVerifier } from './verify-parts.js';

export interface UploadContentsOptions extends PresetOptions, ManifestName {
  readonly manifest: Manifest;
  /** Directory that holds the manifest's files. */
  readonly root: string;
  readonly store: Store;
}

/**
 * Stores the objects of a manifest that the store lacks. The bytes sent are checked against
 * the manifest's hashes: a file that changed since is `FileChanged`, and nothing is stored for it.
 */
export async function uploadManifestContents(request: UploadContentsOptions): Promise<SummaryStatistics> {
  const { manifest, root, store, manifestName } = request;
  const named = manifestName === undefined ? {} : { manifestName };
  const startedMs = performance.now();
  const chunkSizeBytes = manifest.version === 'v2023-03-03' ? undefined : manifest.fileChunkSizeBytes;
  const shape = { status: 'UPLOAD_IN_PROGRESS', operation: 'upload', totals: totalsOf(manifest) } as const;
  const tally = await withHashPool((pool) =>
    healingStaleCache(store, request, (options) => {
      const files = Pipeline.from(manifestFiles(resolve(root), manifest, named));
      const upload = uploadObjects(files, store, options, { chunkSizeBytes, pool }).into(statsSink());
      return runPreset(upload, options, shape);
    }),
  );
  await request.checkCache?.flush();
  return completeStatistics('upload', tally, (performance.now() - startedMs) / 1000);
}

export interface DownloadContentsOptions extends PresetOptions, ManifestName {
  readonly manifest: Manifest;
  /** Directory that receives the files; made when it is missing. */
  readonly root: string;
  readonly store: Store;
  readonly conflictResolution?: ConflictResolution;
  /** Carry out the deletions of a diff manifest. Default false. */
  readonly applyDeletes?: boolean;
  readonly verify?: 'hash' | 'size' | 'none';
  /** With `OVERWRITE`: leave a file that has the manifest's size, time and, as the hash cache knows, content. Default true. */
  readonly skipIdentical?: boolean;
  /** Wait until each file is on the disk before it gets its name. Default false. */
  readonly durable?: boolean;
  /** Group or user that files, and the directories above them, are shared with. Default: none. */
  readonly fileSystemPermissions?: FileSystemPermissionSettings;
  /** Free bytes of the volume of an existing path. Default: what the system says. */
  readonly freeBytes?: FreeBytes;
}
export const DOWNLOAD_DEFAULTS = {
  conflictResolution: 'CREATE_COPY',
  applyDeletes: false,
  verify: 'hash',
  skipIdentical: true,
  durable: false,
} as const satisfies Partial<DownloadContentsOptions>;

/**
 * Writes the files of a manifest below `root`: every path judged and the disk space checked
 * before the first write, every content verified, every file renamed into place when it is whole.
 */
export async function downloadManifestContents(
  request: DownloadContentsOptions,
): Promise<DownloadSummaryStatistics> {
  const options = { ...DOWNLOAD_DEFAULTS, ...request };
  const { manifest, store, conflictResolution, verify, durable } = options;
  const startedMs = performance.now();
  const plan = judgingManifest(options, () =>
    planDownload(manifest, { host: hostFormat, applyDeletes: options.applyDeletes }),
  );
  const root = resolve(options.root);
  const filePath = (path: string): string | Buffer => entryFilePath(root, path);
  const isIdentical = options.skipIdentical ? identicalFiles({ filePath }, options.hashCache) : undefined;
  const stays = staysAsItIs(filePath, conflictResolution, isIdentical);
  const { signal, freeBytes: free, fileSystemPermissions: shared } = options;
  const sharing = shared && (await sharingFor(shared));
  const totals = { files: plan.totalFiles, bytes: plan.totalBytes };
  const shape = { status: 'DOWNLOAD_IN_PROGRESS', operation: 'download', totals } as const;
  await checkDiskSpace(root, plan, {
    ...(stays && { stays }),
    ...(signal && { signal }),
    ...(free && { free }),
  }).catch((error: unknown) => {
    throw error instanceof CancelledError ? cancelledEarly(shape, error) : error;
  });
  const tree = await TargetTree.open(root);
  const permissions = sharing && new TargetPermissions(tree, sharing);
  const reader = readerOf(store, options);
  const { concurrency = store.concurrency } = options;
  const placed = await withHashPool((pool) => {
    const download = Pipeline.from(manifestEntries(plan, { consume: true }))
      .through(
        resolveConflicts((path) => tree.occupant(path), {
          mode: conflictResolution,
          ...(isIdentical && { isIdentical }),
        }),
      )
      .through(splitRanges())
      .through(
        fetchObjects(reader, {
          ...(concurrency !== undefined && { concurrency }),
          ...{ verify, hash: xxh128 },
        }),
      )
      .into(
        placeFiles({
          ...{ tree, conflictResolution, durable, verify: partsVerifier(reader, pool, verify) },
          placeWhole: placingThreads(pool, conflictResolution === 'OVERWRITE'),
          ...(permissions && { permissions }),
        }),
      );
    return runPreset(download, options, shape);
  });
  const { processedFiles, processedBytes } = placed.stats;
  const counts = {
    totalFiles: plan.totalFiles,
    totalBytes: plan.totalBytes,
    processedFiles,
    processedBytes,
    skippedFiles: plan.totalFiles - processedFiles,
    skippedBytes: plan.totalBytes - processedBytes,
  };
  const totalTime = (performance.now() - startedMs) / 1000;
  return downloadStatistics({ ...counts, totalTime, status: 'COMPLETE' }, new Map([[root, placed.paths]]));
}

/** Tells which files need no room; `undefined` when every file is written. */
export function staysAsItIs(
  filePath: (path: string) => string | Buffer,
  mode: ConflictResolution,
  isIdentical: IsIdentical | undefined,
): IsIdentical | undefined {
  if (mode === 'OVERWRITE') return isIdentical;
  if (mode !== 'SKIP') return undefined;
  return ({ path }) =>
    fs.lstat(filePath(path)).then(
      () => true,
      () => false,
    );
}

/** Links and deletions are neither counted nor sent. */
function totalsOf(manifest: Manifest): { files: number; bytes: number } {
  const entries: readonly FileEntry[] = manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
  const live = entries.filter(
    ({ deleted, symlinkTarget }) => deleted !== true && symlinkTarget === undefined,
  );
  return { files: live.length, bytes: live.reduce((sum, { size = 0 }) => sum + size, 0) };
}
