/** The outputs of a job onto this host: found, merged per root, filtered, moved to local directories, downloaded (spec/worker-and-cli.md 3). */
import { resolve } from 'node:path';
import { StorageError } from '../model/errors.js';
import { includeFilter } from '../model/include-filter.js';
import { isAbsoluteOn } from '../model/output-roots.js';
import { quoted } from '../model/quoted.js';
import { filterGroups, groupOutputs, type RootGroup, setRootPath } from '../model/root-groups.js';
import type { DownloadSummaryStatistics } from '../model/statistics.js';
import { type DownloadSeveralOptions, downloadSeveral } from './download-several.js';
import { hostFormat } from './host-format.js';
import {
  fetchOutputManifests,
  type ManifestInfo,
  manifestInfo,
  type OutputsRequest,
} from './list-outputs.js';
import type { PresetOptions } from './preset-options.js';

export interface OutputFilesRequest extends OutputsRequest, PresetOptions {
  /** Where the files of an asset root go. Default: below the root itself. Several entries hold one after the other. */
  readonly rootMap?: ReadonlyMap<string, string>;
  /** Patterns, of which a file has to fit one. Default: every file. */
  readonly include?: readonly string[];
  /** Whether `include` sees the job's roots or the local directories. Default: {@link OUTPUT_FILES_DEFAULTS}. */
  readonly matchPathsBy?: 'job' | 'local';
}
export const OUTPUT_FILES_DEFAULTS = { matchPathsBy: 'job' } as const satisfies Partial<OutputFilesRequest>;

export interface OutputFiles {
  /** One per local directory, an absolute path. */
  readonly groups: readonly RootGroup[];
  /** The manifests that were merged. */
  readonly manifests: readonly ManifestInfo[];
}

/**
 * Which files a download of outputs would write, and where to; writes nothing. Rejects as
 * `fetchOutputManifests` does, with `ManifestInvalid` for manifests that cannot be merged, and with
 * `InvalidConfig` for a mapped root that is none, or one of another system that is not mapped.
 */
export async function findOutputFiles(request: OutputFilesRequest): Promise<OutputFiles> {
  const outputs = await fetchOutputManifests(request);
  const groups = placed(groupOutputs(outputs), request);
  return { groups, manifests: outputs.map(({ source }) => manifestInfo(source)) };
}

export interface DownloadOutputsRequest
  extends OutputFilesRequest,
    Omit<DownloadSeveralOptions, keyof PresetOptions | 'parts' | 'store' | 'applyDeletes'> {}

export interface DownloadedOutputs extends OutputFiles {
  readonly stats: DownloadSummaryStatistics;
}

/**
 * Downloads the outputs of a job, a step, a task or a session action. Every path of every
 * root is judged before the first file is written; a job without outputs is an empty result.
 * Rejects as {@link findOutputFiles} and `downloadManifestContents` do; statistics are of all roots.
 */
export async function downloadOutputs(request: DownloadOutputsRequest): Promise<DownloadedOutputs> {
  const found = await findOutputFiles(request);
  const parts = found.groups.map(({ root, manifest }) => ({ root, manifest }));
  return { ...found, stats: await downloadSeveral({ ...request, parts }) };
}

function placed(groups: readonly RootGroup[], request: OutputFilesRequest): RootGroup[] {
  const { include = [], matchPathsBy = OUTPUT_FILES_DEFAULTS.matchPathsBy } = request;
  const filter = includeFilter(include, hostFormat);
  const wanted = filter && matchPathsBy === 'job' ? filterGroups(groups, filter) : [...groups];
  const mapped = localised(remapped(wanted, groups, request.rootMap ?? new Map()));
  return filter && matchPathsBy === 'local' ? filterGroups(mapped, filter) : mapped;
}

/** A root that the filter emptied, or a job without any output, needs no directory. */
function remapped(
  groups: RootGroup[],
  all: readonly RootGroup[],
  rootMap: ReadonlyMap<string, string>,
): RootGroup[] {
  if (all.length === 0) return groups;
  let moved = groups;
  for (const [original, next] of rootMap) {
    const isGone = !moved.some(({ root }) => root === original) && all.some(({ root }) => root === original);
    if (!isGone) moved = setRootPath(moved, original, resolve(next));
  }
  return moved;
}

/** Roots in the form of local paths; two spellings of one directory become one group. */
function localised(groups: readonly RootGroup[]): RootGroup[] {
  const foreign = groups
    .filter(({ root }) => !isAbsoluteOn(root, hostFormat))
    .map(({ root }) => quoted(root));
  if (foreign.length > 0) {
    throw new StorageError(
      'InvalidConfig',
      `${foreign.join(', ')} cannot be used as a directory of this system: say with rootMap where its files go`,
    );
  }
  return groups.reduce<RootGroup[]>((all, { root }) => setRootPath(all, root, resolve(root)), [...groups]);
}
