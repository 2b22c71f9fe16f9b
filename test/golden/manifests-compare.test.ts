import { Buffer } from 'node:buffer';
import { expect } from 'vitest';
import { compareFiles } from '../../src/model/compare-files.js';
import { compareManifests, FileStatus, type StatusEntry } from '../../src/model/compare-manifests.js';
import type { PathV2023 } from '../../src/model/manifest.js';
import { golden } from '../support/golden.js';
import { v2023 } from '../support/manifests.js';

type Expected = [path: string, status: keyof typeof FileStatus][];

const names = new Map(Object.entries(FileStatus).map(([name, status]) => [status, name]));
const named = (statuses: readonly StatusEntry[]) =>
  statuses.map(([status, entry]) => [entry.path, names.get(status)]);

interface HashCase {
  reference: PathV2023[];
  current: PathV2023[];
  expected: Expected;
}

golden<HashCase>('manifests/compare-hash.json', ({ reference, current, expected }) => {
  expect(named(compareManifests(v2023(reference), v2023(current)))).toEqual(expected);
});

interface FastCase {
  files: { path: string; content: { utf8: string }; mtimeNs: string }[];
  manifest: PathV2023[];
  expected: Expected;
}

golden<FastCase>('manifests/compare-fast.json', ({ files, manifest, expected }) => {
  const found = files.map(({ path, content, mtimeNs }) => ({
    path,
    size: Buffer.byteLength(content.utf8),
    mtimeNs: BigInt(mtimeNs),
  }));
  expect(named(compareFiles(v2023(manifest), found))).toEqual(expected);
});
