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

/**
 * A profile as the service answers it, or as {@link StorageProfile} is written as JSON; `osFamily` in any case. Throws
 * `NonValidInputError` naming `place` and the member.
 */
export function readStorageProfile(response: unknown, place = 'storage profile'): StorageProfile {
  const reader = new ProfileReader(place);
  if (!isJsonObject(response)) throw reader.invalid('the document', 'must be an object', response);
  return reader.profile(response);
}

class ProfileReader {
  constructor(readonly place: string) {}

  profile(response: JsonObject): StorageProfile {
    const isOwn = response['fileSystemLocations'] === undefined && response['locations'] !== undefined;
    const member = isOwn ? 'locations' : 'fileSystemLocations';
    const locations = response[member] ?? [];
    if (!Array.isArray(locations)) throw this.invalid(member, 'must be a list', locations);
    const osFamily = this.#optionalText(response, 'osFamily');
    const displayName = this.#optionalText(response, 'displayName');
    const storageProfileId = this.#optionalText(response, 'storageProfileId');
    const type = isOwn ? 'locationType' : 'type';
    return {
      ...(storageProfileId !== undefined && { storageProfileId }),
      ...(displayName !== undefined && { displayName }),
      ...(osFamily !== undefined && { osFamily: this.#osFamily(osFamily) }),
      locations: locations.map((location: unknown, at) => this.#location(location, `${member}[${at}]`, type)),
    };
  }

  #osFamily(text: string): OsFamily {
    const family = text.toLowerCase();
    if (family === 'windows' || family === 'linux' || family === 'macos') return family;
    throw this.invalid('osFamily', 'must be windows, linux or macos', text);
  }

  #location(location: unknown, at: string, typeMember: string): FileSystemLocation {
    if (!isJsonObject(location)) throw this.invalid(at, 'must be an object', location);
    const type = location[typeMember];
    if (type !== 'LOCAL' && type !== 'SHARED')
      throw this.invalid(`${at}.${typeMember}`, 'must be LOCAL or SHARED', type);
    const text = (name: string): string => this.#text(location, name, at);
    return { name: text('name'), path: text('path'), locationType: type };
  }

  #text(object: JsonObject, name: string, at: string): string {
    const value = object[name];
    if (typeof value === 'string' && value !== '') return value;
    throw this.invalid(`${at}.${name}`, 'must be a text that is not empty', value);
  }

  #optionalText(object: JsonObject, name: string): string | undefined {
    const value = object[name] ?? undefined;
    if (value === undefined || typeof value === 'string') return value;
    throw this.invalid(name, 'must be a text', value);
  }

  invalid(member: string, rule: string, value: unknown): ValidationError {
    const problem = `${this.place}: ${member} ${rule}, not ${shown(value)}`;
    return new ValidationError('NonValidInputError', problem);
  }
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
