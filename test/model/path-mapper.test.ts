import { describe, expect, it } from 'vitest';
import { PathMapper, resolveManifestPaths } from '../../src/model/path-mapper.js';
import { v2023, v2025 } from '../support/contents.js';

const rule = (
  sourcePath: string,
  destinationPath: string,
  sourcePathFormat: 'posix' | 'windows' = 'posix',
) => ({
  ...{ sourcePath, destinationPath, sourcePathFormat },
});
const file = (path: string) => ({ path, size: 1, hash: '0'.repeat(32), mtime: 1 });

describe('PathMapper', () => {
  it('takes the last of rules with one source, whatever its spelling', () => {
    const mapper = new PathMapper(
      [rule('C:\\a', '/one', 'windows'), rule('c:/A/', '/two', 'windows')],
      'posix',
    );
    expect(mapper.transform('C:\\A\\b')).toBe('/two/b');
  });

  it.each([
    ['/x/', '/x/b'],
    ['/', '/b'],
    ['/x/./y', '/x/y/b'],
  ])('joins to the destination %s', (destination, expected) => {
    expect(new PathMapper([rule('/a', destination)], 'posix').transform('/a/b')).toBe(expected);
  });

  it('joins to a drive and a share', () => {
    expect(new PathMapper([rule('/a', 'X:\\')], 'windows').transform('/a/b')).toBe('X:\\b');
    expect(new PathMapper([rule('/a', '//s/h')], 'windows').transform('/a/b')).toBe('\\\\s\\h\\b');
  });

  it('keeps the text where no rule fits, and says which path it was', () => {
    const mapper = new PathMapper([rule('/a', '/x')], 'posix');
    expect(mapper.find('/ab')).toBeUndefined();
    expect(mapper.transform('/ab//c/')).toBe('/ab//c/');
    expect(() => mapper.strictTransform('/ab')).toThrowError(
      expect.objectContaining({ kind: 'InvalidPath', path: '/ab' }),
    );
  });

  it('refuses an empty source, which would fit everything', () => {
    expect(() => new PathMapper([rule('', '/x')], 'posix')).toThrowError(
      expect.objectContaining({ kind: 'InvalidConfig' }),
    );
  });
});

describe('resolveManifestPaths', () => {
  const mapper = new PathMapper(
    [rule('Z:\\p\\a', '/m/a', 'windows'), rule('Z:\\p\\b', '/m/b', 'windows')],
    'posix',
  );

  it('collects what no rule fits', () => {
    const found = resolveManifestPaths(v2023(['A/x', 'b', 'c/y'].map(file)), 'Z:\\p', 'windows', mapper);
    expect([...found.resolved]).toEqual([
      ['A/x', '/m/a/x'],
      ['b', '/m/b'],
    ]);
    expect(found.unmapped).toEqual(['c/y']);
  });

  it('takes the files of a 2025 manifest, and refuses one that leaves the root', () => {
    const found = resolveManifestPaths(v2025([file('a/x')]), 'Z:\\p', 'windows', mapper);
    expect(found.resolved.get('a/x')).toBe('/m/a/x');
    expect(() => resolveManifestPaths(v2023([file('../a')]), 'Z:\\p', 'windows', mapper)).toThrowError(
      expect.objectContaining({ kind: 'PathOutsideRoot' }),
    );
  });
});
