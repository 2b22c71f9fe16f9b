import { expect, it } from 'vitest';
import { compareManifests, FileStatus } from '../../src/model/compare-manifests.js';
import type { FileEntry, Manifest, ManifestV2025 } from '../../src/model/manifest.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, v2023 } from '../support/manifests.js';

const { UNCHANGED, NEW, MODIFIED, DELETED } = FileStatus;

it('has the numbers of the Python library', () => {
  expect([UNCHANGED, NEW, MODIFIED, DELETED]).toEqual([0, 1, 2, 3]);
});

it('gives entries of the current manifest first, then deleted ones of the reference', () => {
  const reference = deepFreeze(v2023([file('gone'), file('same'), file('other')]));
  const current = deepFreeze(v2023([file('new'), file('other', 'bb'), file('same', 'aa', 9, 9)]));
  expect(compareManifests(reference, current)).toEqual([
    [NEW, file('new')],
    [MODIFIED, file('other', 'bb')],
    [UNCHANGED, file('same', 'aa', 9, 9)],
    [DELETED, file('gone')],
  ]);
});

const regular: FileEntry = { path: 'f', hash: 'aa', size: 1, mtime: 1 };

it.each<[string, FileEntry, FileEntry, FileStatus]>([
  ['time alone', regular, { ...regular, mtime: 9 }, UNCHANGED],
  ['execute bit alone', regular, { ...regular, runnable: true }, MODIFIED],
  ['file to link', regular, link('f', 'x'), MODIFIED],
  ['link to file', link('f', 'x'), regular, MODIFIED],
  ['link kept', link('f', 'x'), link('f', 'x'), UNCHANGED],
  ['link retargeted', link('f', 'x'), link('f', 'y'), MODIFIED],
  ['hash to chunks', regular, { path: 'f', chunkhashes: ['aa'], size: 1, mtime: 1 }, MODIFIED],
])('2025: %s', (_case, before, after, status) => {
  const [[found] = []] = compareManifests(snapshot([before]), snapshot([after]));
  expect(found).toBe(status);
});

it.each<[string, readonly string[], FileStatus]>([
  ['equal', ['aa', 'bb'], UNCHANGED],
  ['one differs', ['aa', 'cc'], MODIFIED],
  ['one more', ['aa', 'bb', 'cc'], MODIFIED],
])('2025: chunks are compared one by one: %s', (_case, chunkhashes, status) => {
  const chunked = (hashes: readonly string[]) =>
    snapshot([{ path: 'f', chunkhashes: hashes, size: 9, mtime: 1 }]);
  expect(compareManifests(chunked(['aa', 'bb']), chunked(chunkhashes))[0]?.[0]).toBe(status);
});

it.each<[string, FileEntry, FileStatus]>([
  ['same size and time', { path: 'f', size: 1, mtime: 1 }, UNCHANGED],
  ['other size', { path: 'f', size: 2, mtime: 1 }, MODIFIED],
  ['other time', { path: 'f', size: 1, mtime: 2 }, MODIFIED],
])('2025: unhashed on both sides: %s', (_case, after, status) => {
  expect(compareManifests(snapshot([{ path: 'f', size: 1, mtime: 1 }]), snapshot([after]))[0]?.[0]).toBe(
    status,
  );
});

it.each<[string, FileEntry, FileStatus]>([
  ['same size and time', file('f', '', 1, 1), UNCHANGED],
  ['other size', file('f', '', 2, 1), MODIFIED],
  ['other time', file('f', '', 1, 2), MODIFIED],
])('structure alone on both sides: %s', (_case, after, status) => {
  const before = file('f', '', 1, 1);
  expect(compareManifests(v2023([before]), v2023([after as typeof before]))[0]?.[0]).toBe(status);
  expect(compareManifests(snapshot([before]), snapshot([after]))[0]?.[0]).toBe(status);
  const { hash: _hash, ...unhashed } = before;
  expect(compareManifests(snapshot([unhashed]), snapshot([after]))[0]?.[0]).toBe(status);
});

it('2025: a deletion mark counts as absent', () => {
  expect(compareManifests(diff([gone('a'), file('b')]), diff([file('a'), gone('b')]))).toEqual([
    [NEW, file('a')],
    [DELETED, file('b')],
  ]);
});

const plain: ManifestV2025 = snapshot([regular]);

it.each<[string, Manifest, Manifest]>([
  ['VERSION_MISMATCH', v2023([]), plain],
  ['VERSION_MISMATCH', plain, { ...plain, version: 'v2025-12-04-beta' }],
  ['HASH_ALGORITHM_MISMATCH', v2023([]), { ...v2023([]), hashAlg: 'md5' as 'xxh128' }],
  ['PATH_STYLE', plain, { ...plain, pathStyle: 'absolute' }],
  ['CHUNK_SIZE_MISMATCH', plain, { ...plain, fileChunkSizeBytes: -1 }],
  ['HASH_STATE_MISMATCH', plain, snapshot([{ path: 'f', size: 1, mtime: 1 }])],
  ['HASH_STATE_MISMATCH', snapshot([file('f', '')]), plain],
  ['HASH_STATE_MISMATCH', v2023([file('f')]), v2023([file('f', '')])],
  ['HASH_STATE_MISMATCH', v2023([file('f', '')]), v2023([file('f'), file('g')])],
])('throws %s', (code, reference, current) => {
  expect(codeOf(() => compareManifests(reference, current))).toBe(code);
});
