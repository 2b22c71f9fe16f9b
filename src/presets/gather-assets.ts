/**
 * What a job refers to, asked of the disk: which inputs there are, and which roots they lie
 * below (spec/files-and-submission.md 6.2 and 6.3). The decisions are the model's; no content is read.
 */
import { AssetGrouping, type AssetUploadGroup, type InputFacts } from '../model/asset-groups.js';
import type { AssetReferences } from '../model/asset-references.js';
import type { TreeEntry } from '../model/file-item.js';
import { InputDirectories } from '../model/input-directories.js';
import { locationPath, type StorageProfile } from '../model/storage-profile.js';
import { OptionError } from '../pipeline/errors.js';
import type { Logger } from '../pipeline/types.js';
import { type FileStat, isBroken, isRegular } from '../sources/stat-cache.js';
import type { WalkFilter } from '../sources/walk-filter.js';
import { EntryTable, type FileRow } from './entry-table.js';
import { withHashPool } from './hash-pool.js';
import { type NamedPath, PathSurvey, type WalkPool } from './path-survey.js';

export interface GatherAssetsOptions {
  /** Absolute; relative paths are joined to it. Default: that of the process. */
  readonly cwd?: string;
  readonly storageProfile?: StorageProfile;
  /** Reject for an input that does not exist; else it becomes a reference. Default {@link GATHER_ASSETS_DEFAULTS}. */
  readonly requirePathsExist?: boolean;
  /** Which files of directories, by their paths below the directory; those named one by one are taken as they are. Default: all. */
  readonly filter?: WalkFilter;
  /** Directories, absolute, that are left out of others with a warning: a store, and caches, that the run writes to. */
  readonly leaveOut?: readonly string[];
  /** A directory among the input files: take its files, or reject as the Python library does. Default {@link GATHER_ASSETS_DEFAULTS}. */
  readonly directoriesInInputFilenames?: 'expand' | 'error';
  /** Whether links count by where they lead when a location is looked for. Default {@link GATHER_ASSETS_DEFAULTS}. */
  readonly resolveLocationSymlinks?: boolean;
  readonly onUnreadable?: 'skip' | 'error';
  readonly onSpecialFile?: 'skip' | 'error';
  /** Ends the gathering within one entry. */
  readonly signal?: AbortSignal;
  /** Told of inputs that become references or are left out. */
  readonly log?: Logger;
}
export const GATHER_ASSETS_DEFAULTS = {
  requirePathsExist: false,
  directoriesInInputFilenames: 'expand',
  resolveLocationSymlinks: true,
} as const satisfies GatherAssetsOptions;

export interface GatheredAssets {
  readonly groups: AssetUploadGroup;
  /** What was seen of an input of a group, so that nothing has to be looked at a second time. Its path is absolute. */
  readonly entryOf: (path: string) => TreeEntry | undefined;
}

/**
 * Looks at everything that `references` names, walks its directories, and groups what is there.
 *
 * - Errors: `MisconfiguredInputsError` with every bad input, directories first; `InvalidConfig`
 *   for an option or a location; `InvalidPath`, `PathTooLong`, `FileUnreadable` for a path.
 * - Cancel: `CancelledError` within one entry.
 * - Special files are never opened; of links what they lead to counts, and a broken one is missing.
 */
export async function gatherAssets(
  references: AssetReferences,
  options: GatherAssetsOptions = {},
): Promise<GatheredAssets> {
  checkGatherOptions(options);
  return await gathered(references, options, withHashPool);
}

/** {@link gatherAssets} by the threads of `pool`. */
export async function gatherInPool(
  references: AssetReferences,
  options: GatherAssetsOptions,
  pool: WalkPool,
): Promise<GatheredAssets> {
  return await gathered(references, options, (walks) => walks(pool));
}

/** Throws `InvalidConfig` for an option that is none. */
export function checkGatherOptions({ directoriesInInputFilenames = 'expand' }: GatherAssetsOptions): void {
  if (directoriesInInputFilenames === 'expand' || directoriesInInputFilenames === 'error') return;
  throw new OptionError(
    'directoriesInInputFilenames',
    `${JSON.stringify(directoriesInInputFilenames)} is neither expand nor error`,
  );
}

/** Runs walks with a pool. Called only where there is something to walk, so that a pool is not made for nothing. */
type WithPool = (walks: (pool: WalkPool) => Promise<void>) => Promise<void>;

async function gathered(
  references: AssetReferences,
  options: GatherAssetsOptions,
  withPool: WithPool,
): Promise<GatheredAssets> {
  const survey = new PathSurvey(options);
  return await survey.during(async () => (await Gathering.begin(survey, options)).all(references, withPool));
}

class Gathering {
  readonly #table = new EntryTable();
  readonly #directories: InputDirectories;
  readonly #grouping: AssetGrouping;
  readonly #toWalk: NamedPath[] = [];

