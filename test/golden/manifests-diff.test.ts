import { expect } from 'vitest';
import { type DiffSnapshotsOptions, diffSnapshots } from '../../src/model/diff-snapshots.js';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { golden } from '../support/golden.js';
import { codeOf, encodedText, fromFixture, sorted } from '../support/manifests.js';

interface DiffCase {
  parent: Omit<ManifestV2025, 'version'>;
  current: Omit<ManifestV2025, 'version'>;
  options: { parentManifestHash: string | null; ignoreHashes: boolean; preserveRunnable: boolean };
  expected: { manifest: ManifestV2025; encoded: string } | { error: string };
}

golden<DiffCase>('manifests/v2025-12-diff.json', ({ parent, current, options, expected }) => {
  const { parentManifestHash, ...flags } = options;
  const asked: DiffSnapshotsOptions = parentManifestHash === null ? flags : { ...flags, parentManifestHash };
  const run = () => diffSnapshots(fromFixture(parent), fromFixture(current), asked);
  if ('error' in expected) {
    expect(codeOf(run)).toBe(expected.error);
    return;
  }
  expect(sorted(run())).toEqual(sorted(fromFixture(expected.manifest)));
  expect(encodedText(run())).toBe(expected.encoded);
});
