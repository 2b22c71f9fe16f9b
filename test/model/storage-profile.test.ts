import { describe, expect, it } from 'vitest';
import {
  type FileSystemLocation,
  locationPath,
  readStorageProfile,
  rulesBetweenProfiles,
} from '../../src/model/storage-profile.js';

const location = { name: 'P', path: '/p', type: 'LOCAL' };

describe('readStorageProfile', () => {
  it('reads the answer of the service', () => {
    const response = {
      ...{ storageProfileId: 'sp-1', displayName: 'D', osFamily: 'MacOS', unknown: 1 },
      fileSystemLocations: [location],
    };
    expect(readStorageProfile(response)).toEqual({
      ...{ storageProfileId: 'sp-1', displayName: 'D', osFamily: 'macos' },
      locations: [{ name: 'P', path: '/p', locationType: 'LOCAL' }],
    });
    expect(readStorageProfile({})).toEqual({ locations: [] });
  });

  it('reads a profile as this package writes it', () => {
    const profile = {
      ...{ storageProfileId: 'sp-1', displayName: 'D', osFamily: 'linux' as const },
      locations: [{ name: 'P', path: '/p', locationType: 'SHARED' as const }],
    };
    expect(readStorageProfile(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
    expect(() => readStorageProfile({ locations: [location] }, 'farm.json')).toThrow(
      'farm.json: locations[0].locationType must be LOCAL or SHARED, not nothing',
    );
  });

  it.each<[unknown, string]>([
    [[], 'must be an object'],
    [{ fileSystemLocations: {} }, 'fileSystemLocations'],
    [{ fileSystemLocations: [location, 1] }, 'fileSystemLocations[1]'],
    [{ fileSystemLocations: [{ ...location, type: 'local' }] }, 'fileSystemLocations[0].type'],
    [{ fileSystemLocations: [{ ...location, name: '' }] }, 'fileSystemLocations[0].name'],
    [{ osFamily: 'BeOS' }, '"BeOS"'],
    [{ displayName: 1 }, 'displayName'],
  ])('refuses %j', (response, part) => {
    expect(() => readStorageProfile(response)).toThrowError(
      expect.objectContaining({ code: 'NonValidInputError', message: expect.stringContaining(part) }),
    );
  });
});

it('makes the path of a location normal, and refuses a relative one', () => {
  const at = (path: string): FileSystemLocation => ({ name: 'P', path, locationType: 'LOCAL' });
  expect(locationPath(at('/a/../p/'), 'posix')).toBe('/p');
  expect(locationPath(at('\\\\s\\h'), 'windows')).toBe('\\\\s\\h\\');
  for (const [path, format] of [
    ['p', 'posix'],
    ['C:p', 'windows'],
    ['/p', 'windows'],
  ] as const) {
    expect(() => locationPath(at(path), format)).toThrowError(
      expect.objectContaining({ kind: 'InvalidConfig', path }),
    );
  }
});

it('takes the last of locations with one name, and maps profiles without ids', () => {
  const profile = (...paths: string[]) => ({
    locations: paths.map((path) => ({ name: 'P', path, locationType: 'SHARED' }) as const),
  });
  expect(rulesBetweenProfiles(profile('/a', '/b'), profile('/x', '/y'))).toEqual([
    { sourcePathFormat: 'posix', sourcePath: '/b', destinationPath: '/y' },
  ]);
});
