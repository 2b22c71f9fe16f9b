import { expect } from 'vitest';
import { composeManifests } from '../../src/model/compose-manifests.js';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { golden } from '../support/golden.js';
import { codeOf, encodedText, fromFixture, sorted } from '../support/manifests.js';

interface ComposeCase {
  manifests: Omit<ManifestV2025, 'version'>[];
  expected: { manifest: ManifestV2025; encoded?: string } | { error: string };
}

function check({ manifests, expected }: ComposeCase): void {
  const given = manifests.map(fromFixture);
  if ('error' in expected) {
    expect(codeOf(() => composeManifests(given))).toBe(expected.error);
    return;
  }
  const composed = composeManifests(given);
  expect(sorted(composed)).toEqual(sorted(fromFixture(expected.manifest)));
  if (expected.encoded !== undefined) expect(encodedText(composed)).toBe(expected.encoded);
}

golden<ComposeCase>('manifests/v2025-12-compose.json', check);
golden<ComposeCase>('manifests/v2025-12-compose-diffs.json', check);
