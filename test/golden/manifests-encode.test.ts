/** Canonical bytes of all formats against the golden data and the raw files. */
import { describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest, encodeManifestChunks } from '../../src/model/encode.js';
import { ManifestError } from '../../src/model/errors.js';
import type { Manifest, PathV2023 } from '../../src/model/manifest.js';
import { joinPieces } from '../../src/model/pieces.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { golden, goldenBytes, goldenFolder } from '../support/golden.js';
import { fixtureDocument } from '../support/golden-files.js';
import { type FixtureV2025, manifestV2023, manifestV2025 } from '../support/golden-manifests.js';

const MEMBERS = ['encoded', 'encodedXxh128', 'byteLength', 'order', 'rawFile', 'error'];
/** Never compared; the manifests' README says so. */
const INFORMATIVE = ['encodedWithoutChunkSize', 'referenceMessage'];

interface Expected {
  readonly encoded?: string;
  readonly encodedXxh128?: string;
  readonly byteLength?: number;
  readonly order?: readonly string[];
  readonly error?: string;
}

function checkEncoding(manifest: Manifest, expected: Expected): void {
  const unknown = Object.keys(expected).filter((name) => ![...MEMBERS, ...INFORMATIVE].includes(name));
  expect(unknown).toEqual([]);
  deepFreeze(manifest);
  if (expected.error !== undefined) {
    expect(() => encodeManifest(manifest)).toThrowError(ManifestError);
    expect(() => encodeManifest(manifest)).toThrowError(expect.objectContaining({ code: expected.error }));
    return;
  }
  const bytes = encodeManifest(manifest);
  expect(Buffer.from(bytes).toString('latin1')).toBe(expected.encoded);
  expect(xxh128(bytes)).toBe(expected.encodedXxh128);
  if (expected.byteLength !== undefined) expect(bytes.length).toBe(expected.byteLength);
  expect(joinPieces(encodeManifestChunks(manifest))).toEqual(bytes);
}

golden<{ input: { totalSize: number; paths: PathV2023[] }; expected: Expected }>(
  'manifests/v2023-encode.json',
  (c) => {
    const { expected } = c;
    const manifest = manifestV2023(c.input);
    checkEncoding(manifest, expected);
    const written = JSON.parse(Buffer.from(encodeManifest(manifest)).toString('latin1')) as typeof c.input;
    expect(written.paths.map(({ path }) => path)).toEqual(expected.order);
  },
);

golden<{ input: FixtureV2025; expected: Expected }>('manifests/v2025-04-beta-encode.json', (c) => {
  checkEncoding(manifestV2025('v2025-12-04-beta', c.input), c.expected);
});

golden<{ input: FixtureV2025; expected: Expected }>('manifests/v2025-12-encode.json', (c) => {
  checkEncoding(manifestV2025('v2025-12', c.input), c.expected);
});

describe('raw files', () => {
  const encodings = ['v2023-encode', 'v2025-04-beta-encode', 'v2025-12-encode'].flatMap((kind) => {
    const { cases } = fixtureDocument(`manifests/${kind}.json`) as {
      cases: { expected: { encoded?: string; rawFile?: string } }[];
    };
    return cases.map(({ expected }) => expected).filter(({ rawFile }) => rawFile !== undefined);
  });

  it('are named by one case each', () => {
    const named = encodings.map(({ rawFile }) => `manifests/${rawFile}`);
    expect(named.sort()).toEqual(goldenFolder('manifests/raw'));
  });

  it.each(goldenFolder('manifests/raw'))('%s holds canonical bytes', (file) => {
    const bytes = goldenBytes(file);
    const text = encodings.find(({ rawFile }) => `manifests/${rawFile}` === file)?.encoded;
    expect(bytes.toString('latin1')).toBe(text);
    expect(Buffer.from(encodeManifest(decodeManifest(bytes))).equals(bytes)).toBe(true);
  });
});
