import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinManifest } from '../../src/model/join.js';
import type { FileEntry, ManifestV2025, SymlinkPolicy } from '../../src/model/manifest.js';
import { subtreeManifest } from '../../src/model/subtree.js';
import { anySnapshot } from '../support/arbitrary-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, sorted, v2023 } from '../support/manifests.js';

const files = [
  file('t/a'),
  link('t/in', 't/a'),
  link('t/out', 'o/x'),
  link('t/self', 't'),
  file('o/x', 'xx', 5),
];
const tree = snapshot(files, ['t', 't/void']);
const withoutSelf = snapshot(files.filter(({ path }) => path !== 't/self'));

it.each<[SymlinkPolicy, ManifestV2025, FileEntry[]]>([
  ['collapse_escaping', tree, [file('a'), link('in', 'a'), file('out', 'xx', 5), link('self', '.')]],
  ['exclude_escaping', tree, [file('a'), link('in', 'a'), link('self', '.')]],
  ['exclude_all', tree, [file('a')]],
  ['collapse_all', withoutSelf, [file('a'), file('in'), file('out', 'xx', 5)]],
])('%s', (policy, manifest, expected) => {
  expect(subtreeManifest(deepFreeze(manifest), 't', policy).files).toEqual(expected);
});

it('keeps type, chunk size and version, drops the parent hash, recomputes the total', () => {
  const given = diff([file('t/a', 'aa', 3), gone('t/b'), gone('t')], [gone('t/d')], {
    totalSize: 99,
    fileChunkSizeBytes: 7,
    parentManifestHash: 'c0ffee',
  });
  expect(subtreeManifest(given, 't')).toEqual(
    diff([file('a', 'aa', 3), gone('b')], [gone('d')], { fileChunkSizeBytes: 7 }),
  );
});

it('is the identity for the root of a relative manifest', () => {
  expect(subtreeManifest(tree, '.')).toBe(tree);
  expect(subtreeManifest(tree, '')).toBe(tree);
  expect(subtreeManifest(withoutSelf, '.', 'exclude_all').files).toEqual([file('t/a'), file('o/x', 'xx', 5)]);
});

it('takes shares, drives and the root of absolute manifests', () => {
  const absolute = snapshot([file('//s/h/f'), file('C:/f'), file('/f')], [], { pathStyle: 'absolute' });
  expect(subtreeManifest(absolute, '//s/h').files).toEqual([file('f')]);
  expect(subtreeManifest(absolute, 'C:/').files).toEqual([file('f')]);
});

it('names links without content behind them', () => {
  const dropped: string[] = [];
  const manifest = snapshot([link('t/l', 'o'), link('o/gone', 'nowhere'), file('o/x')]);
  const result = subtreeManifest(manifest, 't', 'collapse_escaping', {
    onDroppedLink: (path) => dropped.push(path),
  });
  expect(result.files).toEqual([file('l/x')]);
  expect(dropped).toEqual(['l/gone']);
});

it('does not delete in a diff what a replaced link brings back', () => {
  const change = diff([gone('t/l/x'), gone('t/l/y'), link('t/l', 'o'), file('o/x')]);
  expect(sorted(subtreeManifest(change, 't'))).toEqual(diff([file('l/x'), gone('l/y')]));
});

const absolute = snapshot([], [], { pathStyle: 'absolute' });

it.each<[string, ManifestV2025, string, SymlinkPolicy]>([
  ['PATH_STYLE', absolute, 't', 'exclude_all'],
  ['PATH_STYLE', absolute, '.', 'collapse_escaping'],
  ['PATH_STYLE', absolute, '', 'collapse_escaping'],
  ['PATH_STYLE', tree, '/t', 'exclude_all'],
  ['PATH_STYLE', tree, 'C:/t', 'exclude_all'],
  ['INVALID_PATH', tree, '../t', 'exclude_all'],
  ['INVALID_PATH', tree, 't\0', 'exclude_all'],
  ['NOT_REPRESENTABLE', tree, 't', 'preserve'],
  ['NOT_REPRESENTABLE', tree, 't', 'collapse_files'],
  ['SYMLINK_CYCLE', tree, 't', 'collapse_all'],
  ['SYMLINK_CYCLE', snapshot([link('t/l', '.')]), 't', 'collapse_escaping'],
  ['VERSION_MISMATCH', v2023([]) as unknown as ManifestV2025, 't', 'exclude_all'],
])('throws %s', (code, manifest, dir, policy) => {
  expect(codeOf(() => subtreeManifest(manifest, dir, policy))).toBe(code);
});

it.each(['p', 'p/q', '/p', '/', 'C:', '//s/h', '.'])('law: takes back what was joined to %s', (prefix) => {
  fc.assert(
    fc.property(anySnapshot, (manifest) => {
      expect(subtreeManifest(joinManifest(deepFreeze(manifest), prefix), prefix)).toEqual(manifest);
    }),
  );
});
