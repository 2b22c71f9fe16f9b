/**
 * What counts as known to the user of a submission (spec/files-and-submission.md 7.6):
 * everything that they named or set up themselves.
 */
import { hostPathParent } from './host-path.js';
import { isUri, type JobParameter, pathItems, typeOfParameter } from './job-parameter.js';
import type { HostPaths } from './paths.js';
import type { StorageProfile } from './storage-profile.js';

export interface KnownPathSources {
  /** Named on the command line. */
  readonly named?: readonly string[];
  readonly bundleDir?: string;
  /** Its LOCAL locations are known. */
  readonly storageProfile?: StorageProfile | undefined;
  /** Setting `settings.known_asset_paths`: a list with the separator of the host. */
  readonly setting?: string;
  /** The parameters after their values were applied. */
  readonly parameters?: readonly JobParameter[];
  /** Names of the parameters that the user gave. */
  readonly given?: ReadonlySet<string>;
}

/** All known paths, as they were given; `reduceKnownPaths` makes them normal. */
export function gatherKnownPaths(sources: KnownPathSources, format: HostPaths): string[] {
  const { named = [], bundleDir, storageProfile, setting = '', parameters = [], given = new Set() } = sources;
  const locations = storageProfile?.locations ?? [];
  return [
    ...named,
    ...(bundleDir === undefined ? [] : [bundleDir]),
    ...locations.filter(({ locationType }) => locationType === 'LOCAL').map(({ path }) => path),
    ...setting.split(format === 'windows' ? ';' : ':').filter((path) => path !== ''),
    ...parameters.filter(({ name }) => given.has(name)).flatMap((one) => pathsOf(one, format)),
  ];
}

/** The paths of one parameter; of a file its directory, since its neighbours are as well known. */
function pathsOf(parameter: JobParameter, format: HostPaths): string[] {
  const { value, objectType } = parameter;
  const type = typeOfParameter(parameter);
  const paths = type === 'LIST[PATH]' ? (pathItems(value) ?? []) : [];
  const all = type === 'PATH' && typeof value === 'string' ? [value] : paths;
  return all
    .filter((path) => path !== '' && !isUri(path))
    .map((path) => (objectType === 'FILE' ? hostPathParent(path, format) : path));
}
