import { expect, it } from 'vitest';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { toV2023 } from '../../src/model/to-v2023.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, v2023 } from '../support/manifests.js';

const whole: Partial<ManifestV2025> = { fileChunkSizeBytes: -1 };
const beta: Partial<ManifestV2025> = { version: 'v2025-12-04-beta' };

it('replaces links, drops what has no place and lists it', () => {
  const given = deepFreeze(
    diff(
      [
        { ...file('d/a', 'aa', 3), runnable: true },
        link('l', 'd'),
        link('z', 'gone'),
        link('y', 'gone'),
        gone('x'),
      ],
      ['d', 'l', 'void/deep', 'void', gone('c')],
      { ...whole, totalSize: 99 },
    ),
  );
  expect(toV2023(given)).toEqual({
    manifest: v2023([file('d/a', 'aa', 3), file('l/a', 'aa', 3)]),
    dropped: { dirs: ['void', 'void/deep'], deletions: ['c', 'x'], symlinks: ['y', 'z'] },
  });
});

it('takes -beta without chunked files, however large, and its first of two equal paths', () => {
  const large = file('f', 'first', 600_000_000);
  expect(toV2023(snapshot([large, file('f', 'second')], [], beta)).manifest).toEqual(v2023([large]));
});

it.each<[string, ManifestV2025]>([
  ['NOT_REPRESENTABLE', snapshot([], [], { ...whole, pathStyle: 'absolute' })],
  ['NOT_REPRESENTABLE', snapshot([])],
  [
    'NOT_REPRESENTABLE',
    snapshot([{ path: 'f', chunkhashes: ['aa', 'bb'], size: 300_000_000, mtime: 1 }], [], beta),
  ],
  ['NOT_REPRESENTABLE', snapshot([{ path: 'f', size: 1, mtime: 1 }], [], whole)],
  ['INVALID_ENTRY', snapshot([{ path: 'f', hash: 'aa' }], [], whole)],
  ['SYMLINK_CYCLE', snapshot([link('l', '.')], [], whole)],
  ['DUPLICATE_PATH', snapshot([file('f', 'aa'), file('f', 'bb')], [], whole)],
])('throws %s', (code, manifest) => {
  expect(codeOf(() => toV2023(manifest))).toBe(code);
});
