import { expect, it } from 'vitest';
import { compareFiles, diffFiles, type FoundFile, foundEntry } from '../../src/model/compare-files.js';
import { FileStatus } from '../../src/model/compare-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, v2023 } from '../support/manifests.js';

const { NEW, MODIFIED, DELETED } = FileStatus;
const found = (path: string, size = 1, mtimeNs = 1000n, more: Partial<FoundFile> = {}): FoundFile => ({
  path,
  size,
  mtimeNs,
  ...more,
});
const statuses = (...args: Parameters<typeof compareFiles>) =>
  compareFiles(...args).map(([status, entry]) => [status, entry.path]);

it.each([
  [0n, 1, undefined],
  [999n, 1, undefined],
  [2_999n, 1, undefined],
  [3_000n, 1, MODIFIED],
  [-1n, 1, MODIFIED],
  [-1n, -1, undefined],
  [-1_001n, 0, MODIFIED],
  [-1_000n, 0, undefined],
])('a time of %d ns against %d us', (mtimeNs, mtime, status) => {
  const changes = compareFiles(v2023([file('f', 'aa', 1, mtime)]), [found('f', 1, mtimeNs)]);
  expect(changes[0]?.[0]).toBe(status);
});

it('takes another tolerance', () => {
  const manifest = v2023([file('f', 'aa', 1, 1)]);
  expect(statuses(manifest, [found('f', 1, 2_000n)], { toleranceUs: 0 })).toEqual([[MODIFIED, 'f']]);
  expect(statuses(manifest, [found('f', 1, 9_000n)], { toleranceUs: 8 })).toEqual([]);
});

it.each([-1, Number.NaN])('refuses the tolerance %d', (toleranceUs) => {
  expect(codeOf(() => compareFiles(v2023([]), [], { toleranceUs }))).toBe('InvalidConfig');
});

it('takes a change of case for a deletion and a new file', () => {
  expect(statuses(v2023([file('File')]), [found('file')])).toEqual([
    [NEW, 'file'],
    [DELETED, 'File'],
  ]);
});

it('looks up without dots and empty segments, and judges deletion by the raw spelling', () => {
  const manifest = v2023([file('./a//b', 'aa', 1, 1), file('c/.', 'aa', 7, 1)]);
  expect(statuses(manifest, [found('a/b'), found('c')])).toEqual([
    [MODIFIED, 'c'],
    [DELETED, './a//b'],
    [DELETED, 'c/.'],
  ]);
});

it('ignores links and execute bits with v2023, compares them with 2025 manifests', () => {
  const files = [found('f', 1, 1000n, { runnable: true })];
  expect(statuses(v2023([file('f')]), files)).toEqual([]);
  expect(statuses(snapshot([file('f')]), files)).toEqual([[MODIFIED, 'f']]);
  expect(statuses(snapshot([file('f')]), files, { preserveRunnable: true })).toEqual([]);
  const links = [found('l', 0, 0n, { symlinkTarget: 'f' }), found('f', 0, 0n, { symlinkTarget: 'x' })];
  expect(statuses(snapshot([link('l', 'f'), file('f')]), links)).toEqual([[MODIFIED, 'f']]);
});

it('counts entries with a deletion mark as absent', () => {
  expect(statuses(diff([gone('f'), gone('g')]), [found('f')])).toEqual([[NEW, 'f']]);
});

it.each([
  ['same hash, other time', found('f', 1, 9n ** 9n, { hashes: ['aa'] }), []],
  ['other hash', found('f', 1, 1000n, { hashes: ['bb'] }), [[MODIFIED, 'f']]],
  ['other size, no hash needed', found('f', 2), [[MODIFIED, 'f']]],
])('hash mode: %s', (_case, one, changes) => {
  expect(statuses(v2023([file('f')]), [one], { mode: 'hash' })).toEqual(changes);
});

it('hash mode refuses a file of equal size without a hash on either side', () => {
  const hashed = found('f', 1, 1000n, { hashes: ['aa'] });
  expect(codeOf(() => compareFiles(v2023([file('f')]), [found('f')], { mode: 'hash' }))).toBe(
    'HASH_STATE_MISMATCH',
  );
  const unhashed = snapshot([{ path: 'f', size: 1, mtime: 1 }]);
  expect(codeOf(() => compareFiles(unhashed, [hashed], { mode: 'hash' }))).toBe('HASH_STATE_MISMATCH');
});

it('groups and sorts, with directories of 2025 manifests', () => {
  const manifest = deepFreeze(snapshot([file('z'), file('b'), file('m')], ['d', 'e']));
  const result = diffFiles(manifest, [found('y'), found('b'), found('m', 5), found('a')], ['e', 'new']);
  expect({ ...result, added: result.added.map(({ path }) => path) }).toEqual({
    added: ['a', 'y'],
    modified: [file('m', 'aa', 5, 1)].map(({ hash: _unknown, ...rest }) => rest),
    deleted: [file('z')],
    unchanged: [{ path: 'b', size: 1, mtime: 1 }],
    addedDirs: ['new'],
    deletedDirs: ['d'],
  });
  expect(diffFiles(v2023([]), [], ['new']).addedDirs).toEqual([]);
});

it('describes a found file as an entry', () => {
  expect(foundEntry(found('f', 5, -1n, { runnable: true, hashes: ['aa', 'bb'] }))).toEqual({
    path: 'f',
    size: 5,
    mtime: -1,
    chunkhashes: ['aa', 'bb'],
    runnable: true,
  });
  expect(foundEntry(found('f', 5, 0n, { runnable: false, hashes: ['aa'] }))).toEqual(file('f', 'aa', 5, 0));
});
