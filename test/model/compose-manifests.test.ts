import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ComposeOptions, composeManifests } from '../../src/model/compose-manifests.js';
import { diffSnapshots } from '../../src/model/diff-snapshots.js';
import type { FileEntry, ManifestV2025 } from '../../src/model/manifest.js';
import { parentPaths } from '../../src/model/paths.js';
import { anySnapshot } from '../support/arbitrary-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import {
  codeOf,
  diff,
  encodedText,
  file,
  gone,
  link,
  snapshot,
  sorted,
  v2023,
} from '../support/manifests.js';

const composed = (...manifests: ManifestV2025[]) => sorted(composeManifests(deepFreeze(manifests)));
const filesOf = (manifest: ManifestV2025) => sorted(manifest).files;

it.each<[string, ManifestV2025, ManifestV2025, ManifestV2025]>([
  [
    'a file deletion takes a whole directory along',
    snapshot([file('d/a'), file('d/e/b'), file('k')], ['d/void']),
    diff([gone('d')]),
    snapshot([file('k')]),
  ],
  [
    'a directory with content that the diff does not know stays',
    snapshot([file('d/a'), file('d/e/b')], ['d', 'd/e']),
    diff([gone('d/a')], [gone('d'), gone('d/e')]),
    snapshot([file('d/e/b')], ['d', 'd/e']),
  ],
  [
    'an empty directory is removed, its parent stays',
    snapshot([], ['d/e']),
    diff([], [gone('d/e')]),
    snapshot([], ['d']),
  ],
  [
    'deleting what is not there is silent',
    snapshot([file('a')]),
    diff([gone('x/y')], [gone('z')]),
    snapshot([file('a')]),
  ],
  [
    'a live file replaces a directory without files at any depth',
    snapshot([], ['d/e/f', 'd/g']),
    diff([file('d')]),
    snapshot([file('d')]),
  ],
  [
    'file to directory',
    snapshot([file('x')]),
    diff([gone('x'), file('x/y')]),
    snapshot([file('x/y')], ['x']),
  ],
  [
    'directory to link',
    snapshot([file('d/a')]),
    diff([gone('d/a'), link('d', 'x')]),
    snapshot([link('d', 'x')]),
  ],
])('snapshot: %s', (_case, parent, change, expected) => {
  expect(composed(parent, change)).toEqual(expected);
});

it('drops the parent hash of a snapshot, keeps the first of diffs', () => {
  const one = diff([file('a')], [], { parentManifestHash: 'one' });
  const two = diff([file('b')], [], { parentManifestHash: 'two' });
  expect(composed(snapshot([], [], { parentManifestHash: 'zero' }), one)).toEqual(snapshot([file('a')]));
  expect(composed(one, two)).toEqual(diff([file('a'), file('b')], [], { parentManifestHash: 'one' }));
});

it('returns one manifest as it is', () => {
  const single = deepFreeze(diff([file('a')], [], { totalSize: 77, parentManifestHash: 'one' }));
  expect(composeManifests([single])).toBe(single);
});

it('keeps the chunk size, and counts neither links nor deletions', () => {
  const form = { fileChunkSizeBytes: 7 };
  const change = diff([link('l', 'a'), file('b', 'aa', 5), gone('c')], [], form);
  expect(composed(snapshot([file('a', 'aa', 3)], [], form), change)).toMatchObject({ ...form, totalSize: 8 });
});

it('adds no directory above absolute roots, drives and shares', () => {
  const form = { pathStyle: 'absolute' } as const;
  const added = diff([file('/f'), file('/d/f'), file('C:/f'), file('//s/h/f')], [], form);
  expect(composed(snapshot([], [], form), added).dirs.map(({ path }) => path)).toEqual([
    '//s',
    '//s/h',
    '/d',
    'C:',
  ]);
});

it.each<[string, ManifestV2025[], FileEntry[], string[], string[]]>([
  [
    'a marker of a file stays beside a live directory',
    [diff([gone('x')]), diff([], ['x'])],
    [gone('x')],
    ['x'],
    [],
  ],
  [
    'a directory marker stays beside a live file',
    [diff([], [gone('d')]), diff([file('d')])],
    [file('d')],
    [],
    ['d'],
  ],
  [
    'a file deletion forgets what is below',
    [diff([file('d/a'), gone('d/b')]), diff([gone('d')])],
    [gone('d')],
    [],
    [],
  ],
  [
    'but not where a file comes in its place, which could not be applied',
    [diff([gone('d/a')]), diff([file('d')]), diff([gone('d')]), diff([file('d')])],
    [file('d'), gone('d/a')],
    [],
    [],
  ],
  [
    'a directory with a live directory below is not deleted',
    [diff([], ['d/e']), diff([], [gone('d')])],
    [],
    ['d', 'd/e'],
    [],
  ],
  ['deleted at last', [diff([], ['d']), diff([], [gone('d')])], [], [], ['d']],
])('diffs: %s', (_case, diffs, files, live, deleted) => {
  const dirs = [...live.map((path) => ({ path })), ...deleted.map(gone)];
  expect(composed(...diffs)).toEqual(sorted(diff(files, dirs)));
});

