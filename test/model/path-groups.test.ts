import { expect, it } from 'vitest';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { ManifestPathGroup } from '../../src/model/path-groups.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, file, snapshot, v2023 } from '../support/manifests.js';

it('adds lists and totals once when groups are combined, and shares no list', () => {
  const manifests = deepFreeze([v2023([file('b'), file('a')], 100), v2023([file('a')], 7)]);
  const [one, two] = manifests.map((manifest) => ManifestPathGroup.of([manifest]));
  if (one === undefined || two === undefined) throw new Error('two groups are needed');
  const both = ManifestPathGroup.combine([one, two, one]);
  expect(both.totalBytes).toBe(207);
  expect(both.getAllPaths()).toEqual(['a', 'a', 'a', 'b', 'b']);
  expect([one.fileCount, two.fileCount, both.fileCount]).toEqual([2, 1, 5]);
  expect(both.filesByAlgorithm.get('xxh128')).not.toBe(one.filesByAlgorithm.get('xxh128'));
});

it('keeps algorithms apart', () => {
  const other = { ...v2023([file('m')]), hashAlg: 'md5' as 'xxh128' };
  const group = ManifestPathGroup.of([v2023([file('x')]), other]);
  expect([...group.filesByAlgorithm.keys()]).toEqual(['xxh128', 'md5']);
  expect(group.getAllPaths()).toEqual(['m', 'x']);
});

it('is empty without manifests and refuses 2025 ones', () => {
  const { totalBytes, fileCount } = ManifestPathGroup.of([]);
  expect({ totalBytes, fileCount }).toEqual({ totalBytes: 0, fileCount: 0 });
  expect(codeOf(() => ManifestPathGroup.of([snapshot([]) as unknown as ManifestV2023]))).toBe(
    'VERSION_MISMATCH',
  );
});
