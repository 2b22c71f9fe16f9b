/** The snapshot story: walk, filter, cache lookup, hash, manifest; no store (spec/files-and-submission.md 1.2 and 1.6). */
import { resolve } from 'node:path';
import type { HashPool } from '../hashing/ports.js';
import { xxh128 } from '../hashing/xxh128.js';
import { changedSinceBase } from '../model/changed-since-base.js';
import { FileComparison } from '../model/compare-files.js';
import { FileStatus } from '../model/compare-manifests.js';
import type { TreeEntry } from '../model/file-item.js';
import type { Manifest, ManifestV2023 } from '../model/manifest.js';
import { localManifestName } from '../model/manifest-names.js';
import { OptionError } from '../pipeline/errors.js';
import { positiveInteger } from '../pipeline/options.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { Source } from '../pipeline/types.js';
import { type ManifestResult, manifestSink } from '../sinks/manifest-sink.js';
import { givenFiles } from '../sources/given-files.js';
import { walkTree } from '../sources/walk-tree.js';
import { confirmFiles } from '../stages/confirm-files.js';
import { filteredSource } from './filtered-source.js';
import { givenList, givenRoot } from './given-paths.js';
import { withHashPool } from './hash-pool.js';
import { writeManifest } from './manifest-files.js';
import { type PresetOptions, type RunShape, runPreset } from './preset-options.js';
import { type ScanOptions, ScanReport } from './scan-progress.js';
import {
  hashedFiles,
  type TreeOptions,
  type TreeSettings,
  treeSettings,
  walkOptions,
} from './tree-options.js';

export interface SnapshotOptions extends PresetOptions, TreeOptions, ScanOptions {
  readonly root: string;
  /** Threads that list, look and hash, unless there is a `hashPool`. 0 (default): one per processor. */
  readonly concurrency?: number;
  /** Absolute paths; when given there is no walk, and no filter. */
  readonly inputFiles?: readonly string[];
  /** Only files that are new or modified against this manifest; v2023-03-03 only. */
  readonly base?: ManifestV2023;
  /** Compare with `base` by content instead of size and time, and take no hash from the cache. */
  readonly forceRehash?: boolean;
  /** `true` means `symlinks: 'collapse_all'`. */
  readonly followSymlinks?: boolean;
}

/**
 * The manifest of a directory; `undefined` when nothing was selected, or nothing is new
 * against `base`, and the format cannot say so. Rejects with the errors of the walk and of
 * hashing, and with `InvalidConfig` before anything is opened.
 */
export async function createManifest(options: SnapshotOptions): Promise<Manifest | undefined> {
  const { base, forceRehash = false } = options;
  const tree = snapshotTree(options);
  if (base && tree.settings.version !== 'v2023-03-03') {
    throw new OptionError(
      'base',
      'goes with v2023-03-03 manifests only: use diffSnapshots for the 2025 formats',
    );
  }
  const make = (pool: HashPool): Promise<ManifestResult> => snapshot(options, tree, pool);
  const { manifest } = await withHashPool(make, options.hashPool, tree.threads);
  if (manifest.version !== 'v2023-03-03') return manifest;
  const changed = base && forceRehash ? changedSinceBase(base, manifest) : manifest;
  return changed && changed.paths.length > 0 ? changed : undefined;
}

const SHAPE: RunShape = { status: 'SNAPSHOT_IN_PROGRESS', operation: 'hashing' };

interface SnapshotTree {
  /** Absolute and normal, as are `files`. */
  readonly root: string;
  readonly files: readonly string[] | undefined;
  readonly options: TreeOptions;
  readonly settings: TreeSettings;
  readonly threads: number | undefined;
}

/** The options with `followSymlinks` spelled out, checked. */
function snapshotTree(options: SnapshotOptions): SnapshotTree {
  const { followSymlinks, symlinks, concurrency = 0 } = options;
  if (followSymlinks !== undefined && symlinks) {
    throw new OptionError('followSymlinks', 'cannot be combined with symlinks: give one of them');
  }
  const tree: TreeOptions = followSymlinks ? { ...options, symlinks: 'collapse_all' } : options;
  const threads = concurrency === 0 ? undefined : positiveInteger('concurrency', concurrency);
  const root = givenRoot(options.root);
  const files = options.inputFiles && givenList('inputFiles', options.inputFiles);
  return { root, files, options: tree, settings: treeSettings(tree), threads };
}