const plain = snapshot([file('x')]);

it.each<[string, ManifestV2025[], ComposeOptions]>([
  ['EMPTY_INPUT', [], {}],
  ['MANIFEST_TYPE', [plain, diff([]), plain], {}],
  ['MANIFEST_TYPE', [diff([]), plain], {}],
  ['PATH_STYLE', [plain, diff([], [], { pathStyle: 'absolute' })], {}],
  ['CHUNK_SIZE_MISMATCH', [plain, diff([], [], { fileChunkSizeBytes: 7 })], {}],
  ['CHUNK_SIZE_MISMATCH', [diff([]), diff([], [], { fileChunkSizeBytes: -1 })], {}],
  ['HASH_ALGORITHM_MISMATCH', [plain, diff([], [], { hashAlg: 'md5' as 'xxh128' })], {}],
  ['VERSION_MISMATCH', [plain, diff([], [], { version: 'v2025-12-04-beta' })], {}],
  ['VERSION_MISMATCH', [v2023([]) as unknown as ManifestV2025], {}],
  ['DELETION_IN_SNAPSHOT', [snapshot([gone('x')]), diff([])], {}],
  ['DUPLICATE_PATH', [plain, diff([file('y', 'aa'), file('y', 'bb')])], {}],
  ['PATH_CONFLICT', [snapshot([file('d/e/a')]), diff([file('d')])], {}],
  ['PATH_CONFLICT', [plain, diff([file('x/y/z')])], {}],
  ['PATH_CONFLICT', [plain, diff([], ['x'])], {}],
  ['PATH_CONFLICT', [plain, diff([], ['x/y'])], {}],
  ['PATH_CONFLICT', [diff([file('d/a')]), diff([file('d')])], {}],
  ['PATH_CONFLICT', [diff([file('d')]), diff([file('d/a')])], {}],
  ['PATH_CONFLICT', [diff([file('d')]), diff([], ['d'])], {}],
  ['HASH_STATE_MISMATCH', [plain, diff([], [], { parentManifestHash: 'other' })], { verifyParent: 'c0ffee' }],
  ['HASH_STATE_MISMATCH', [diff([])], { verifyParent: 'c0ffee' }],
])('throws %s', (code, manifests, options) => {
  expect(codeOf(() => composeManifests(manifests, options))).toBe(code);
});

it('accepts the right parent, and -beta duplicates by their first entry', () => {
  const options = { verifyParent: 'c0ffee' };
  expect(composeManifests([plain, diff([], [], { parentManifestHash: 'c0ffee' })], options).files).toEqual([
    file('x'),
  ]);
  const beta = { version: 'v2025-12-04-beta' } as const;
  const change = diff([file('y', 'first'), file('y', 'second')], [], beta);
  expect(composed(snapshot([], [], beta), change).files).toEqual([file('y', 'first')]);
});

const implied = ({ files, dirs }: ManifestV2025) =>
  [...files, ...dirs].flatMap(({ path }) => parentPaths(path));

it('law: applying the diff of p and c to p gives c', () => {
  fc.assert(
    fc.property(anySnapshot, anySnapshot, (p, c) => {
      const result = composed(p, diffSnapshots(p, c));
      expect(result.files).toEqual(filesOf(c));
      expect(result.totalSize).toBe(c.totalSize);
      const dirs = new Set(result.dirs.map(({ path }) => path));
      const wanted = [...c.dirs.map(({ path }) => path), ...implied(c)];
      expect(wanted.filter((path) => !dirs.has(path))).toEqual([]);
      const allowed = new Set([...wanted, ...implied(p)]);
      expect([...dirs].filter((path) => !allowed.has(path))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it('law: diffs of a history can be put together first', () => {
  fc.assert(
    fc.property(fc.array(anySnapshot, { minLength: 3, maxLength: 6 }), (history) => {
      const [p = plain, ...later] = history;
      const diffs = later.map((current, at) => diffSnapshots(history[at] ?? p, current));
      const together = composeManifests(deepFreeze(diffs));
      const applied = composed(p, together);
      expect(applied.files).toEqual(composed(p, ...diffs).files);
      expect(applied.files).toEqual(filesOf(history.at(-1) ?? p));
      // What is composed can be stored.
      expect(encodedText(together)).toContain('relative-manifest-diff-beta-2025-12');
      expect(encodedText(applied)).toContain('relative-manifest-snapshot-beta-2025-12');
    }),
    { numRuns: 500 },
  );
});
