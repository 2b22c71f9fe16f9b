/** Asset groups against the golden data: on a real tree, and of a described Windows host. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type AssetPaths, groupAssetPaths } from '../../src/model/asset-groups.js';
import { hostPathKey } from '../../src/model/host-path-order.js';
import { type FileSystemLocation, readStorageProfile } from '../../src/model/storage-profile.js';
import { golden, goldenDocument } from '../support/golden.js';
import { factsOnDisk, filledIn, listedGroups, realPathOnDisk } from '../support/submission-facts.js';
import { tempDir } from '../support/temp-dir.js';
import { type DiskNode, plantTree } from '../support/tree-on-disk.js';

interface Group {
  readonly rootPath: string;
}
interface GroupCase extends AssetPaths {
  readonly requirePathsExist: boolean;
  readonly locations?: readonly object[];
  readonly cwd?: string;
  readonly resolveLocationSymlinks?: boolean;
  readonly expected?: {
    readonly groups: readonly Group[];
    readonly totalInputFiles?: number;
    readonly totalInputBytes?: number;
  };
  readonly error?: { readonly type: string; readonly message: string };
}

function locationsOf(locations: readonly object[] = []): readonly FileSystemLocation[] {
  return readStorageProfile({ fileSystemLocations: locations }).locations;
}

function pathsOf({ inputs, outputs, references }: AssetPaths): AssetPaths {
  return { inputs, outputs, references };
}

let planted: string | undefined;
goldenDocument<{ tree: readonly DiskNode[] }>('submission/grouping-posix.json', ({ tree }) => {
  expect(tree.filter(({ type }) => type === 'symlink')).toHaveLength(4);
});

golden<GroupCase, { tree: readonly DiskNode[] }>('submission/grouping-posix.json', (c, { tree }) => {
  planted ??= plantTree(join(realpathSync(tempDir('grouping')), 'tree'), tree);
  const root = planted;
  const { requirePathsExist, resolveLocationSymlinks = true } = c;
  const cwd = filledIn(c.cwd, root) ?? root;
  const [expected, error] = [filledIn(c.expected, root), filledIn(c.error, root)];
  const locations = locationsOf(filledIn(c.locations, root));
  const paths = filledIn(pathsOf(c), root);
  const group = () =>
    groupAssetPaths(paths, factsOnDisk, {
      format: 'posix',
      cwd,
      requirePathsExist,
      locations,
      ...(resolveLocationSymlinks && { realPath: realPathOnDisk }),
    });
  if (error) {
    expect(group).toThrowError(expect.objectContaining({ code: error.type, message: error.message }));
    return;
  }
  const { totalInputFiles, totalInputBytes } = group();
  expect({ groups: listedGroups(group()), totalInputFiles, totalInputBytes }).toEqual(expected);
});

interface WindowsCase extends GroupCase {
  readonly cwd: string;
  readonly existingFiles: readonly string[];
  readonly existingDirectories: readonly string[];
  readonly compareRootPath?: 'caseInsensitive';
}

golden<WindowsCase>('submission/grouping-windows.json', (c) => {
  const keys = (paths: readonly string[]) => new Set(paths.map((path) => hostPathKey(path, 'windows')));
  const [files, directories] = [keys(c.existingFiles), keys(c.existingDirectories)];
  const factsOf = (path: string) => {
    const key = hostPathKey(path, 'windows');
    return { kind: files.has(key) ? 'file' : directories.has(key) ? 'directory' : 'missing' } as const;
  };
  const { cwd, requirePathsExist } = c;
  const locations = locationsOf(c.locations);
  const group = () =>
    groupAssetPaths(pathsOf(c), factsOf, { format: 'windows', cwd, requirePathsExist, locations });
  const { error, expected } = c;
  if (error) {
    expect(group).toThrowError(expect.objectContaining({ code: error.type, message: error.message }));
    return;
  }
  const rootKey = (path: string) => (c.compareRootPath === undefined ? path : path.toLowerCase());
  const withKeys = (groups: readonly Group[]) =>
    groups.map((one) => ({ ...one, rootPath: rootKey(one.rootPath) }));
  expect(withKeys(listedGroups(group()) as Group[])).toEqual(withKeys(expected?.groups ?? []));
});
