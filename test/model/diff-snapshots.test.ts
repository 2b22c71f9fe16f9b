import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DiffSnapshotsOptions, deepestFirst, diffSnapshots } from '../../src/model/diff-snapshots.js';
import type { FileEntry, ManifestV2025 } from '../../src/model/manifest.js';
import { anySnapshot } from '../support/arbitrary-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, sorted, v2023 } from '../support/manifests.js';

const chunked: FileEntry = { path: 'f', chunkhashes: ['aa', 'bb'], size: 9, mtime: 1 };

it.each<[string, FileEntry[], FileEntry[], FileEntry[]]>([
  ['file to link', [file('f')], [link('f', 'x')], [link('f', 'x')]],
  ['link to directory', [link('f', 'x')], [file('f/a')], [file('f/a'), gone('f')]],
  ['file to directory', [file('f')], [file('f/a')], [file('f/a'), gone('f')]],
  ['directory to file', [file('f/a')], [file('f')], [file('f'), gone('f/a')]],
  ['execute bit only', [file('f')], [{ ...file('f'), runnable: true }], [{ ...file('f'), runnable: true }]],
  ['chunks to one hash', [chunked], [file('f', 'cc', 9)], [file('f', 'cc', 9)]],
  ['a link keeps its target', [link('f', 'x')], [link('f', 'x')], []],
  ['case only', [file('F')], [file('f')], [file('f'), gone('F')]],
])('%s', (_case, before, after, files) => {
  expect(diffSnapshots(snapshot(before), snapshot(after))).toEqual(diff(files));
});

it('deletes every explicit directory, the deepest first', () => {
  const parent = snapshot([file('d/e/x')], ['d', 'd/e', 'b', 'd/e/void', 'keep']);
  const { dirs } = diffSnapshots(parent, snapshot([], ['keep', 'new']));
  expect(dirs).toEqual([{ path: 'new' }, gone('d/e/void'), gone('d/e'), gone('d'), gone('b')]);
  expect(deepestFirst(['a', 'a/b/c', 'z', 'a/b'])).toEqual(['a/b/c', 'a/b', 'z', 'a']);
});

it.each<[string, DiffSnapshotsOptions, FileEntry, FileEntry, FileEntry[]]>([
  ['exact times', {}, file('f'), file('f', 'aa', 1, 2), [file('f', 'aa', 1, 2)]],
  ['within the tolerance', { mtimeToleranceUs: 1 }, file('f'), file('f', 'aa', 1, 2), []],
  ['hashes ignored', { ignoreHashes: true }, file('f'), file('f', 'bb'), []],
  ['kind ignored too', { ignoreHashes: true }, chunked, { path: 'f', size: 9, mtime: 1 }, []],
  ['flag ignored', { preserveRunnable: true }, { ...file('f'), runnable: true }, file('f'), []],
  [
    "the parent's flag taken",
    { preserveRunnable: true },
    file('f'),
    { ...file('f', 'bb'), runnable: true },
    [file('f', 'bb')],
  ],
])('%s', (_case, options, before, after, files) => {
  expect(diffSnapshots(snapshot([before]), snapshot([after]), options).files).toEqual(files);
});

it('carries the parent hash that the caller gives, not one of the snapshots', () => {
  const parent = snapshot([], [], { parentManifestHash: 'old' });
  expect(diffSnapshots(parent, parent)).toEqual(diff([]));
  expect(diffSnapshots(parent, parent, { parentManifestHash: 'c0ffee' }).parentManifestHash).toBe('c0ffee');
});

const plain = snapshot([file('f')]);
const beta: Partial<ManifestV2025> = { version: 'v2025-12-04-beta' };

it.each<[string, ManifestV2025, ManifestV2025, DiffSnapshotsOptions]>([
  ['MANIFEST_TYPE', diff([]), plain, {}],
  ['MANIFEST_TYPE', plain, diff([]), {}],
  ['PATH_STYLE', plain, { ...plain, pathStyle: 'absolute' }, {}],
  ['HASH_ALGORITHM_MISMATCH', plain, { ...plain, hashAlg: 'md5' as 'xxh128' }, {}],
  ['CHUNK_SIZE_MISMATCH', plain, { ...plain, fileChunkSizeBytes: 7 }, {}],
  ['VERSION_MISMATCH', plain, { ...plain, ...beta }, {}],
  ['VERSION_MISMATCH', v2023([]) as unknown as ManifestV2025, plain, {}],
  ['HASH_STATE_MISMATCH', plain, snapshot([{ path: 'f', size: 1, mtime: 1 }]), {}],
  ['DELETION_IN_SNAPSHOT', plain, snapshot([gone('f')]), {}],
  ['DELETION_IN_SNAPSHOT', snapshot([], [], beta), snapshot([], [gone('d')], beta), {}],
  ['DELETION_IN_SNAPSHOT', snapshot([file('f')], [], beta), snapshot([], [], beta), {}],
  ['InvalidConfig', plain, plain, { mtimeToleranceUs: -1 }],
])('throws %s', (code, parent, current, options) => {
  expect(codeOf(() => diffSnapshots(parent, current, options))).toBe(code);
});

it('is empty between equal snapshots, and only additions from an empty one', () => {
  fc.assert(
    fc.property(anySnapshot, (current) => {
      deepFreeze(current);
      expect(diffSnapshots(current, current)).toEqual(diff([]));
      expect(sorted(diffSnapshots(snapshot([]), current))).toEqual(sorted({ ...current, type: 'diff' }));
    }),
  );
});
