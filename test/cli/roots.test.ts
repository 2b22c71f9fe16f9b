import { describe, expect, it } from 'vitest';
import { destinationsBelow, destinationsByRule, sourcesByRule } from '../../src/cli/roots.js';
import { xxh128 } from '../../src/hashing/xxh128.js';

const named = (root: string): string => `/m/label-${xxh128(Buffer.from(root))}-2026.manifest`;
const rule = (sourcePath: string, destinationPath: string) => ({
  sourcePathFormat: 'posix' as const,
  sourcePath,
  destinationPath,
});

describe('destinationsByRule', () => {
  it('takes the rule whose hash is in the name, else a directory named after the file', () => {
    const files = [named('/a'), '/m/other'];
    expect(destinationsByRule(files, [rule('/b', '/y'), rule('/a', 'rel')], '/cwd')).toEqual([
      { file: files[0], root: '/cwd/rel', sourcePath: '/a' },
      { file: '/m/other', root: '/cwd/other', sourcePath: '/cwd/other' },
    ]);
  });

  it('refuses one destination for two manifests', () => {
    expect(() => destinationsByRule(['/m/x', '/n/x'], [], '/cwd')).toThrow(
      '/cwd/x is already in use, one destination path maps to one manifest file only.',
    );
  });
});

describe('destinationsBelow', () => {
  it.each([
    [['/m/a'], ['/d']],
    [
      ['/m/a', '/m/b'],
      ['/d/a', '/d/b'],
    ],
  ])('puts %j into %j', (files, roots) => {
    expect(destinationsBelow(files, '/d').map(({ root }) => root)).toEqual(roots);
  });
});

describe('sourcesByRule', () => {
  it('gives every manifest its root', () => {
    expect(sourcesByRule([named('/a')], [rule('/a', '/here')], '/cwd')).toEqual([
      { file: named('/a'), root: '/here', sourcePath: '/a' },
    ]);
  });

  it('refuses a manifest that no rule is for', () => {
    expect(() => sourcesByRule(['/m/x'], [rule('/a', '/a')], '/cwd')).toThrow(
      'No valid root defined for given manifest x',
    );
  });
});
