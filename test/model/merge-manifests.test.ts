import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { mergeChronologically, mergeManifests } from '../../src/model/merge-manifests.js';
import { anyV2023 } from '../support/arbitrary-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, file, snapshot, v2023 } from '../support/manifests.js';

it('keeps each path at its first position with its last value', () => {
  const merged = mergeManifests([
    v2023([file('x', '1'), file('y'), file('x', '2')]),
    v2023([file('z'), file('x', '3', 5)], 77),
    v2023([file('x', '4', 7)]),
  ]);
  expect(merged).toEqual(v2023([file('x', '4', 7), file('y'), file('z')], 9));
});

it('returns a single manifest as it is, wrong total and duplicates included', () => {
  const single = deepFreeze(v2023([file('x'), file('x')], 77));
  expect(mergeManifests([single])).toBe(single);
  expect(mergeChronologically([{ time: 1, manifest: single }])).toBe(single);
  expect(mergeManifests([])).toBeNull();
  expect(mergeChronologically([])).toBeNull();
});

it('sorts by time, equal times in list order', () => {
  const at = (time: number, hash: string) => ({ time, manifest: v2023([file('f', hash)]) });
  const given = deepFreeze([at(9, 'newest'), at(1, 'old'), at(5, 'middle')]);
  expect(mergeChronologically(given)?.paths).toEqual([file('f', 'newest')]);
  expect(mergeChronologically([at(5, 'first'), at(5, 'second'), at(-1, 'old')])?.paths).toEqual([
    file('f', 'second'),
  ]);
});

it.each([
  ['VERSION_MISMATCH', snapshot([]) as unknown as ManifestV2023],
  ['HASH_ALGORITHM_MISMATCH', { ...v2023([]), hashAlg: 'md5' as 'xxh128' }],
])('throws %s', (code, other) => {
  expect(codeOf(() => mergeManifests([v2023([]), other]))).toBe(code);
});

it('refuses 2025 manifests alone, and times that are no number', () => {
  expect(codeOf(() => mergeManifests([snapshot([]) as unknown as ManifestV2023]))).toBe('VERSION_MISMATCH');
  const manifest = v2023([]);
  expect(codeOf(() => mergeChronologically([{ time: Number.NaN, manifest }]))).toBe('InvalidConfig');
});

it('is associative from two manifests on', () => {
  const merge = (...manifests: ManifestV2023[]) => mergeManifests(manifests) as ManifestV2023;
  fc.assert(
    fc.property(anyV2023, anyV2023, anyV2023, (a, b, c) => {
      deepFreeze([a, b, c]);
      const all = merge(a, b, c);
      expect(merge(merge(a, b), c)).toEqual(all);
      expect(merge(a, merge(b, c))).toEqual(all);
      // A merge of one changes nothing, so a wrong total in it is found by the next merge only.
      expect(merge(merge(a), b, c)).toEqual(all);
      expect(all.totalSize).toBe(all.paths.reduce((total, { size }) => total + size, 0));
    }),
  );
});

it('does not recompute what a single manifest says, unlike a merge with an empty one', () => {
  const wrong = v2023([file('x', '1', 1), file('x', '2', 2)], 99);
  expect(mergeManifests([wrong])?.totalSize).toBe(99);
  expect(mergeManifests([wrong, v2023([])])).toEqual(v2023([file('x', '2', 2)]));
});
