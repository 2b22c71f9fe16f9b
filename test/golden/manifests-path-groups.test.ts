import { expect } from 'vitest';
import type { PathV2023 } from '../../src/model/manifest.js';
import { ManifestPathGroup } from '../../src/model/path-groups.js';
import { golden } from '../support/golden.js';
import { v2023 } from '../support/manifests.js';

interface GroupCase {
  manifests: { totalSize: number; paths: PathV2023[] }[];
  expected: { totalBytes: number; paths: string[]; fileCount: number };
}

golden<GroupCase>('manifests/path-groups.json', ({ manifests, expected }) => {
  const group = ManifestPathGroup.of(manifests.map(({ paths, totalSize }) => v2023(paths, totalSize)));
  const { totalBytes, fileCount } = group;
  expect({ totalBytes, fileCount, paths: group.getAllPaths() }).toEqual(expected);
});
