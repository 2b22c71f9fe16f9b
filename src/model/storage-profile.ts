/**
 * Storage profiles: which directories of a host the workers see too
 * (spec/files-and-submission.md 6.1), and the mapping rules between two of them (5.4).
 */
import { StorageError, ValidationError } from './errors.js';
import { isAbsoluteHostPath } from './host-path.js';
import { lexicalHostPath } from './host-path-normal.js';
import { isJsonObject, type JsonObject } from './member-checks.js';
import type { PathMappingRule } from './path-mapping-rule.js';
import type { HostPaths } from './paths.js';
import { quoted, shown } from './quoted.js';

/** `SHARED`: workers mount it, so nothing of it is uploaded. `LOCAL`: uploaded, and mapped by its name. */
export type LocationType = 'LOCAL' | 'SHARED';
export type OsFamily = 'windows' | 'linux' | 'macos';

export interface FileSystemLocation {
  readonly name: string;
  readonly path: string;
  readonly locationType: LocationType;
}

export interface StorageProfile {
  readonly storageProfileId?: string;
  readonly displayName?: string;
  readonly osFamily?: OsFamily;
  readonly locations: readonly FileSystemLocation[];
}

/** A profile as the service answers it; `osFamily` in any case. Throws `NonValidInputError` naming the member. */
export function readStorageProfile(response: unknown): StorageProfile {
  if (!isJsonObject(response)) throw invalid('the storage profile', 'must be an object', response);
  const { fileSystemLocations = [] } = response;
  if (!Array.isArray(fileSystemLocations))
    throw invalid('fileSystemLocations', 'must be a list', fileSystemLocations);
  const osFamily = optionalText(response, 'osFamily');
  const displayName = optionalText(response, 'displayName');
  const storageProfileId = optionalText(response, 'storageProfileId');
  return {
    ...(storageProfileId !== undefined && { storageProfileId }),
    ...(displayName !== undefined && { displayName }),
    ...(osFamily !== undefined && { osFamily: readOsFamily(osFamily) }),
    locations: fileSystemLocations.map((location: unknown, index) => readLocation(location, index)),
  };
}

function readOsFamily(text: string): OsFamily {
  const family = text.toLowerCase();
  if (family === 'windows' || family === 'linux' || family === 'macos') return family;
  throw invalid('osFamily', 'must be windows, linux or macos', text);
}

function readLocation(location: unknown, index: number): FileSystemLocation {
  const place = `fileSystemLocations[${index}]`;
  if (!isJsonObject(location)) throw invalid(place, 'must be an object', location);
  const { type } = location;
  if (type !== 'LOCAL' && type !== 'SHARED') throw invalid(`${place}.type`, 'must be LOCAL or SHARED', type);
  return { name: text(location, 'name', place), path: text(location, 'path', place), locationType: type };
}

function text(object: JsonObject, name: string, place: string): string {
  const value = object[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`${place}.${name}`, 'must be a text that is not empty', value);
}

function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(name, 'must be a text', value);
}

function invalid(member: string, rule: string, value: unknown): ValidationError {
  return new ValidationError('NonValidInputError', `storage profile: ${member} ${rule}, not ${shown(value)}`);
}

/** The path of a location in its normal form. Throws `InvalidConfig` for one that is not absolute. */
export function locationPath({ name, path }: FileSystemLocation, format: HostPaths): string {
  if (isAbsoluteHostPath(path, format)) return lexicalHostPath(path, format);
  throw new StorageError(
    'InvalidConfig',
    `the path ${quoted(path)} of the file system location ${quoted(name)} is not absolute`,
    { path },
  );
}

/**
 * Rules from every location of `source` to the one of `destination` with its name, in the
 * order of `source`; types do not matter. Of equal names the last counts. Two profiles with
 * one id have nothing to map.
 */
export function rulesBetweenProfiles(source: StorageProfile, destination: StorageProfile): PathMappingRule[] {
  if (source.storageProfileId !== undefined && source.storageProfileId === destination.storageProfileId)
    return [];
  const targets = new Map(destination.locations.map(({ name, path }) => [name, path] as const));
  const sources = new Map(source.locations.map(({ name, path }) => [name, path] as const));
  const sourcePathFormat = source.osFamily === 'windows' ? 'windows' : 'posix';
  return [...sources].flatMap(([name, sourcePath]) => {
    const destinationPath = targets.get(name);
    return destinationPath === undefined ? [] : [{ sourcePathFormat, sourcePath, destinationPath }];
  });
}
