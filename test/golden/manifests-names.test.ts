/** Names of manifests and times in them against the golden data. */
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { inputManifestName, localManifestName, outputManifestName } from '../../src/model/manifest-names.js';
import { normalizeRoot } from '../../src/model/root-path.js';
import { timestampText } from '../../src/model/timestamps.js';
import { golden } from '../support/golden.js';

interface NameCase {
  readonly sourceRoot: string;
  readonly sourceRootString: string;
  readonly fileSystemLocationName: string | null;
  readonly inputName: string;
  readonly outputName: string;
}

golden<NameCase>('manifests/manifest-names.json', (c) => {
  const root = normalizeRoot(c.sourceRoot, 'posix');
  expect(root).toBe(c.sourceRootString);
  expect(inputManifestName(root, xxh128)).toBe(c.inputName);
  const output = outputManifestName(c.sourceRoot, c.fileSystemLocationName ?? undefined, xxh128);
  expect(output).toBe(c.outputName);
});

interface LocalNameCase {
  readonly root: string;
  readonly name: string | null;
  readonly localTime: string;
  readonly fileName: string;
}

golden<LocalNameCase>('manifests/local-manifest-names.json', (c) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = c.localTime
    .split(/[-T:]/)
    .map(Number);
  const time = { year, month, day, hour, minute, second };
  expect(localManifestName(c.root, c.name ?? undefined, time, xxh128)).toBe(c.fileName);
});

golden<{ seconds: number; iso: string }>('manifests/timestamps.json', (c) => {
  expect(timestampText(c.seconds)).toBe(c.iso);
});
