/** Names of manifests, session directories and copies against the golden data. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { copyName, copyPath, splitName } from '../../src/model/copy-name.js';
import { inputManifestName, outputManifestName, sessionDirName } from '../../src/model/manifest-names.js';
import { normalizeRoot } from '../../src/model/root-path.js';
import { timestampText } from '../../src/model/timestamps.js';
import { utf8 } from '../../src/model/utf8.js';
import { golden } from '../support/golden.js';

interface NameCase {
  readonly fileSystemLocationName: string | null;
  readonly rootPath: string;
  readonly hashedUtf8Hex: string;
  readonly outputManifestName: string;
  readonly inputPathAfterPosixNormalisation: string;
  readonly inputManifestName: string;
  readonly sessionDirName: string;
}

function shake256(bytes: Uint8Array): string {
  return createHash('shake256', { outputLength: 10 }).update(bytes).digest('hex');
}

golden<NameCase>('storage/manifest_names.json', (c) => {
  const location = c.fileSystemLocationName ?? undefined;
  const root = normalizeRoot(c.rootPath, 'posix');
  expect(Buffer.from(utf8((location ?? '') + c.rootPath)).toString('hex')).toBe(c.hashedUtf8Hex);
  expect(outputManifestName(c.rootPath, location, xxh128)).toBe(c.outputManifestName);
  expect(root).toBe(c.inputPathAfterPosixNormalisation);
  expect(inputManifestName(root, xxh128)).toBe(c.inputManifestName);
  expect(sessionDirName(c.rootPath, shake256)).toBe(c.sessionDirName);
});

golden<{ seconds: number; iso: string }>('storage/timestamps.json', (c) => {
  expect(timestampText(c.seconds)).toBe(c.iso);
});

golden<{ name: string; stem: string; suffix: string; copies: string[] }>('storage/create_copy.json', (c) => {
  const { name } = c;
  expect(splitName(name)).toEqual({ stem: c.stem, suffix: c.suffix });
  expect([1, 2, 11].map((n) => copyName(name, n))).toEqual(c.copies);
});

golden<{ existing: string[]; requested: string[]; result: string[] }>('worker/copy-names.json', (c) => {
  const taken = new Set(c.existing);
  const free = (path: string): string => {
    let n = 0;
    let candidate = path;
    while (taken.has(candidate)) candidate = copyPath(path, ++n);
    taken.add(candidate);
    return candidate;
  };
  expect(c.requested.map(free)).toEqual(c.result);
});
