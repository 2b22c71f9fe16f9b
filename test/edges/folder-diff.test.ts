/** A folder against its manifest (spec/files-and-submission.md section 9, rows 23 to 25). */
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import { Sandbox } from '../support/cli.js';
import { files, plantTree, setMtimeNs } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-folder-diff');
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

async function changed(root: string, manifest: ManifestV2023, more: object = {}): Promise<string[]> {
  const { added, modified, deleted } = await diffDirectory({ root, manifest, ...more });
  return [...added, ...modified, ...deleted].map(({ path }) => path);
}

it('edge 23: mtime off by 1 µs, by 2 µs, same size: unchanged, modified', async () => {
  const root = plantTree(fresh(), files('a'));
  const manifest = (await createManifest({ root })) as ManifestV2023;
  const shift = async (us: bigint): Promise<string[]> => {
    setMtimeNs(join(root, 'a'), 1_700_000_000_000_000_000n + us * 1000n);
    return changed(root, manifest);
  };
  expect([await shift(-1n), await shift(1n)]).toEqual([[], []]);
  expect([await shift(-2n), await shift(2n)]).toEqual([['a'], ['a']]);
});

it('edge 24: same size and time, other content: unchanged when fast, modified by hash', async () => {
  const root = plantTree(fresh(), [{ path: 'a', type: 'file', content: 'one' }]);
  const manifest = (await createManifest({ root })) as ManifestV2023;
  writeFileSync(join(root, 'a'), 'two');
  utimesSync(join(root, 'a'), 0, 1_700_000_000);
  expect(await changed(root, manifest)).toEqual([]);
  expect(await changed(root, manifest, { forceRehash: true })).toEqual(['a']);
});

it('edge 25: filtered diff, entry left out by the filter: not reported with `both`, deleted for the command', async () => {
  const root = plantTree(fresh(), files('keep', 'x.tmp'));
  const manifest = (await createManifest({ root })) as ManifestV2023;
  const filter = new GlobFilter({ exclude: '*.tmp' });
  expect(await changed(root, manifest, { filter })).toEqual([]);
  expect(await changed(root, manifest, { filter, filterScope: 'disk' })).toEqual(['x.tmp']);
  const tree = sandbox.tree('tree', { keep: 'k', 'x.tmp': 'x' });
  const written = sandbox.tree('written', {});
  await sandbox.run(['manifest', 'snapshot', '--root', tree, '--destination', written]);
  const file = join(written, readdirSync(written)[0] ?? '');
  const compare = ['manifest', 'diff', '--root', tree, '--manifest', file, '--json', '-e', '*.tmp'];
  expect(JSON.parse((await sandbox.run(compare)).stdout)).toMatchObject({
    new: [],
    modified: [],
    deleted: ['x.tmp'],
  });
  rmSync(tree, { recursive: true });
});
