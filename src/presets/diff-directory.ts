/** A directory against a manifest (spec/files-and-submission.md section 3). */
import { resolve } from 'node:path';
import type { HashPool } from '../hashing/ports.js';
import {
  type CompareFilesOptions,
  diffFiles,
  FileComparison,
  type FoundFile,
} from '../model/compare-files.js';
import { isUnhashed } from '../model/content-state.js';
import type { DiffResult } from '../model/diff-result.js';
import { ManifestError } from '../model/errors.js';
import { type HashedEntry, isRunnable, type TreeEntry } from '../model/file-item.js';
import { filterManifest } from '../model/filter.js';
import { DEFAULT_FILE_CHUNK_SIZE, type FileEntry, type Manifest, WHOLE_FILE } from '../model/manifest.js';
import { quoted } from '../model/quoted.js';
import { branch } from '../pipeline/branch.js';
import { drain } from '../pipeline/drain.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { Sink } from '../pipeline/types.js';
import { countFile } from '../sinks/manifest-sink.js';
import { type WalkFilter, walkTree } from '../sources/walk-tree.js';
import { hashFiles } from '../stages/hash-files.js';
import { withHashPool } from './hash-pool.js';
import { type PresetOptions, runPreset } from './preset-options.js';
import { Stopwatch } from './stopwatch.js';
import { type TreeOptions, type TreeSettings, treeSettings, walkOptions } from './tree-options.js';

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
  /** Seconds until the walk had ended; files are hashed meanwhile. */
  readonly walkDuration: number;
  /** Seconds in which at least one file was being read. */
  readonly hashDuration: number;
}

/** Rejects with the errors of the walk and of hashing; `HASH_STATE_MISMATCH` for an unhashed manifest in hash mode. */
export async function diffDirectory(
  options: DiffDirectoryOptions,
): Promise<DiffResult & { readonly stats: DiffStats }> {
  const { filter, filterScope = 'both', forceRehash = false } = options;
  const filtered = filter && filterScope === 'both';
  const manifest = filtered ? selected(options.manifest, filter) : options.manifest;
  const settings = treeSettings({ ...options, version: manifest.version });
  if (forceRehash) requireHashes(manifest);
  const times = { walk: new Stopwatch(), hash: new Stopwatch() };
  const found = await withHashPool((pool) => scan(options, settings, manifest, pool, times));
  const files = found.filter(({ kind }) => kind !== 'directory');
  const scanned = found.filter(({ kind }) => kind === 'directory').map(({ path }) => path);
  const hashed = files.filter(({ hashedBy }) => hashedBy === 'reading');
  const mode: CompareFilesOptions = {
    mode: forceRehash ? 'hash' : 'fast',
    preserveRunnable: process.platform === 'win32',
  };
  return {
    ...diffFiles(manifest, files.map(foundFile), withParents(scanned, files), mode),
    stats: {
      filesScanned: files.length,
      dirsScanned: scanned.length,
      filesHashed: hashed.length,
      bytesHashed: hashed.reduce((sum, { size }) => sum + size, 0),
      walkDuration: times.walk.seconds,
      hashDuration: times.hash.seconds,
    },
  };
}

/** Asked before anything is read for a comparison that cannot be made. */
function requireHashes(manifest: Manifest): void {
  const files: readonly FileEntry[] = manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
  const unhashed = files.find(isUnhashed);
  if (!unhashed) return;
  throw new ManifestError(
    'HASH_STATE_MISMATCH',
    `${quoted(unhashed.path)} has no hash in the manifest: compare by size and time, or hash the tree first`,
    { path: unhashed.path },
  );
}

/** A filtered walk reports the directories that the filter matches; those on the way to a file are there as well. */
function withParents(dirs: readonly string[], files: readonly { readonly path: string }[]): Set<string> {
  const all = new Set<string>();
  for (const path of [...dirs, ...files.map((file) => parentOf(file.path))]) {
    for (let dir = path; dir !== '' && !all.has(dir); dir = parentOf(dir)) all.add(dir);
  }
  return all;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The manifest as a walk with this filter would have made it. */
function selected(manifest: Manifest, filter: WalkFilter): Manifest {
  if (manifest.version === 'v2023-03-03') {
    return { ...manifest, paths: manifest.paths.filter(({ path }) => filter.matches(path)) };
  }
  const kept = manifest.files.filter(({ path, deleted }) => deleted !== true && filter.matches(path));
  const parents = withParents([], kept);
  return filterManifest(
    manifest,
    ({ path }, kind) => filter.matches(path) || (kind === 'directory' && parents.has(path)),
  );
}

interface Times {
  readonly walk: Stopwatch;
  readonly hash: Stopwatch;
}

function scan(
  options: DiffDirectoryOptions,
  settings: TreeSettings,
  manifest: Manifest,
  pool: HashPool,
  times: Times,
): Promise<HashedEntry[]> {
  const walk = walkTree(resolve(options.root), walkOptions(options, settings, pool));
  const timed: Pick<HashPool, 'hashFiles'> = {
    hashFiles: (requests, call) => times.hash.time(() => pool.hashFiles(requests, call)),
  };
  const entries = Pipeline.from<TreeEntry>((ctx) => times.walk.until(walk(ctx)))
    .through(
      branch<HashedEntry, HashedEntry>(
        needsHash(manifest, options),
        hashFiles(timed, { chunkSizeBytes: chunkSizeOf(manifest), keepBodyBytes: 0 }),
        () => (same) => same,
      ),
    )
    .into(gathered);
  return runPreset(entries, options, { status: 'SNAPSHOT_IN_PROGRESS', operation: 'hashing' });
}

/** By content, files are read whose size is that of the manifest; another size says enough. */
function needsHash(
  manifest: Manifest,
  { forceRehash = false }: DiffDirectoryOptions,
): (entry: HashedEntry) => boolean {
  const comparison = new FileComparison(manifest);
  return ({ kind, path, size }) => forceRehash && kind === 'file' && comparison.entryOf(path)?.size === size;
}

function chunkSizeOf(manifest: Manifest): number {
  if (manifest.version === 'v2023-03-03') return WHOLE_FILE;
  return manifest.fileChunkSizeBytes ?? DEFAULT_FILE_CHUNK_SIZE;
}

/** Sink: all entries. */
const gathered: Sink<HashedEntry, HashedEntry[]> = (ctx) => {
  const found: HashedEntry[] = [];
  return drain(ctx, {
    accept: (entry: HashedEntry) => {
      found.push(entry);
      countFile(ctx, entry, 'sent');
    },
    finish: () => found,
  });
};

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
