import { expect } from 'vitest';
import { joinManifest } from '../../src/model/join.js';
import type { ManifestV2025, SymlinkPolicy } from '../../src/model/manifest.js';
import { partitionManifest } from '../../src/model/partition.js';
import { subtreeManifest } from '../../src/model/subtree.js';
import { golden } from '../support/golden.js';
import { codeOf, fromFixture, sorted } from '../support/manifests.js';

type Fixture = Omit<ManifestV2025, 'version'>;

interface SubtreeCase {
  manifest: Fixture;
  subtree: string;
  symlinkPolicy: SymlinkPolicy;
  expected: { manifest: Fixture; droppedLinks: string[] } | { error: string };
}

golden<SubtreeCase>('manifests/v2025-12-subtree.json', ({ manifest, subtree, symlinkPolicy, expected }) => {
  const dropped: string[] = [];
  const onDroppedLink = (path: string) => dropped.push(path);
  const run = () => subtreeManifest(fromFixture(manifest), subtree, symlinkPolicy, { onDroppedLink });
  if ('error' in expected) {
    expect(codeOf(run)).toBe(expected.error);
    return;
  }
  expect(sorted(run())).toEqual(sorted(fromFixture(expected.manifest)));
  expect(dropped).toEqual(expected.droppedLinks);
});

interface JoinCase {
  manifest: Fixture;
  prefix: string;
  expected: { manifest: Fixture } | { error: string };
}

golden<JoinCase>('manifests/v2025-12-join.json', ({ manifest, prefix, expected }) => {
  const run = () => joinManifest(fromFixture(manifest), prefix);
  if ('error' in expected) expect(codeOf(run)).toBe(expected.error);
  else expect(sorted(run())).toEqual(sorted(fromFixture(expected.manifest)));
});

interface PartitionCase {
  manifest: Fixture;
  roots: string[] | null;
  referencedPaths: string[] | null;
  expected: [root: string, manifest: Fixture][] | { error: string };
}

golden<PartitionCase>(
  'manifests/v2025-12-partition.json',
  ({ manifest, roots, referencedPaths, expected }) => {
    const run = () => partitionManifest(fromFixture(manifest), roots ?? [], referencedPaths ?? []);
    if ('error' in expected) {
      expect(codeOf(run)).toBe(expected.error);
      return;
    }
    const wanted = expected.map(([root, part]) => [root, sorted(fromFixture(part))]);
    expect(run().map(([root, part]) => [root, sorted(part)])).toEqual(wanted);
  },
);
