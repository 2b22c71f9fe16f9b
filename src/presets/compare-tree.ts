/** The middle of a comparison with a manifest: walk, hash where contents count, compare. Grouping is diff-directory's. */
import type { HashPool } from '../hashing/ports.js';
import { type FileComparison, type FoundFile, foundEntry } from '../model/compare-files.js';
import type { StatusEntry } from '../model/compare-manifests.js';
import { type HashedEntry, isRunnable } from '../model/file-item.js';
import { DEFAULT_FILE_CHUNK_SIZE, type Manifest, WHOLE_FILE } from '../model/manifest.js';
import { addParents } from '../model/tree-rules.js';
import { branch } from '../pipeline/branch.js';
import { drain } from '../pipeline/drain.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { Sink } from '../pipeline/types.js';
import { countFile } from '../sinks/manifest-sink.js';
import { type ListDirectory, listDirectory } from '../sources/list-directory.js';
import { walkTree } from '../sources/walk-tree.js';
import { hashFiles } from '../stages/hash-files.js';
import { type PresetOptions, type RunShape, runPreset } from './preset-options.js';
import { type ScanOptions, ScanReport } from './scan-progress.js';
import { Stopwatch } from './stopwatch.js';
import { type TreeOptions, type TreeSettings, walkOptions } from './tree-options.js';

export interface TreeComparisonOptions extends PresetOptions, TreeOptions, ScanOptions {
  /** Compare by content: files of equal size are read. Default: by size and time. */
  readonly forceRehash?: boolean;
}

/** What a diff did beside its result. */
export interface DiffStats {
  /** Files and links that the filter did not leave out. */
  readonly filesScanned: number;
  /** Directories below the root that were listed. */
  readonly dirsScanned: number;
  readonly filesHashed: number;
  readonly bytesHashed: number;
  /** Seconds until the walk had ended; files are hashed meanwhile. */
  readonly walkDuration: number;
  /** Seconds in which at least one file was being read. */
  readonly hashDuration: number;
}

export interface TreeComparison {
  readonly root: string;
  readonly options: TreeComparisonOptions;
  readonly settings: TreeSettings;
  readonly manifest: Manifest;
  readonly comparison: FileComparison;
  readonly pool: HashPool;
}

export interface ComparedTree {
  readonly statuses: readonly StatusEntry[];
  /** Those that the walk emitted, and those on the way to anything found. */
  readonly directories: ReadonlySet<string>;
  readonly stats: DiffStats;
}

/** Compares while it walks: of what was found nothing but the entries of the result is kept. Rejects with the errors of the walk and of hashing. */
export async function compareTree({
  root,
  options,
  settings,
  manifest,
  comparison,
  pool,
}: TreeComparison): Promise<ComparedTree> {
  const { forceRehash = false, filter, onScan } = options;
  const times = { walk: new Stopwatch(), hash: new Stopwatch() };
  const report = new ScanReport(onScan, { filtering: filter !== undefined, hashing: forceRehash });
  const { list = listDirectory, ...walk } = walkOptions(options, settings, pool);
  const listed = new ListedDirectories(list);
  const source = walkTree(root, { ...walk, list: listed.list });
  const timed: Pick<HashPool, 'hashFiles'> = {
    hashFiles: (requests, call) => times.hash.time(() => pool.hashFiles(requests, call)),
  };
  const entries = Pipeline.from<HashedEntry>(report.source(times.walk.source(source)))
    .through(
      branch<HashedEntry, HashedEntry>(
        ({ kind, path, size }) => forceRehash && kind === 'file' && comparison.entryOf(path)?.size === size,
        hashFiles(timed, { chunkSizeBytes: chunkSizeOf(manifest), keepBodyBytes: 0 }),
        () => (same) => same,
      ),
    )
    .through(report.stage((entry) => entry));
  const { counts, ...compared } = await report.run(options, (watched) =>
    runPreset(entries.into(comparedWith(comparison)), watched, SHAPE),
  );
  const durations = { walkDuration: times.walk.seconds, hashDuration: times.hash.seconds };
  return { ...compared, stats: { ...counts, dirsScanned: listed.count, ...durations } };
}

const SHAPE: RunShape = { status: 'SNAPSHOT_IN_PROGRESS', operation: 'hashing' };

/** Counts the directories below the root that a walk looks into. */
class ListedDirectories {
  #listings = 0;

  constructor(readonly inner: ListDirectory) {}

  /** The root is no entry of the tree. */
  get count(): number {
    return Math.max(0, this.#listings - 1);
  }

  readonly list: ListDirectory = (path, options) => {
    this.#listings += 1;
    return this.inner(path, options);
  };
}

function chunkSizeOf(manifest: Manifest): number {
  if (manifest.version === 'v2023-03-03') return WHOLE_FILE;
  return manifest.fileChunkSizeBytes ?? DEFAULT_FILE_CHUNK_SIZE;
}

interface ComparedEntries extends Omit<ComparedTree, 'stats'> {
  readonly counts: Pick<DiffStats, 'filesScanned' | 'filesHashed' | 'bytesHashed'>;
}

/** Sink: what became of each file, and the directories. */
function comparedWith(comparison: FileComparison): Sink<HashedEntry, ComparedEntries> {
  return (ctx) => {
    const statuses: StatusEntry[] = [];
    const directories = new Set<string>();
    const counts = { filesScanned: 0, filesHashed: 0, bytesHashed: 0 };
    return drain(ctx, {
      accept: (entry: HashedEntry) => {
        addParents(entry.path, directories);
        if (entry.kind === 'directory') {
          directories.add(entry.path);
          return;
        }
        const file = foundFile(entry);
        statuses.push([comparison.statusOf(file), foundEntry(file)]);
        counts.filesScanned += 1;
        if (entry.hashedBy === 'reading') {
          counts.filesHashed += 1;
          counts.bytesHashed += entry.size;
        }
        countFile(ctx, entry, 'sent');
      },
      finish: () => ({ statuses, directories, counts }),
    });
  };
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
