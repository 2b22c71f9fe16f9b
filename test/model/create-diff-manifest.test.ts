import { expect, it } from 'vitest';
import { hasher, xxh128 } from '../../src/hashing/xxh128.js';
import { diffFiles } from '../../src/model/compare-files.js';
import { composeManifests } from '../../src/model/compose-manifests.js';
import { createDiffManifest } from '../../src/model/create-diff-manifest.js';
import { decodeManifest } from '../../src/model/decode.js';
import { diffManifests } from '../../src/model/diff-result.js';
import { encodeManifest } from '../../src/model/encode.js';
import type { Manifest, ManifestV2025 } from '../../src/model/manifest.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, sorted, v2023 } from '../support/manifests.js';

const parent = snapshot([file('d/a'), file('d/e/b'), file('k')], ['d', 'd/e', 'v'], {
  parentManifestHash: 'old',
});

it('writes marks for what is gone, and the hash of the bytes as read', () => {
  const result = deepFreeze(
    diffManifests(parent, snapshot([file('k', 'kk', 5), link('l', 'k')], ['v', 'n'])),
  );
  // Not canonical: the hash is that of these bytes all the same.
  const bytes = new TextEncoder().encode(`${new TextDecoder().decode(encodeManifest(parent))}\n`);
  const change = createDiffManifest(bytes, result, hasher);
  expect(change).toEqual(
    diff([link('l', 'k'), file('k', 'kk', 5), gone('d/a'), gone('d/e/b')], ['n', gone('d/e'), gone('d')], {
      parentManifestHash: xxh128(bytes),
    }),
  );
  const composed = composeManifests([decodeManifest(bytes) as ManifestV2025, change]);
  expect(sorted(composed)).toEqual(sorted(snapshot([file('k', 'kk', 5), link('l', 'k')], ['n', 'v'])));
});

it.each(['v2025-12', 'v2025-12-04-beta'] as const)(
  'can be stored after a folder was compared: %s',
  (version) => {
    const before = snapshot([file('a'), file('b')], [], { version });
    const found = [
      { path: 'a', size: 2, mtimeNs: 5_000n, hashes: ['cc'] },
      { path: 'c', size: 1, mtimeNs: 1_000n, hashes: ['dd'] },
    ];
    const bytes = encodeManifest(before);
    const change = createDiffManifest(bytes, diffFiles(before, found), hasher);
    expect(change.files).toEqual([file('c', 'dd'), file('a', 'cc', 2, 5), gone('b')]);
    expect(decodeManifest(encodeManifest(change))).toMatchObject({ version, type: 'diff', totalSize: 3 });
  },
);

it.each<[string, Manifest]>([
  ['NOT_REPRESENTABLE', v2023([])],
  ['MANIFEST_TYPE', diff([file('a')])],
])('throws %s', (code, manifest) => {
  const result = diffManifests(parent, parent);
  expect(codeOf(() => createDiffManifest(encodeManifest(manifest), result, hasher))).toBe(code);
});