  private constructor(
    readonly survey: PathSurvey,
    readonly options: GatherAssetsOptions,
    /** Paths whose links were resolved for the grouping, which cannot wait for an answer. */
    readonly resolved: Map<string, string>,
    /** Links count for the tests of locations only: without a location nothing is resolved. */
    readonly isResolving: boolean,
  ) {
    const { requirePathsExist = GATHER_ASSETS_DEFAULTS.requirePathsExist, log } = options;
    const common = { requirePathsExist, onWarning: (message: string) => log?.('warning', message) };
    this.#directories = new InputDirectories(common);
    const { format, cwd } = survey;
    this.#grouping = new AssetGrouping({
      ...{ ...common, format, cwd },
      ...{ locations: options.storageProfile?.locations ?? [] },
      realPath: (path) => resolved.get(path) ?? path,
    });
  }

  /** The paths of the locations are resolved before anything is compared with them. */
  static async begin(survey: PathSurvey, options: GatherAssetsOptions): Promise<Gathering> {
    const resolved = new Map<string, string>();
    if (options.resolveLocationSymlinks ?? GATHER_ASSETS_DEFAULTS.resolveLocationSymlinks) {
      for (const location of options.storageProfile?.locations ?? []) {
        const path = locationPath(location, survey.format);
        resolved.set(path, await survey.realPaths.of(path));
      }
    }
    return new Gathering(survey, options, resolved, resolved.size > 0);
  }

  async all(references: AssetReferences, withPool: WithPool): Promise<GatheredAssets> {
    await this.#addDirectories(references.inputDirectories);
    await this.#addFiles(references.inputFilenames);
    if (this.#toWalk.length > 0) await withPool((pool) => this.#walkAll(pool));
    this.#grouping.check();
    for (const path of references.outputDirectories) {
      await this.#resolve(path);
      this.#grouping.addOutput(path);
    }
    for (const path of [...references.referencedPaths, ...this.#directories.finish()]) {
      await this.#resolve(path);
      this.#grouping.addReference(path);
    }
    const files = await this.#fileRoots();
    return {
      groups: this.#grouping.finish((root) => files.has(root)),
      entryOf: (path) => this.#table.get(path),
    };
  }

  /** All are looked at before the first is walked: if one is missing, nothing else need be known. */
  async #addDirectories(paths: readonly string[]): Promise<void> {
    for await (const named of this.survey.named(paths)) {
      if (named.stat?.isDir) this.#toWalk.push(named);
      else this.#directories.add(named.given, 'missing');
    }
    this.#directories.finish();
  }

  async #addFiles(paths: readonly string[]): Promise<void> {
    const { directoriesInInputFilenames = GATHER_ASSETS_DEFAULTS.directoriesInInputFilenames } = this.options;
    const walked = new Set(this.#toWalk.map(({ path }) => path));
    for await (const named of this.survey.named(paths)) {
      const { given, path, stat } = named;
      if (stat?.isDir && directoriesInInputFilenames === 'expand') {
        if (!walked.has(path)) this.#toWalk.push(named);
      } else if (stat && isRegular(stat)) {
        this.#addFile(path, await this.survey.row(path, stat));
      } else {
        await this.#resolve(path);
        this.#grouping.addInput(given, factsOf(stat));
      }
    }
  }

  async #walkAll(pool: WalkPool): Promise<void> {
    for (const directory of this.#toWalk) await this.#walk(directory, pool);
  }

  async #walk({ given, path }: NamedPath, pool: WalkPool): Promise<void> {
    const broken: string[] = [];
    let found = 0;
    await this.survey.walk(path, pool, {
      file: (file, row) => {
        found += 1;
        this.#addFile(file, row);
      },
      brokenLink: (link) => broken.push(link),
    });
    for (const link of broken) {
      await this.#resolve(link);
      this.#grouping.addInput(link, { kind: 'missing' });
    }
    this.#directories.add(given, found + broken.length > 0 ? 'files' : 'empty');
  }

  #addFile(path: string, row: FileRow): void {
    if (!this.#table.add(path, row)) return;
    if (this.isResolving) this.resolved.set(path, row.sourcePath);
    this.#grouping.addInput(path, { kind: 'file', size: row.size });
    this.resolved.delete(path); // asked about only now; a million of them would be kept for nothing
  }

  async #resolve(path: string): Promise<void> {
    this.survey.throwIfCancelled();
    const absolute = this.isResolving ? this.#grouping.absolute(path) : undefined;
    if (absolute !== undefined) this.resolved.set(absolute, await this.survey.realPaths.of(absolute));
  }

  /** The roots that are files, such as that of a single input. What cannot be looked at is none: a reference need not be there. */
  async #fileRoots(): Promise<ReadonlySet<string>> {
    const files = new Set<string>();
    for (const root of this.#grouping.roots()) {
      const stat = await this.survey.stats.stat(root).catch(() => undefined);
      if (stat && !stat.isDir && !isBroken(stat)) files.add(root);
    }
    return files;
  }
}

function factsOf(stat: FileStat | undefined): InputFacts {
  if (stat === undefined || isBroken(stat)) return { kind: 'missing' };
  return { kind: stat.isDir ? 'directory' : 'special' };
}
