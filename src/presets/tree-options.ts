/** How a preset reads a tree: which files, which links, hashed how. One place for the defaults that depend on the manifest version. */
import { type HashPool, STAT_STRIDE } from '../hashing/ports.js';
import type { HashedEntry, TreeEntry } from '../model/file-item.js';
import {
  DEFAULT_FILE_CHUNK_SIZE,
  type ManifestVersion,
  type SymlinkPolicy,
  WHOLE_FILE,
} from '../model/manifest.js';
import { OptionError } from '../pipeline/errors.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { readAhead } from '../pipeline/read-ahead.js';
import type { Source } from '../pipeline/types.js';
import { pooledListing } from '../sources/pooled-listing.js';
import type { WalkFilter, WalkOptions } from '../sources/walk-tree.js';
import { cacheLookup } from '../stages/cache-lookup.js';
import { hashFiles } from '../stages/hash-files.js';
import type { PresetOptions } from './preset-options.js';

export interface TreeOptions {
  /** Which files. Default: all. */
  readonly filter?: WalkFilter;
  /** As in {@link WalkOptions}: a store in a directory, and caches. */
  readonly leaveOut?: readonly string[];
  /** Default `v2023-03-03`. */
  readonly version?: ManifestVersion;
  /** Default: `collapse_files` for v2023-03-03, `collapse_escaping` for the 2025 formats. */
  readonly symlinks?: SymlinkPolicy;
  /** Bytes per chunk of `v2025-12`; -1: whole files. The other formats have no choice. */
  readonly chunkSizeBytes?: number;
  /** Keep directories without any entry; 2025 formats only. Default true. */
  readonly includeEmptyDirs?: boolean;
  readonly onUnreadable?: 'skip' | 'error';
  readonly onSpecialFile?: 'skip' | 'error';
}

/** {@link TreeOptions} with every default in place. */
export interface TreeSettings {
  readonly version: ManifestVersion;
  readonly symlinks: SymlinkPolicy;
  readonly chunkSizeBytes: number;
  readonly includeEmptyDirs: boolean;
}

export const MANIFEST_VERSIONS: readonly string[] = [
  'v2023-03-03',
  'v2025-12-04-beta',
  'v2025-12',
] satisfies ManifestVersion[];
const POLICIES: readonly string[] = [
  'collapse_files',
  'collapse_all',
  'collapse_escaping',
  'preserve',
  'exclude_escaping',
  'exclude_all',
] satisfies SymlinkPolicy[];

/** Throws `InvalidConfig` for a value that does not exist, and for a policy that the version cannot hold. */
export function treeSettings(options: TreeOptions): TreeSettings {
  checkChoices(options);
  const { version = 'v2023-03-03', includeEmptyDirs = true } = options;
  if (!MANIFEST_VERSIONS.includes(version))
    throw new OptionError('version', `${JSON.stringify(version)} is none of ${MANIFEST_VERSIONS.join(', ')}`);
  const flat = version === 'v2023-03-03';
  const symlinks = options.symlinks ?? (flat ? 'collapse_files' : 'collapse_escaping');
  if (!POLICIES.includes(symlinks))
    throw new OptionError('symlinks', `${JSON.stringify(symlinks)} is none of ${POLICIES.join(', ')}`);
  if (flat && (symlinks === 'preserve' || symlinks === 'collapse_escaping')) {
    throw new OptionError(
      'symlinks',
      `${symlinks} keeps links, which a v2023-03-03 manifest cannot hold: choose another policy or version`,
    );
  }
  return { version, symlinks, chunkSizeBytes: chunkSize(version, options.chunkSizeBytes), includeEmptyDirs };
}

/** What the types say already, for callers without them: `skipp` must not pass for `skip`. */
function checkChoices(options: TreeOptions): void {
  const { filter, includeEmptyDirs } = options;
  if (filter !== undefined && typeof filter?.matches !== 'function')
    throw new OptionError('filter', 'must be a filter, such as new GlobFilter({ include: ... })');
  if (includeEmptyDirs !== undefined && typeof includeEmptyDirs !== 'boolean')
    throw new OptionError('includeEmptyDirs', `must be true or false, not ${String(includeEmptyDirs)}`);
  for (const option of ['onUnreadable', 'onSpecialFile'] as const) {
    const chosen = options[option] ?? 'skip';
    if (chosen !== 'skip' && chosen !== 'error')
      throw new OptionError(option, `${JSON.stringify(chosen)} is neither skip nor error`);
  }
}

function chunkSize(version: ManifestVersion, chosen: number | undefined): number {
  if (version === 'v2023-03-03') return WHOLE_FILE;
  if (version === 'v2025-12-04-beta' || chosen === undefined) return DEFAULT_FILE_CHUNK_SIZE;
  if (chosen === WHOLE_FILE || (Number.isSafeInteger(chosen) && chosen > 0)) return chosen;
  throw new OptionError(
    'chunkSizeBytes',
    `must be a whole number of at least 1, or ${WHOLE_FILE} for whole files, not ${chosen}`,
  );
}

/** Options of the walk. */
export function walkOptions(options: TreeOptions, settings: TreeSettings, pool: HashPool): WalkOptions {
  const { filter, leaveOut, onUnreadable, onSpecialFile } = options;
  return {
    symlinks: settings.symlinks,
    linkEntries: settings.version !== 'v2023-03-03',
    directories: settings.version !== 'v2023-03-03',
    stat: (paths, call) => pool.stat(paths, call),
    list: pooledListing(pool, STAT_STRIDE),
    ...(filter && { filter }),
    ...(leaveOut && { leaveOut }),
    ...(onUnreadable && { onUnreadable }),
    ...(onSpecialFile && { onSpecialFile }),
  };
}

/** Entries that a walk may be ahead of the pipeline; few enough to die young. */
const READ_AHEAD_FILES = 4096;

/** The first half of every upload and snapshot: from a source to digests. */
export function hashedFiles(
  source: Source<TreeEntry>,
  pool: HashPool,
  settings: TreeSettings,
  { hashCache }: PresetOptions,
  keepBodies: boolean,
): Pipeline<HashedEntry> {
  const { chunkSizeBytes } = settings;
  // The walk runs ahead, so that totals are known while the first files still travel.
  const entries = Pipeline.from(readAhead(source, READ_AHEAD_FILES));
  const known: Pipeline<HashedEntry> = hashCache
    ? entries.through(cacheLookup(hashCache, { chunkSizeBytes }))
    : entries;
  return known.through(
    hashFiles(pool, {
      chunkSizeBytes,
      ...(hashCache && { cache: hashCache }),
      ...(!keepBodies && { keepBodyBytes: 0 }),
    }),
  );
}
