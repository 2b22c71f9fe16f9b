import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManifestError } from '../../src/model/errors.js';
import {
  checkContained,
  type HostPaths,
  isAbsolutePath,
  isBelow,
  normalizePath,
  parentPaths,
} from '../../src/model/paths.js';

const segment = fc.constantFrom(
  'a',
  'b c',
  '.',
  '..',
  '...',
  '',
  'C:',
  'x',
  '..a',
  '$0',
  '~',
  'é',
  '.. ',
  '\\',
);
const path = fc
  .tuple(fc.constantFrom('', '/', '//', '///', 'C:/', '\\'), fc.array(segment, { maxLength: 6 }))
  .map(([lead, segments]) => lead + segments.join('/'));

describe('normalizePath', () => {
  it('is idempotent and leaves no empty or dot segment', () => {
    fc.assert(
      fc.property(path, (text) => {
        const normal = normalizePath(text);
        expect(normalizePath(normal)).toBe(normal);
        const inner = normal.replace(/^\/{1,2}/, '');
        if (inner !== '' && normal !== '.') expect(inner.split('/')).not.toContain('');
        if (normal !== '.') expect(inner.split('/')).not.toContain('.');
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with node:path but for the trailing and the second leading slash', () => {
    fc.assert(
      fc.property(path, (text) => {
        const node = posix.normalize(text).replace(/(.)\/$/, '$1');
        expect(normalizePath(text).replace(/^\/\//, '/')).toBe(node);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('checkContained', () => {
  const roots: [HostPaths, string, typeof posix][] = [
    ['posix', '/root/job', posix],
    ['windows', 'D:\\root\\job', win32],
  ];

  it.each(roots)('lets no path leave its root on %s', (host, root, library) => {
    fc.assert(
      fc.property(
        fc.oneof(path, fc.string({ unit: fc.constantFrom('.', '/', '\\', ':', 'C', ' ', '\0') })),
        (text) => {
          try {
            checkContained(text, host);
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_PATH', path: text });
            return;
          }
          const resolved = library.resolve(root, text);
          expect(resolved.startsWith(root + library.sep)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each(['a\\..\\b', '..\\x', 'C:x', 'c:', 'a\\\\b', 'a\\', '\\', 'a/.. /b', 'a/...'])(
    'refuses %j on Windows only',
    (text) => {
      expect(() => checkContained(text, 'windows')).toThrowError(ManifestError);
      if (!text.startsWith('\\')) expect(checkContained(text, 'posix')).toBe(text);
    },
  );

  it.each(['T:12', 'a:b', './a', 'a/./b', '$0/x', '..a/b', '...'])('accepts %j on POSIX hosts', (text) => {
    expect(checkContained(text, 'posix')).toBe(text);
  });

  it('cuts long paths in its message and keeps them whole in the error', () => {
    const long = `${'x'.repeat(5000)}/..`;
    const failure = (): string => checkContained(long, 'posix');
    expect(failure).toThrowError(expect.objectContaining({ path: long }));
    expect(failure).toThrowError(/^.{0,400}$/);
  });
});

describe('parents', () => {
  it.each([
    ['a', []],
    ['a/b/c', ['a/b', 'a']],
    ['/a', []],
    ['/a/b', ['/a']],
    ['C:/a', ['C:']],
    ['//srv/s/f', ['//srv/s', '//srv', '/']],
  ])('of %j', (text, parents) => {
    expect(parentPaths(text)).toEqual(parents);
  });

  it.each([
    ['a/tx', 'a/t', false],
    ['a/t', 'a/t', false],
    ['a/t/x', 'a/t', true],
    ['/a', '/', true],
    ['/', '/', false],
  ])('isBelow(%j, %j) is %j', (text, dir, expected) => {
    expect(isBelow(text, dir)).toBe(expected);
  });

  it.each([
    ['/a', true],
    ['//a', true],
    ['C:/a', true],
    ['c:', true],
    ['C:a', false],
    ['\\a', false],
    ['a', false],
  ])('isAbsolutePath(%j) is %j', (text, expected) => {
    expect(isAbsolutePath(text)).toBe(expected);
  });
});
