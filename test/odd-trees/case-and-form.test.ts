/** Names that differ only in case, or only in how Unicode spells them: each is its own file, all the way. */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { ManifestVersion } from '../../src/model/manifest.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { testStore } from '../support/contents.js';
import { filesIn, manifestIn, paths, referring } from '../support/edge-cases.js';
import { plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('case-and-form');
const hashPool = createHashPool(); // one for all runs: starting threads takes longer than these trees
afterAll(() => hashPool.close());

const TWINS: readonly (readonly [string, readonly string[]])[] = [
  ['case', ['Readme', 'README', 'readme']],
  ['case beyond ASCII', ['\u00c4', '\u00e4', '\u0130', 'i', 'I', '\u0131', '\u1e9e', '\u00df', 'SS', 'ss']],
  [
    'NFC and NFD',
    ['caf\u00e9', 'cafe\u0301', '\uac00', '\u1100\u1161', '\u1e9b\u0323', '\u017f\u0323\u0307'],
  ],
  ['compatibility forms', ['K', '\u212a', '\ufb01', 'fi', '\u2460', '1', '\uff21', 'A']],
  ['invisible characters', ['a', 'a\u200b', 'a\u200d', 'a\ufeff', 'a\u00ad', '\u202ea']],
];

function planted(names: readonly string[]): string {
  const nodes = names.flatMap((name) => [name, `d-${name}/${name}`]);
  return plantTree(
    fresh(),
    nodes.map((path) => ({ path, type: 'file', content: Buffer.from(path).toString('hex') })),
  );
}

const byBytes = (names: readonly string[]): string[] =>
  names.map((name) => Buffer.from(name).toString('hex')).sort();

it.each(
  TWINS.flatMap(([what, names]) =>
    (['v2023-03-03', 'v2025-12'] satisfies ManifestVersion[]).map(
      (version) => [what, version, names] as const,
    ),
  ),
)('%s comes back as it was (%s)', async (_what, manifestVersion, names) => {
  const root = planted(names);
  const store = testStore();
  const { manifestKey } = await submitTree({ root, store, manifestVersion, hashPool });
  const manifest = await manifestIn(store, manifestKey);
  expect(paths(manifest)).toHaveLength(2 * names.length);
  const target = plantTree(fresh(), []);
  await downloadManifestContents({ manifest, root: target, store, hashPool });
  expect(byBytes(readdirSync(target))).toEqual(byBytes(names.flatMap((name) => [name, `d-${name}`])));
  for (const path of paths(manifest)) {
    expect(readFileSync(join(target, path), 'utf8')).toBe(Buffer.from(path).toString('hex'));
  }
  const { added, modified, deleted } = await diffDirectory({
    root: target,
    manifest,
    forceRehash: true,
    hashPool,
  });
  expect([added, modified, deleted]).toEqual([[], [], []]);
});

it.each(TWINS)('%s: a job that names one of them takes that one', async (_what, names) => {
  const root = planted(names);
  for (const name of names) {
    const request = referring({ inputFilenames: [join(root, name)] }, { hashPool });
    const { manifestKeys } = await submitBundleAttachments(request);
    expect(byBytes(Object.keys(await filesIn(request.store, manifestKeys[0])))).toEqual(byBytes([name]));
    const filter = new GlobFilter({ include: name });
    expect(byBytes(paths(await createManifest({ root, filter, hashPool })))).toEqual(byBytes([name]));
  }
});

it.each([
  ['case', 'scene.MA', 'scene.ma'],
  ['spelling', 'caf\u00e9', 'cafe\u0301'],
])('a change of %s alone is deleted plus new', async (_what, before, after) => {
  const root = plantTree(fresh(), [{ path: before, type: 'file', content: 'same' }]);
  const manifest = await createManifest({ root, hashPool });
  if (!manifest) throw new Error('nothing was selected');
  renameSync(join(root, before), join(root, after));
  const { added, deleted, modified } = await diffDirectory({ root, manifest, hashPool });
  expect([added, deleted, modified].map((list) => list.map(({ path }) => path))).toEqual([
    [after],
    [before],
    [],
  ]);
});
