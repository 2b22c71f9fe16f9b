import { expect } from 'vitest';
import { convertManifest } from '../../src/model/convert.js';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { golden } from '../support/golden.js';
import { codeOf, encodedText, fromFixture } from '../support/manifests.js';

interface ConvertCase {
  from: Omit<ManifestV2025, 'version'>;
  expected: { v2023: string; dropped: unknown } | { error: string };
}

golden<ConvertCase>('manifests/convert.json', ({ from, expected }) => {
  const run = () => convertManifest(fromFixture(from), 'v2023-03-03');
  if ('error' in expected) {
    expect(codeOf(run)).toBe(expected.error);
    return;
  }
  const { manifest, dropped } = run();
  expect(encodedText(manifest)).toBe(expected.v2023);
  expect(dropped).toEqual(expected.dropped);
});
