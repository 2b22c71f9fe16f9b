/** Paths that a user names, as the files below them (spec/files-and-submission.md 2.3). Reads no content. */
import { StorageError } from '../model/errors.js';
import { sortedHostPaths } from '../model/host-path-order.js';
import type { Logger } from '../pipeline/types.js';
import { isBroken, isRegular } from '../sources/stat-cache.js';
import type { WalkFilter } from '../sources/walk-filter.js';
import { withHashPool } from './hash-pool.js';
import { type NamedPath, PathSurvey } from './path-survey.js';

export interface ExpandInputPathsOptions {
  /** Which files of directories, by their paths below the directory; files that are named are taken as they are. Default: all. */
  readonly filter?: WalkFilter;
  /** Report what does not exist instead of rejecting. Default {@link EXPAND_INPUT_PATHS_DEFAULTS}. */
  readonly allowMissing?: boolean;
  /** Absolute; relative paths are joined to it. Default: that of the process. */
  readonly cwd?: string;
  /** Ends the call within one entry. */
  readonly signal?: AbortSignal;
  /** Told of what a walk leaves out. */
  readonly log?: Logger;
}
export const EXPAND_INPUT_PATHS_DEFAULTS = { allowMissing: false } as const satisfies ExpandInputPathsOptions;

/** All paths are absolute and normal, none twice. */
export interface ExpandedInputPaths {
  /** Sorted by components. */
  readonly files: readonly string[];
  /** The directories that were named, in their order. */
  readonly expandedDirectories: readonly string[];
  /** Those of them without any wanted file. */
  readonly emptyDirectories: readonly string[];
  /** In the order in which they were named; a broken link is missing. */
  readonly missing: readonly string[];
  /** Bytes of the files; of links, those of their targets. */
  readonly totalSize: number;
}

/**
 * Files as they are, and the files of directories; empty texts are dropped.
 *
 * - Errors: `PathNotFound`, unless `allowMissing`; `NotAFile` for a socket, FIFO or device;
 *   `FileUnreadable`, `PathTooLong`, `InvalidPath`.
 * - Cancel: `CancelledError` within one entry.
 */
export async function expandInputPaths(
  paths: readonly string[],
  options: ExpandInputPathsOptions = {},
): Promise<ExpandedInputPaths> {
  const { allowMissing = EXPAND_INPUT_PATHS_DEFAULTS.allowMissing } = options;
  const survey = new PathSurvey(options);
  return await survey.during(async () => {
    const { files, missing, directories } = await sorted(paths, survey);
    const [first] = missing;
    if (first !== undefined && !allowMissing) throw notFound(first);
    const sizes = new Map(files.map(({ path, stat }) => [path, stat?.size ?? 0] as const));
    const emptyDirectories = await addFilesBelow(directories, survey, sizes);
    return {
      files: sortedHostPaths(sizes.keys(), survey.format),
      ...{ expandedDirectories: directories, emptyDirectories, missing },
      totalSize: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    };
  });
}

export interface ValidatedInputPaths {
  readonly validFiles: readonly string[];
  readonly missing: readonly string[];
  readonly directories: readonly string[];
}

/** Which of `paths` are files, missing or directories; absolute, in their order. Rejects as {@link expandInputPaths} does for what is none of these. */
export async function validateInputPaths(
  paths: readonly string[],
  options: { readonly cwd?: string; readonly signal?: AbortSignal } = {},
): Promise<ValidatedInputPaths> {
  const survey = new PathSurvey(options);
  return await survey.during(async () => {
    const { files, missing, directories } = await sorted(paths, survey);
    return { validFiles: files.map(({ path }) => path), missing, directories };
  });
}

async function sorted(paths: readonly string[], survey: PathSurvey) {
  const files: NamedPath[] = [];
  const missing: string[] = [];
  const directories: string[] = [];
  for await (const named of survey.named(paths)) {
    const { path, stat } = named;
    if (stat === undefined || isBroken(stat)) missing.push(path);
    else if (stat.isDir) directories.push(path);
    else if (isRegular(stat)) files.push(named);
    else throw notAFile(path);
  }
  return { files, missing, directories };
}

/** Adds what is below `directories` to `sizes`, and gives those with nothing below. */
async function addFilesBelow(
  directories: readonly string[],
  survey: PathSurvey,
  sizes: Map<string, number>,
): Promise<string[]> {
  if (directories.length === 0) return [];
  return await withHashPool(async (pool) => {
    const empty: string[] = [];
    for (const directory of directories) {
      let found = 0;
      await survey.walk(directory, pool, {
        file: (path, { size }) => {
          found += 1;
          sizes.set(path, size);
        },
      });
      if (found === 0) empty.push(directory);
    }
    return empty;
  });
}

function notFound(path: string): StorageError {
  return new StorageError('PathNotFound', `${JSON.stringify(path)} does not exist`, { path });
}

function notAFile(path: string): StorageError {
  const problem = `${JSON.stringify(path)} is a socket, FIFO or device: name regular files only`;
  return new StorageError('NotAFile', problem, { path });
}
