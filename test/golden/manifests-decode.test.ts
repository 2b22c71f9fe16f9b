/** Decoding of all formats against the golden data: outcomes, codes and canonical bytes. */
import { expect } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest } from '../../src/model/encode.js';
import { ManifestError } from '../../src/model/errors.js';
import type { Manifest, ManifestVersion } from '../../src/model/manifest.js';
import { golden } from '../support/golden.js';
import { asFixture } from '../support/golden-manifests.js';

interface DecodeCase {
  readonly text?: string;
  readonly base64?: string;
  readonly expect: {
    readonly ok: boolean;
    readonly code?: string;
    readonly manifest?: unknown;
    readonly reencoded?: string;
    readonly inputIsCanonical?: boolean;
  };
}

const OUTCOME = ['ok', 'code', 'manifest', 'reencoded', 'inputIsCanonical'];

function checkDecoding(c: DecodeCase, version: ManifestVersion): void {
  const { text, base64, expect: outcome } = c;
  expect(Object.keys(outcome).filter((name) => !OUTCOME.includes(name))).toEqual([]);
  const bytes = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
  if (!outcome.ok) {
    for (const source of [bytes, ...(text === undefined ? [] : [text])]) {
      const decode = (): Manifest => decodeManifest(source);
      expect(decode).toThrowError(ManifestError);
      expect(decode).toThrowError(expect.objectContaining({ code: outcome.code }));
    }
    return;
  }
  const manifest = decodeManifest(bytes, { expect: [version] });
  expect(asFixture(manifest)).toEqual(outcome.manifest);
  if (text !== undefined) expect(decodeManifest(text)).toEqual(manifest);
  checkReencoding(manifest, bytes, outcome);
}

function checkReencoding(manifest: Manifest, bytes: Buffer, outcome: DecodeCase['expect']): void {
  const encoded = Buffer.from(encodeManifest(manifest));
  if (outcome.reencoded !== undefined) expect(encoded.toString('latin1')).toBe(outcome.reencoded);
  if (outcome.inputIsCanonical !== undefined) expect(encoded.equals(bytes)).toBe(outcome.inputIsCanonical);
}

golden<DecodeCase>('manifests/v2023-decode.json', (c) => checkDecoding(c, 'v2023-03-03'));

// Only v2023 has documents that are no text.
golden<DecodeCase>('manifests/v2025-04-beta-decode.json', (c) => checkDecoding(c, 'v2025-12-04-beta'));
golden<DecodeCase>('manifests/v2025-12-decode.json', (c) => checkDecoding(c, 'v2025-12'));
