/** Names, times and sizes of files (spec/files-and-submission.md section 9, rows 12 to 15 and 17). */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { ManifestV2023, ManifestV2025 } from '../../src/model/manifest.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { filesBelow } from '../support/cli.js';
import { testStore } from '../support/contents.js';
import { filesIn, keysIn, manifestIn } from '../support/edge-cases.js';
import { files, plantTree, setMtimeNs } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-names');

it.each([
  [
    'edge 12: a name with a newline, an emoji, 255 bytes: kept exactly',
    ['two\nlines', '\u{1f600}', 'x'.repeat(255), '\u20ac'.repeat(85)],
  ],
  ['edge 14: NFC and NFD twins in one folder: two entries', ['caf\u00e9', 'cafe\u0301']],
])('%s', async (_row, names) => {
  const root = plantTree(
    fresh(),
    names.map((path) => ({ path, type: 'file', content: `of ${path}` })),
  );
  const store = testStore();
  const { manifestKey } = await submitTree({ root, store });
  expect(Object.keys(await filesIn(store, manifestKey)).sort()).toEqual([...names].sort());
  const target = plantTree(fresh(), []);
  await downloadManifestContents({ manifest: await manifestIn(store, manifestKey), root: target, store });
  expect(filesBelow(target)).toEqual(filesBelow(root));
});

it('edge 13: a name that is not UTF-8: InvalidPath and nothing uploaded; left out by a filter, it is ignored', async () => {
  const root = plantTree(fresh(), files('ok', 'd/ok'));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/d/bad`), Buffer.of(0xff), Buffer.from('.tmp')]), 'x');
  const store = testStore();
  const refused = submitTree({ root, store });
  await expect(refused).rejects.toMatchObject({ code: 'InvalidPath', path: `${root}/d/bad\\xff.tmp` });
  expect(await keysIn(store)).toEqual([]);
  const { manifestKey } = await submitTree({ root, store, filter: new GlobFilter({ exclude: '**/*.tmp' }) });
  expect(await filesIn(store, manifestKey)).toEqual({ 'd/ok': 0, ok: 0 });
});

it('edge 15: mtime in 1969, mtime with 999 ns: floored to microseconds', async () => {
  const root = plantTree(fresh(), files('in 1969', 'just before', 'ns'));
  setMtimeNs(join(root, 'in 1969'), -31_536_000_000_000_001n);
  setMtimeNs(join(root, 'just before'), -1n);
  setMtimeNs(join(root, 'ns'), 1_700_000_000_000_000_999n);
  const { paths } = (await createManifest({ root })) as ManifestV2023;
  expect(paths.map(({ path, mtime }) => [path, mtime])).toEqual([
    ['in 1969', -31_536_000_000_001],
    ['just before', -1],
    ['ns', 1_700_000_000_000_000],
  ]);
});

it('edge 17: exactly 256 MiB, and one byte more (2025 draft): one hash, two chunk hashes', async () => {
  const root = plantTree(fresh(), files('exact', 'more'));
  truncateSync(join(root, 'exact'), 268_435_456);
  truncateSync(join(root, 'more'), 268_435_457);
  const made = (await createManifest({ root, version: 'v2025-12-04-beta' })) as ManifestV2025;
  const [exact, more] = made.files;
  expect(exact).toMatchObject({ path: 'exact', hash: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(exact).not.toHaveProperty('chunkhashes');
  expect(more).toMatchObject({
    path: 'more',
    chunkhashes: [exact?.hash, expect.stringMatching(/^[0-9a-f]{32}$/)],
  });
  expect(more).not.toHaveProperty('hash');
});
