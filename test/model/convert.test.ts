import fc from 'fast-check';
import { expect, it } from 'vitest';
import { convertManifest } from '../../src/model/convert.js';
import type { Manifest, ManifestV2025, ManifestVersion } from '../../src/model/manifest.js';
import { regularSnapshot } from '../support/arbitrary-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, snapshot, v2023 } from '../support/manifests.js';

const nothing = { dirs: [], deletions: [], symlinks: [] };
const beta: Partial<ManifestV2025> = { version: 'v2025-12-04-beta' };
const large = file('d/f', 'aa', 600_000_000);

it.each<[ManifestV2025['version'], number]>([
  ['v2025-12', -1],
  ['v2025-12-04-beta', 268_435_456],
])('v2023 to %s: entries one to one, normal paths, the total copied', (version, fileChunkSizeBytes) => {
  const given = deepFreeze(v2023([file('./d//f', 'aa', 600_000_000), file('a')], 77));
  expect(convertManifest(given, version)).toEqual({
    manifest: snapshot([large, file('a')], [], { version, fileChunkSizeBytes, totalSize: 77 }),
    dropped: nothing,
  });
});

it.each(['v2023-03-03', 'v2025-12', 'v2025-12-04-beta'] as const)(
  'returns a manifest of %s as it is',
  (version) => {
    const manifest = version === 'v2023-03-03' ? v2023([]) : snapshot([], [], { version });
    expect(convertManifest(manifest as Manifest, version as ManifestVersion).manifest).toBe(manifest);
  },
);

it('converts between the 2025 formats one to one, without the parent hash of a snapshot', () => {
  const given = snapshot([file('a/b')], ['e'], { parentManifestHash: 'old' });
  expect(convertManifest(given, 'v2025-12-04-beta').manifest).toEqual(snapshot([file('a/b')], ['e'], beta));
  const change = diff([gone('a')], [gone('e')], { ...beta, parentManifestHash: 'c0ffee' });
  const there = convertManifest(change, 'v2025-12').manifest;
  expect(there).toEqual({ ...change, version: 'v2025-12' });
  expect(convertManifest(there, 'v2025-12-04-beta').manifest).toEqual(change);
});

it.each<[string, Manifest, ManifestVersion]>([
  ['NOT_REPRESENTABLE', snapshot([], [], { pathStyle: 'absolute' }), 'v2025-12-04-beta'],
  ['NOT_REPRESENTABLE', snapshot([], [], { fileChunkSizeBytes: -1 }), 'v2025-12-04-beta'],
  ['NOT_REPRESENTABLE', snapshot([{ path: 'f', size: 1, mtime: 1 }]), 'v2025-12-04-beta'],
  ['DELETION_IN_SNAPSHOT', diff([gone('a')]), 'v2025-12-04-beta'],
  ['DELETION_IN_SNAPSHOT', diff([], [gone('a')]), 'v2025-12-04-beta'],
  ['DELETION_IN_SNAPSHOT', snapshot([gone('a')], [], { parentManifestHash: 'p' }), 'v2025-12-04-beta'],
  ['NOT_REPRESENTABLE', snapshot([]), 'v2023-03-03'],
  ['PATH_STYLE', v2023([file('/a')]), 'v2025-12'],
  ['PATH_STYLE', v2023([file('C:/a')]), 'v2025-12'],
  ['INVALID_PATH', v2023([file('a/../..')]), 'v2025-12'],
  ['INVALID_PATH', v2023([file('')]), 'v2025-12-04-beta'],
  ['INVALID_PATH', v2023([file('a\0')]), 'v2025-12-04-beta'],
])('throws %s', (code, manifest, version) => {
  expect(codeOf(() => convertManifest(manifest, version))).toBe(code);
});

it('law: files without flags come back from v2023', () => {
  fc.assert(
    fc.property(regularSnapshot, (given) => {
      const files = given.files.map(({ runnable: _lost, ...rest }) => rest);
      const manifest = deepFreeze({ ...given, files, dirs: [], fileChunkSizeBytes: -1 });
      const there = convertManifest(manifest, 'v2023-03-03').manifest;
      expect(convertManifest(there, 'v2025-12').manifest).toEqual(manifest);
    }),
  );
});
