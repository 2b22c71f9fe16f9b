/** Times that a manifest cannot hold: an error that names the file, never some other year. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { heldNanoseconds } from '../../src/model/file-item.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { submitTree, submitTrees } from '../../src/presets/submit-tree.js';
import { testStore } from '../support/contents.js';
import { keysIn, referring } from '../support/edge-cases.js';
import { plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('late-times');
const SECOND = 1_000_000_000n;
const VERSIONS = ['v2023-03-03', 'v2025-12-04-beta', 'v2025-12'] as const;
/** The last microsecond that a double holds exactly is in 2255, the last nanosecond of 64 bits in 2262. */
const [Y2257, Y2400] = [9_061_027_200n * SECOND, 13_569_465_600n * SECOND];

const treeAt = (mtimeNs: bigint): string =>
  plantTree(fresh(), [{ path: 'late.txt', type: 'file', content: 'late', mtimeNs: String(mtimeNs) }]);

it.each([Y2257, Y2400])('a file of %d ns is refused with its name', async (mtimeNs) => {
  const root = treeAt(mtimeNs);
  const store = testStore();
  const hashCache = memoryHashCache();
  const refusal = { code: 'UNSAFE_INTEGER', path: 'late.txt' };
  for (const run of [
    () => submitTree({ root, store, hashCache }),
    () => submitTree({ root, store, hashCache }), // the cache may know the digest by now
    () => submitTrees({ paths: [join(root, 'late.txt')], store }),
    () => submitBundleAttachments(referring({ inputDirectories: [root] }, { store })),
  ])
    await expect(run()).rejects.toMatchObject(refusal);
  expect((await keysIn(store)).filter((key) => key.includes('Manifests'))).toEqual([]);
  for (const version of VERSIONS)
    await expect(createManifest({ root, version })).rejects.toMatchObject(refusal);
});

it.each([-(2n ** 63n) - 1n, 2n ** 63n])(
  '%d ns, which 64 bits do not hold, is no time of a manifest',
  (ns) => {
    expect(heldNanoseconds(ns)).toBe(2n ** 63n - 1n);
  },
);

it.each([-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n])('%d ns are held', (ns) => {
  expect(heldNanoseconds(ns)).toBe(ns);
});

it('a file of the last second that can be held is submitted', async () => {
  const store = testStore();
  const { manifestKey } = await submitTree({ root: treeAt(9_007_199_254n * SECOND), store });
  expect(manifestKey).toBeDefined();
});
