/** Merging, filtering and moving of what a download takes, against the golden data. */
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { includeFilter } from '../../src/model/include-filter.js';
import type { ManifestV2023, PathV2023 } from '../../src/model/manifest.js';
import type { HostPaths } from '../../src/model/paths.js';
import {
  filterGroups,
  groupOutputs,
  mergeInOrder,
  pathsByRoot,
  type RootedOutput,
  type RootGroup,
  setRootPath,
} from '../../src/model/root-groups.js';
import { v2023 } from '../support/contents.js';
import { golden } from '../support/golden.js';

function output(assetRoot: string, manifest: ManifestV2023, index: number, lastModified = 0): RootedOutput {
  const folder = `2025-05-22T22:17:03.409012Z_sessionaction-1-${index}`;
  return { assetRoot, manifest, source: { key: `k/${index}`, folder, size: 1, lastModified } };
}

interface MergeCase {
  readonly order: 'lastModified' | 'list';
  readonly manifests: readonly { readonly lastModified: string; readonly entries: readonly PathV2023[] }[];
  readonly mergedJson: string | null;
  readonly mergedHash: string | null;
}

golden<MergeCase>('worker/merged-manifests.json', ({ order, manifests, mergedJson, mergedHash }) => {
  const each = manifests.map(({ entries }) => v2023(entries));
  if (mergedJson === null) {
    expect(mergedHash).toBeNull();
    expect(() => mergeInOrder(each)).toThrowError(expect.objectContaining({ code: 'EMPTY_INPUT' }));
    expect(groupOutputs([])).toEqual([]);
    return;
  }
  const times = manifests.map(({ lastModified }) => Date.parse(lastModified) / 1000);
  const outputs = each.map((manifest, index) => output('/mnt/a', manifest, index, times[index]));
  const merged = order === 'list' ? mergeInOrder(each) : groupOutputs(outputs)[0]?.manifest;
  const encoded = encodeManifest(merged as ManifestV2023);
  expect(Buffer.from(encoded).toString()).toBe(mergedJson);
  expect(xxh128(encoded)).toBe(mergedHash);
});

const file = (path: string): PathV2023 => ({ path, hash: '0'.repeat(32), size: 1, mtime: 1 });

interface FilterCase {
  readonly hostPathFormat: HostPaths;
  readonly include: readonly string[];
  readonly roots: Record<string, string[]>;
  readonly selected: Record<string, string[]>;
}

golden<FilterCase>('worker/download-filters.json', ({ hostPathFormat, include, roots, selected }) => {
  const groups = Object.entries(roots).map(([root, paths]) => ({ root, manifest: v2023(paths.map(file)) }));
  const filter = includeFilter(include, hostPathFormat);
  const kept: readonly RootGroup[] = filter ? filterGroups(groups, filter) : groups;
  const paths = kept.map(({ root, manifest }) => [
    root,
    (manifest as ManifestV2023).paths.map((p) => p.path),
  ]);
  expect(Object.fromEntries(paths)).toEqual(selected);
});

interface MoveCase {
  readonly roots: Record<string, PathV2023[][]>;
  readonly operations: readonly { readonly originalRoot: string; readonly newRoot: string }[];
  readonly error: string | null;
  readonly pathsByRoot: Record<string, string[]>;
  readonly rootOrder: readonly string[];
}

golden<MoveCase>('worker/set-root-path.json', (c) => {
  const outputs = Object.entries(c.roots).flatMap(([root, manifests]) =>
    manifests.map((entries, index) => output(root, v2023(entries), index, index)),
  );
  let groups = groupOutputs(outputs);
  const move = (): void => {
    for (const { originalRoot, newRoot } of c.operations)
      groups = setRootPath(groups, originalRoot, resolve(newRoot));
  };
  if (c.error === null) move();
  else expect(move).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
  const paths = pathsByRoot(groups);
  expect(Object.fromEntries(paths)).toEqual(c.pathsByRoot);
  expect([...paths.keys()]).toEqual(c.rootOrder);
});
