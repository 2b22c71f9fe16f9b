import { describe, expect, it } from 'vitest';
import {
  AssetGrouping,
  type AssetGroupingOptions,
  type AssetPaths,
  groupAssetPaths,
  type InputFacts,
} from '../../src/model/asset-groups.js';
import type { FileSystemLocation } from '../../src/model/storage-profile.js';

const paths = (inputs: string[], outputs: string[] = [], references: string[] = []): AssetPaths => ({
  ...{ inputs, outputs, references },
});
const group = (
  given: AssetPaths,
  kinds: Record<string, InputFacts['kind']>,
  more: Partial<AssetGroupingOptions> = {},
) =>
  groupAssetPaths(given, (path) => ({ kind: kinds[path] ?? 'missing', size: 2 }), {
    ...{ format: 'posix', cwd: '/w' },
    ...more,
  });
const roots = (given: ReturnType<typeof group>) =>
  given.assetGroups.map(({ rootPath, fileSystemLocationName }) => [rootPath, fileSystemLocationName]);

describe('special files', () => {
  it('are named when paths must exist, and skipped with a warning when not', () => {
    const kinds = { '/a/fifo': 'special', '/a/dir': 'directory', '/a/x': 'file' } as const;
    const warnings: string[] = [];
    expect(() =>
      group(paths(['/a/fifo', '/a/gone', '/a/dir']), kinds, { requirePathsExist: true }),
    ).toThrowError(
      expect.objectContaining({
        ...{ notRegular: ['/a/fifo'], missing: ['/a/gone'], directories: ['/a/dir'] },
        message: expect.stringMatching(
          /Missing.*\t\/a\/gone\nDirectories.*\t\/a\/dir\nNot regular files:\n\t\/a\/fifo$/s,
        ),
      }),
    );
    const found = group(paths(['/a/fifo', '/a/x']), kinds, { onWarning: (text) => warnings.push(text) });
    expect(found.assetGroups[0]?.inputs).toEqual(new Set(['/a/x']));
    expect(warnings).toEqual([expect.stringContaining("'/a/fifo'")]);
  });
});

it('warns of a missing input in the words of the library, as given and absolute', () => {
  const warnings: string[] = [];
  group(paths(['../gone']), {}, { onWarning: (text) => warnings.push(text) });
  expect(warnings).toEqual([
    "Input path '../gone' resolving to '/gone' does not exist. Adding to referenced paths.",
  ]);
});

it('counts a path once, however often and however it is spelled', () => {
  const found = group(paths(['/a/x', '/a/./x', '/a/y']), { '/a/x': 'file', '/a/y': 'file' });
  expect([found.totalInputFiles, found.totalInputBytes]).toEqual([2, 4]);
});

it('collapses spellings that differ in case on Windows, and keeps the first', () => {
  const factsOf = (): InputFacts => ({ kind: 'file', size: 1 });
  const found = groupAssetPaths(paths(['C:\\a\\x', 'c:\\A\\X']), factsOf, { format: 'windows', cwd: 'C:\\' });
  expect(found).toMatchObject({ totalInputFiles: 1, assetGroups: [{ inputs: new Set(['C:\\a\\x']) }] });
});

it('does not ask for the real path of anything without locations', () => {
  const realPath = (): string => {
    throw new Error('asked');
  };
  expect(roots(group(paths(['/a/x']), { '/a/x': 'file' }, { realPath }))).toEqual([['/a', undefined]]);
});

describe('groups', () => {
  const local = (name: string, path: string): FileSystemLocation => ({ name, path, locationType: 'LOCAL' });

  it('are sorted by root as text, then by name', () => {
    const locations = [local('B', '/b'), local('A', '/a b'), local('Z', '/a')];
    const found = group(paths([], ['/b/o', '/a b/o', '/a/o', '/c/o']), {}, { locations });
    expect(roots(found)).toEqual([
      ...[
        ['/a b/o', 'A'],
        ['/a/o', 'Z'],
        ['/b/o', 'B'],
        ['/c/o', undefined],
      ],
    ]);
  });

  it('take the directory of a root that is a file, also where other paths lie below that name', () => {
    const found = group(paths([], [], ['/x/f/a', '/x/f/b']), { '/x/f': 'file' });
    expect(roots(found)).toEqual([['/x', undefined]]);
  });

  it('of two locations with one name stay apart', () => {
    const locations = [local('P', '/p'), local('P', '/q')];
    expect(roots(group(paths([], ['/p/o', '/q/o']), {}, { locations }))).toEqual([
      ['/p/o', 'P'],
      ['/q/o', 'P'],
    ]);
  });

  it('are as the example of the specification says', () => {
    const locations = [
      local('Proj', '/mnt/proj'),
      { ...local('Lib', '/mnt/lib'), locationType: 'SHARED' as const },
    ];
    const inputs = ['/mnt/proj/j1/s.ma', '/mnt/proj/j1/tex/a.png', '/mnt/lib/h.exr', '/home/u/n.txt'];
    const kinds = Object.fromEntries(inputs.map((path) => [path, 'file' as const]));
    const found = group(paths(inputs, ['/mnt/proj/j1/out'], ['/home/u/cache']), kinds, { locations });
    expect(found.assetGroups).toMatchObject([
      { rootPath: '/home/u', inputs: { size: 1 }, references: { size: 1 } },
      { rootPath: '/mnt/proj/j1', fileSystemLocationName: 'Proj', inputs: { size: 2 }, outputs: { size: 1 } },
    ]);
  });
});

describe('AssetGrouping', () => {
  it('reports every bad input at once, each once and sorted', () => {
    const grouping = new AssetGrouping({ format: 'posix', cwd: '/', requirePathsExist: true });
    for (const path of ['/z', '/a', '/z', '/B']) grouping.addInput(path, { kind: 'missing' });
    expect(() => grouping.finish(() => false)).toThrowError(
      expect.objectContaining({ code: 'MisconfiguredInputsError', missing: ['/B', '/a', '/z'] }),
    );
  });

  it('drops empty paths of every role', () => {
    const grouping = new AssetGrouping({ format: 'posix', cwd: '/' });
    grouping.addInput('', { kind: 'missing' });
    grouping.addOutput('');
    grouping.addReference('');
    expect(grouping.finish(() => false)).toEqual({ assetGroups: [], totalInputFiles: 0, totalInputBytes: 0 });
  });

  it('asks about the root of each group once', () => {
    const asked: string[] = [];
    const grouping = new AssetGrouping({ format: 'windows', cwd: 'C:\\' });
    for (const path of ['C:\\a\\x', 'C:\\a\\y', 'D:\\z']) grouping.addOutput(path);
    grouping.finish((path) => asked.push(path) === 0);
    expect(asked).toEqual(['C:\\a', 'D:\\z']);
  });
});

it('names the roots that may be files before it asks about them', () => {
  const locations: FileSystemLocation[] = [{ name: 'L', path: '/l', locationType: 'LOCAL' }];
  const grouping = new AssetGrouping({ format: 'posix', cwd: '/w', locations });
  for (const path of ['/a/x', '/a/d/y', '/l/z']) grouping.addInput(path, { kind: 'file' });
  expect(grouping.roots().sort()).toEqual(['/a', '/l/z']);
  const { assetGroups } = grouping.finish((root) => root === '/l/z');
  expect(assetGroups.map(({ rootPath }) => rootPath)).toEqual(['/a', '/l']);
});
