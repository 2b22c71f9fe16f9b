/** Metadata of manifest objects against the golden data. */
import { expect } from 'vitest';
import { decodeAssetRoot, encodeManifestMetadata } from '../../src/model/metadata.js';
import { golden } from '../support/golden.js';

interface EncodeCase {
  readonly fileSystemLocationName: string | null;
  readonly rootPath: string;
  readonly userMetadata?: Record<string, string>;
  readonly pythonError?: string;
}

golden<EncodeCase>(
  'storage/metadata.json',
  (c) => {
    const { rootPath, fileSystemLocationName, userMetadata, pythonError } = c;
    const encode = (): Record<string, string> =>
      encodeManifestMetadata(rootPath, fileSystemLocationName ?? undefined);
    if (pythonError === undefined) expect(encode()).toEqual(userMetadata);
    else expect(encode).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
  },
  'encode',
);

interface DecodeCase {
  readonly userMetadata: Record<string, string>;
  readonly assetRoot?: string | null;
  readonly pythonError?: string;
}

golden<DecodeCase>(
  'storage/metadata.json',
  (c) => {
    const { userMetadata, assetRoot, pythonError } = c;
    const decode = (): unknown => decodeAssetRoot(userMetadata, 'some/key');
    if (pythonError !== undefined) {
      // Broken JSON: Python raises, here the plain root is used with a warning (spec/storage.md 1.5).
      const warning = expect.stringContaining('asset-root-json');
      expect(decode()).toEqual({ assetRoot: userMetadata['asset-root'], warning });
    } else if (assetRoot === null || assetRoot === '') {
      expect(decode).toThrowError(expect.objectContaining({ kind: 'MissingAssetRoot', key: 'some/key' }));
    } else {
      expect(decode()).toEqual({ assetRoot });
    }
  },
  'decode',
);
