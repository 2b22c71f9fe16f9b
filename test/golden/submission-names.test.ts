/** Names that a submission derives from a root, against the golden data. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { nameHash, rootHash, sessionDirName } from '../../src/model/manifest-names.js';
import { golden } from '../support/golden.js';

interface NameCase {
  readonly rootPath: string;
  readonly fileSystemLocationName: string | null;
  readonly uniqueDestDirName: string;
  readonly manifestNamePrefix: string;
  readonly hashedSourcePath: string;
}

golden<NameCase>('submission/names.json', (c) => {
  const { rootPath } = c;
  const shake256 = (bytes: Uint8Array): string =>
    createHash('shake256', { outputLength: 10 }).update(bytes).digest('hex');
  expect(sessionDirName(rootPath, shake256)).toBe(c.uniqueDestDirName);
  expect(nameHash(rootPath, c.fileSystemLocationName ?? undefined, xxh128)).toBe(c.manifestNamePrefix);
  expect(rootHash(rootPath, xxh128)).toBe(c.hashedSourcePath);
});
