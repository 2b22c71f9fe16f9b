import { expect } from 'vitest';
import type { ManifestV2023, PathV2023 } from '../../src/model/manifest.js';
import { mergeChronologically, mergeManifests } from '../../src/model/merge-manifests.js';
import { golden } from '../support/golden.js';
import { encodedText, v2023 } from '../support/manifests.js';

interface Given {
  totalSize?: number;
  timestamp?: number;
  paths: PathV2023[];
}

interface MergeCase {
  manifests: Given[];
  expected: { orderBeforeEncode?: string[]; totalSize: number; encoded: string } | null;
}

function check(merged: ManifestV2023 | null, expected: MergeCase['expected']): void {
  if (merged === null || expected === null) {
    expect(merged).toEqual(expected);
    return;
  }
  const { orderBeforeEncode, totalSize, encoded } = expected;
  expect({ totalSize: merged.totalSize, encoded: encodedText(merged) }).toEqual({ totalSize, encoded });
  if (orderBeforeEncode !== undefined)
    expect(merged.paths.map(({ path }) => path)).toEqual(orderBeforeEncode);
}

golden<MergeCase>('manifests/merge.json', ({ manifests, expected }) => {
  check(mergeManifests(manifests.map(({ paths, totalSize }) => v2023(paths, totalSize))), expected);
});

golden<MergeCase>('manifests/merge-chronological.json', ({ manifests, expected }) => {
  const timed = manifests.map(({ paths, timestamp }) => ({
    time: timestamp ?? Number.NaN,
    manifest: v2023(paths),
  }));
  check(mergeChronologically(timed), expected);
});
