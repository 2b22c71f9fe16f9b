/** Mapped and long paths (spec/files-and-submission.md section 9, rows 38 to 40 and 46). */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groupAssetPaths } from '../../src/model/asset-groups.js';
import { attachmentsOf } from '../../src/model/group-attachments.js';
import { LONG_PATH_LENGTH, longPath } from '../../src/model/long-path.js';
import { sessionDirName } from '../../src/model/manifest-names.js';
import { PathMapper, resolveManifestPaths } from '../../src/model/path-mapper.js';
import { localRootOf, type SessionRootsOptions } from '../../src/model/session-roots.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { manifestOf, testStore } from '../support/contents.js';
import { plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-paths');
const shake256 = (bytes: Uint8Array): string =>
  createHash('shake256', { outputLength: 10 }).update(bytes).digest('hex');

it('edge 38: `rootPath` `C:\\x` and `C:/x`: different session directory names', () => {
  const names = ['C:\\x', 'C:/x'].map((root) => sessionDirName(root, shake256));
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^assetroot-[0-9a-f]{20}$/);
  expect(sessionDirName('C:\\projects\\job1', shake256)).toBe('assetroot-573b2c723b0e9a7d9964');
});

it('edge 39: named root below the mapped location, no fallback: AssetSyncError; rule `/mnt/a` does not fit `/mnt/ab`', () => {
  const options: SessionRootsOptions = {
    ...{ sessionDir: '/sessions/1', host: 'posix', shake256 },
    storageProfileRules: new Map([['/mnt/proj', '/worker/proj']]),
  };
  const named = (rootPath: string) =>
    ({ rootPath, rootPathFormat: 'posix', fileSystemLocationName: 'Proj' }) as const;
  expect(localRootOf(named('/mnt/proj'), options)).toBe('/worker/proj');
  expect(() => localRootOf(named('/mnt/proj/job1'), options)).toThrow(
    expect.objectContaining({
      code: 'AssetSyncError',
      message: expect.stringContaining('No path mapping rule found for the source path /mnt/proj/job1'),
    }),
  );
  const rule = { sourcePathFormat: 'posix', sourcePath: '/mnt/a', destinationPath: '/w' } as const;
  const mapper = new PathMapper([rule], 'posix');
  expect([mapper.transform('/mnt/ab'), mapper.transform('/mnt/a/b')]).toEqual(['/mnt/ab', '/w/b']);
});

it('edge 40: a mapped path whose `..` leaves the destination: whoever writes refuses', async () => {
  const base = plantTree(fresh(), []);
  const target = join(base, 'target');
  const rule = { sourcePathFormat: 'posix', sourcePath: '/mnt/a', destinationPath: target } as const;
  const mapper = new PathMapper([rule], 'posix');
  expect(mapper.transform('/mnt/a/d/../../evil')).toBe(`${target}/d/../../evil`);
  const store = testStore();
  const manifest = await manifestOf(store, { good: 'good', 'd/../../evil': 'evil' });
  expect(() => resolveManifestPaths(manifest, '/mnt/a', 'posix', mapper)).toThrow(
    expect.objectContaining({ code: 'PathOutsideRoot' }),
  );
  await expect(downloadManifestContents({ manifest, root: target, store })).rejects.toMatchObject({
    path: 'd/../../evil',
  });
  expect([existsSync(join(base, 'evil')), readdirSync(base)]).toEqual([false, []]);
});

it('edge 46: Windows path of 250, of 251 characters: plain, prefixed for file calls; plain in the payload', () => {
  const ofLength = (length: number): string => `C:\\${'d'.repeat(length - 5)}\\f`;
  const [short, long] = [ofLength(LONG_PATH_LENGTH - 1), ofLength(LONG_PATH_LENGTH)];
  expect([short.length, long.length]).toEqual([250, 251]);
  expect([longPath(short), longPath(long)]).toEqual([short, `\\\\?\\${long}`]);
  const paths = { inputs: [long, `${long}2`], outputs: [], references: [] };
  const { assetGroups } = groupAssetPaths(
    paths,
    (path) => ({ kind: path.startsWith(long) ? 'file' : 'directory' }),
    {
      format: 'windows',
      cwd: 'C:\\',
    },
  );
  const payload = attachmentsOf(assetGroups, {
    format: 'windows',
    fileSystem: 'COPIED',
    manifestOf: () => undefined,
  });
  expect(payload?.manifests.map(({ rootPath }) => rootPath)).toEqual([`C:\\${'d'.repeat(246)}`]);
});
