/** A directory against a manifest (spec/files-and-submission.md section 3). */
import { resolve } from 'node:path';
import type { HashPool } from '../hashing/ports.js';
import {
  type CompareFilesOptions,
  diffFiles,
  FileComparison,
  type FoundFile,
} from '../model/compare-files.js';
import type { DiffResult } from '../model/diff-result.js';
import { type HashedEntry, isRunnable, type TreeEntry } from '../model/file-item.js';
import { filterManifest } from '../model/filter.js';
import { DEFAULT_FILE_CHUNK_SIZE, type Manifest, WHOLE_FILE } from '../model/manifest.js';
import { branch } from '../pipeline/branch.js';
import { drain } from '../pipeline/drain.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { type WalkFilter, walkTree } from '../sources/walk-tree.js';
import { hashFiles } from '../stages/hash-files.js';
import { withHashPool } from './hash-pool.js';
import { type PresetOptions, runPreset } from './preset-options.js';
import { type TreeOptions, treeSettings, walkOptions } from './tree-options.js';

export interface DiffDirectoryOptions extends PresetOptions, TreeOptions {
  readonly root: string;
  readonly manifest: Manifest;
  /** `both` (default) filters the manifest's entries too; with `disk` an entry that the filter leaves out counts as deleted. */
  readonly filterScope?: 'both' | 'disk';
  /** Compare by content: files of equal size are read. Default: by size and time. */
  readonly forceRehash?: boolean;
}

/** What a diff did beside its result. */
export interface DiffStats {
  readonly filesScanned: number;
  readonly dirsScanned: number;
  readonly filesHashed: number;
  readonly bytesHashed: number;
}

/** Rejects with the errors of the walk and of hashing; `HASH_STATE_MISMATCH` for an unhashed manifest in hash mode. */
export async function diffDirectory(
  options: DiffDirectoryOptions,
): Promise<DiffResult & { readonly stats: DiffStats }> {
  const { filter, filterScope = 'both', forceRehash = false } = options;
  const filtered = filter && filterScope === 'both';
  const manifest = filtered ? selected(options.manifest, filter) : options.manifest;
  const found = await withHashPool((pool) => scan(options, manifest, pool));
  const files = found.filter(({ kind }) => kind !== 'directory');
  const dirs = found.filter(({ kind }) => kind === 'directory').map(({ path }) => path);
  const hashed = files.filter(({ hashedBy }) => hashedBy === 'reading');
  const mode: CompareFilesOptions = {
    mode: forceRehash ? 'hash' : 'fast',
    preserveRunnable: process.platform === 'win32',
  };
  return {
    ...diffFiles(manifest, files.map(foundFile), dirs, mode),
    stats: {
      filesScanned: files.length,
      dirsScanned: dirs.length,
      filesHashed: hashed.length,
      bytesHashed: hashed.reduce((sum, { size }) => sum + size, 0),
    },
  };
}

function selected(manifest: Manifest, filter: WalkFilter): Manifest {
  if (manifest.version !== 'v2023-03-03') return filterManifest(manifest, ({ path }) => filter.matches(path));
  return { ...manifest, paths: manifest.paths.filter(({ path }) => filter.matches(path)) };
}

function scan(options: DiffDirectoryOptions, manifest: Manifest, pool: HashPool): Promise<HashedEntry[]> {
  const { forceRehash = false } = options;
  const settings = treeSettings({ version: manifest.version, ...options });
  const chunkSizeBytes =
    manifest.version === 'v2023-03-03'
      ? WHOLE_FILE
      : (manifest.fileChunkSizeBytes ?? DEFAULT_FILE_CHUNK_SIZE);
  const comparison = new FileComparison(manifest);
  const needsHash = ({ kind, path, size }: HashedEntry): boolean =>
    forceRehash && kind === 'file' && comparison.entryOf(path)?.size === size;
  const found: HashedEntry[] = [];
  const entries = Pipeline.from<TreeEntry>(
    walkTree(resolve(options.root), walkOptions(options, settings, pool)),
  )
    .through(
      branch<HashedEntry, HashedEntry>(
        needsHash,
        hashFiles(pool, { chunkSizeBytes, keepBodyBytes: 0 }),
        () => (same) => same,
      ),
    )
    .into((ctx) =>
      drain(ctx, {
        accept: (entry: HashedEntry) => {
          found.push(entry);
          ctx.progress.subject(entry.path);
          ctx.progress.add('bytes', entry.size);
          ctx.progress.add('files', 1);
        },
        finish: () => found,
      }),
    );
  return runPreset(entries, options, { status: 'SNAPSHOT_IN_PROGRESS', operation: 'hashing' });
}

function foundFile({ path, size, mtimeNs, mode, linkTarget, hashes }: HashedEntry): FoundFile {
  return {
    path,
    size,
    mtimeNs,
    runnable: isRunnable(mode),
    ...(linkTarget !== undefined && { symlinkTarget: linkTarget }),
    ...(hashes && { hashes }),
  };
}
