/** Whatever a tree holds, it comes back the same elsewhere, as far as the manifest's format can say it. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import type { ManifestVersion } from '../../src/model/manifest.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { openStore } from '../../src/presets/open-store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { verifyManifest } from '../../src/presets/verify-manifest.js';
import { describeTree, makeTree, randomTree } from '../support/random-tree.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('round-trip');

it.each<[ManifestVersion, { modes: boolean; structure: boolean }, object]>([
  ['v2023-03-03', { modes: false, structure: false }, { symlinks: 'exclude_all' }],
  ['v2025-12-04-beta', { modes: true, structure: true }, { symlinks: 'preserve' }],
  ['v2025-12', { modes: true, structure: true }, { symlinks: 'preserve', chunkSizeBytes: 1000 }],
])('%s', async (manifestVersion, keep, options) => {
  const before = process.umask(0o022);
  try {
    await fc.assert(
      fc.asyncProperty(randomTree, async (tree) => {
        const place = mkdtempSync(join(base, 'tree-'));
        const root = join(place, 'source');
        makeTree(root, tree);
        const store = await openStore(join(place, 'store'));
        const { manifestKey = '', uploadStats } = await submitTree({
          root,
          store,
          manifestVersion,
          ...options,
        });
        expect(uploadStats.totalFiles).toBe(tree.files.length);
        const manifest = decodeManifest(
          readFileSync(join(place, 'store', manifestKey.slice(store.location.rootPrefix.length + 1))),
        );
        expect(await verifyManifest({ manifest, store })).toMatchObject({ missing: [], wrongSize: [] });
        const target = join(place, 'target');
        const stats = await downloadManifestContents({ manifest, root: target, store });
        expect(stats).toMatchObject({ processedFiles: tree.files.length, skippedFiles: 0 });
        expect(describeTree(target, keep)).toEqual(describeTree(root, keep));
      }),
      { numRuns: 25 },
    );
  } finally {
    process.umask(before);
  }
});
