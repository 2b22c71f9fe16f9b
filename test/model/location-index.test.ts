import { expect, it } from 'vitest';
import { LocationIndex } from '../../src/model/location-index.js';
import type { LocationType } from '../../src/model/storage-profile.js';

const location = (name: string, path: string, locationType: LocationType = 'LOCAL') => ({
  ...{ name, path, locationType },
});

it.each<[string, string | undefined]>([
  ['/p', 'P'],
  ['/p/x', 'P'],
  ['/p/deep/er/x', 'Deep'],
  ['/p2/x', undefined],
  ['/p/s/x', 'shared'],
  ['/p/s/local/x', 'shared'],
  ['/', undefined],
])('%s is in %s', (path, expected) => {
  const index = new LocationIndex(
    [
      ...[location('P', '/p/'), location('Deep', '/p/deep/er'), location('S', '/p/s', 'SHARED')],
      location('L', '/p/s/local'),
    ],
    'posix',
  );
  const found = index.find(path);
  expect(typeof found === 'object' ? found.name : found).toBe(expected);
});

it('resolves its own paths, so that two spellings of one location are one', () => {
  const realPath = (path: string) => path.replace(/^\/link/, '/real');
  const index = new LocationIndex([location('A', '/real'), location('B', '/link')], 'posix', realPath);
  expect(index.find('/real/x')).toMatchObject({ name: 'B' });
});

it('knows that it is empty', () => {
  expect(new LocationIndex([], 'posix').isEmpty).toBe(true);
  expect(new LocationIndex([location('S', '/s', 'SHARED')], 'posix').isEmpty).toBe(false);
});

it.each<[unknown]>([['REMOTE'], ['local'], [undefined]])(
  'refuses the type %j, which must not pass for LOCAL',
  (locationType) => {
    const unknown = { name: 'Proj', path: '/p', locationType: locationType as LocationType };
    expect(() => new LocationIndex([unknown], 'posix')).toThrow(
      expect.objectContaining({ code: 'InvalidConfig', message: expect.stringContaining('"Proj"') }),
    );
  },
);

it('refuses a relative location', () => {
  expect(() => new LocationIndex([location('P', 'p')], 'posix')).toThrowError(
    expect.objectContaining({ kind: 'InvalidConfig', message: expect.stringContaining('"P"') }),
  );
});
