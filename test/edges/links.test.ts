/** Links that a walk meets (spec/files-and-submission.md section 9, rows 1 to 7). */
import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { ManifestV2025, SymlinkPolicy } from '../../src/model/manifest.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { testStore } from '../support/contents.js';
import { filesIn, manifestIn, paths, referring, warnings } from '../support/edge-cases.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-links');
const file = (path: string, content: string): DiskNode => ({ path, type: 'file', content });

it('edge 01: link to itself, two links to each other: broken, left out with a warning, no hang', async () => {
  const root = plantTree(fresh(), [
    ...files('a'),
    link('self', 'self'),
    link('one', 'two'),
    link('two', 'one'),
  ]);
  for (const symlinks of ['collapse_files', 'collapse_all'] as const) {
    const { log, said } = warnings();
    expect(paths(await createManifest({ root, symlinks, log }))).toEqual(['a']);
    expect(said.sort()).toEqual(
      ['one', 'self', 'two'].map((name) => `"${name}" is left out: the link is broken`),
    );
  }
});

it('edge 02: directory link to a parent under collapse_all: not entered, the walk ends', async () => {
  const root = plantTree(fresh(), [...files('d/e/a'), link('d/e/up', '..'), link('d/root', '..')]);
  const { log, said } = warnings();
  expect(paths(await createManifest({ root, symlinks: 'collapse_all', log }))).toEqual(['d/e/a']);
  expect(said.sort()).toEqual([
    '"d/e/up" is left out: the link leads back to a directory above it',
    '"d/root" is left out: the link leads back to a directory above it',
  ]);
});

/** What each policy makes of the links of `root`: what is a link in the manifest, and what is a file. */
async function kept(root: string, symlinks: SymlinkPolicy) {
  const manifest = (await createManifest({ root, symlinks, version: 'v2025-12' })) as ManifestV2025;
  const isLink = ({ symlinkTarget }: { symlinkTarget?: string }): boolean => symlinkTarget !== undefined;
  return {
    links: paths({ ...manifest, files: manifest.files.filter(isLink) }),
    files: paths({ ...manifest, files: manifest.files.filter((entry) => !isLink(entry)) }),
  };
}

it('edge 03: a link that leaves the root and comes back by its name is escaping', async () => {
  const root = plantTree(fresh(), files('x/a'));
  symlinkSync(`../${basename(root)}/x/a`, join(root, 'l'));
  symlinkSync('x/a', join(root, 'inside'));
  expect(await kept(root, 'preserve')).toEqual({ links: ['inside'], files: ['x/a'] });
  expect(await kept(root, 'collapse_escaping')).toEqual({ links: ['inside'], files: ['l', 'x/a'] });
  expect(await kept(root, 'exclude_escaping')).toEqual({ links: ['inside'], files: ['x/a'] });
});

it('edge 04: a link whose target inside is a link to the outside is escaping', async () => {
  const base = plantTree(fresh(), [
    file('outside', 'o'),
    link('root/l', 'm'),
    link('root/m', '../outside'),
    ...files('root/a'),
  ]);
  const root = join(base, 'root');
  expect(await kept(root, 'preserve')).toEqual({ links: [], files: ['a'] });
  expect(await kept(root, 'collapse_escaping')).toEqual({ links: [], files: ['a', 'l', 'm'] });
});

it('edge 05: a file link that points outside: its content is submitted under its own path', async () => {
  const base = plantTree(fresh(), [
    file('outside/secret', 'content'),
    link('root/d/l', '../../outside/secret'),
  ]);
  const store = testStore();
  const { manifestKey } = await submitTree({ root: join(base, 'root'), store });
  const manifest = await manifestIn(store, manifestKey);
  const hash = xxh128(Buffer.from('content'));
  expect(manifest).toMatchObject({ paths: [{ path: 'd/l', size: 7, hash }] });
  expect((await store.inner.getObject('bucket', store.cas.key(hash))).data).toEqual(
    new Uint8Array(Buffer.from('content')),
  );
});

it('edge 06: an input directory that holds a linked directory: its files are not included, with a warning', async () => {
  const base = plantTree(fresh(), [...files('other/b', 'in/a'), link('in/ld', '../other')]);
  const { log, said } = warnings();
  const request = referring({ inputDirectories: [join(base, 'in')] }, { log });
  const { manifestKeys } = await submitBundleAttachments(request);
  expect(await filesIn(request.store, manifestKeys[0])).toEqual({ a: 0 });
  expect(said).toEqual(['"ld" is left out: the link leads to a directory, which is not entered']);
});

it('edge 07: a file below a linked directory, named explicitly: included, its path not resolved', async () => {
  const base = plantTree(fresh(), [...files('real/b', 'in/a'), link('in/ld', '../real')]);
  const request = referring({ inputFilenames: [join(base, 'in/a'), join(base, 'in/ld/b')] });
  const { manifestKeys, groups } = await submitBundleAttachments(request);
  expect(groups.assetGroups).toMatchObject([{ rootPath: join(base, 'in') }]);
  expect(await filesIn(request.store, manifestKeys[0])).toEqual({ a: 0, 'ld/b': 0 });
});