function snapshotSource(tree: SnapshotTree, pool: HashPool): Source<TreeEntry> {
  const { root, files } = tree;
  return files ? givenFiles(root, files) : walkTree(root, walkOptions(tree.options, tree.settings, pool));
}

function snapshot(options: SnapshotOptions, tree: SnapshotTree, pool: HashPool): Promise<ManifestResult> {
  const { base, forceRehash = false, filter, inputFiles, onScan } = options;
  const filtering = base !== undefined || (filter !== undefined && !inputFiles);
  const scan = new ScanReport(onScan, { filtering, hashing: true });
  const source = snapshotSource(tree, pool);
  const chosen = scan.source(base && !forceRehash ? changedFiles(source, base) : source);
  return scan.run(options, (watched) => {
    const { hashCache: _unused, ...uncached } = watched;
    const files = hashedFiles(chosen, pool, tree.settings, forceRehash ? uncached : watched, false);
    const settled = files.through(confirmFiles()).through(scan.stage(({ file }) => file));
    return runPreset(settled.into(manifestSink(tree.settings)), watched, SHAPE);
  });
}

/** The entries that differ from `base` in size or time. */
function changedFiles(source: Source<TreeEntry>, base: ManifestV2023): Source<TreeEntry> {
  const comparison = new FileComparison(base);
  return filteredSource(
    source,
    (entry) => entry.kind !== 'file' || comparison.statusOf(entry) !== FileStatus.UNCHANGED,
  );
}

export interface SnapshotDirectoryOptions extends SnapshotOptions {
  /** Directory of the manifest file. Default: the root. */
  readonly destination?: string;
  /** First part of the file's name. Default: the root's path. */
  readonly name?: string;
  /** Local time in the file's name. Default: now. */
  readonly now?: Date;
}

/** Writes the manifest of a directory to a file named after it; `undefined` when there is nothing to write. */
export async function snapshotDirectory(
  options: SnapshotDirectoryOptions,
): Promise<{ readonly path: string; readonly manifest: Manifest } | undefined> {
  const root = givenRoot(options.root);
  const manifest = await createManifest({ ...options, root });
  if (!manifest) return undefined;
  const path = resolve(options.destination ?? root, snapshotFileName(root, options.name, options.now));
  await writeManifest(path, manifest);
  return { path, manifest };
}

/** `{name}-{xxh128 of the root}-{local time}.manifest` (spec/manifests.md section 11). */
export function snapshotFileName(root: string, name?: string, now: Date = new Date()): string {
  const time = {
    year: now.getFullYear(),
    month: now.getMonth() + 1,
    day: now.getDate(),
    hour: now.getHours(),
    minute: now.getMinutes(),
    second: now.getSeconds(),
  };
  return localManifestName(root, name, time, xxh128);
}

/** The structure of a tree without reading any file: every hash is empty. For previews; it cannot be uploaded. */
export async function snapshotStructure(
  options: Omit<SnapshotOptions, 'base' | 'forceRehash' | 'hashCache'>,
): Promise<Manifest> {
  const tree = snapshotTree(options);
  const { filter, inputFiles, onScan } = options;
  const scan = new ScanReport(onScan, { filtering: filter !== undefined && !inputFiles, hashing: false });
  const { manifest } = await withHashPool(
    (pool) =>
      scan.run(options, (watched) => {
        const unread = Pipeline.from(scan.source(snapshotSource(tree, pool)));
        const settled = unread.through(confirmFiles()).through(scan.stage(({ file }) => file));
        return runPreset(settled.into(manifestSink(tree.settings)), watched, SHAPE);
      }),
    options.hashPool,
    tree.threads,
  );
  return manifest;
}
