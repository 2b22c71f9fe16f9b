/** The manifest of the deepest directory that holds all of the content. */
import { expect, it } from 'vitest';
import type { HashedEntry } from '../../src/model/file-item.js';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { ManifestBuilder, type ManifestShape } from '../../src/sinks/manifest-entries.js';

const HASH = '0'.repeat(32);
const STATE = { sourcePath: '/x', size: 0, mtimeNs: 0n, ctimeNs: 0n, mode: 0o644 };
const file = (path: string): HashedEntry => ({ path, kind: 'file', ...STATE, hashes: [HASH] });
const dir = (path: string): HashedEntry => ({ path, kind: 'directory', ...STATE });
const link = (path: string, linkTarget: string): HashedEntry => ({
  ...{ path, kind: 'symlink', linkTarget },
  ...STATE,
});

/** Directory, directories and files of the manifest, links as `path -> target`. */
function contentOf(entries: readonly HashedEntry[], shape: Partial<ManifestShape> = {}) {
  const builder = new ManifestBuilder({ version: 'v2025-12', ...shape });
  for (const entry of entries) builder.add(entry);
  const { contentDirectory } = builder;
  const { dirs, files } = builder.build(contentDirectory) as ManifestV2025;
  const shown = files.map(({ path, symlinkTarget: to }) => (to === undefined ? path : `${path} -> ${to}`));
  return [contentDirectory, dirs.map(({ path }) => path), shown];
}

it.each<[string, readonly HashedEntry[], unknown[]]>([
  ['a file alone', [dir('d'), file('d/a')], ['d', [], ['a']]],
  ['files of one directory', [file('d/e/a'), file('d/e/f/b')], ['d/e', ['f'], ['a', 'f/b']]],
  ['a file at the top', [file('a'), file('d/b')], ['', ['d'], ['a', 'd/b']]],
  ['an empty directory within', [file('d/a'), dir('d/e')], ['d', ['e'], ['a']]],
  ['an empty directory elsewhere', [file('d/a'), dir('e/f')], ['', ['d', 'e', 'e/f'], ['d/a']]],
  ['empty directories alone', [dir('d'), dir('d/e')], ['', ['d', 'd/e'], []]],
  ['a link within', [file('d/a'), link('d/e/l', 'd/a')], ['d', ['e'], ['a', 'e/l -> a']]],
  ['a link to the directory itself', [file('d/a'), link('d/l', 'd')], ['d', [], ['a', 'l -> .']]],
  ['a link to elsewhere', [file('d/a'), link('d/l', 'e')], ['', ['d'], ['d/a', 'd/l -> e']]],
  ['a link to the root', [file('d/a'), link('d/l', '.')], ['', ['d'], ['d/a', 'd/l -> .']]],
  ['nothing', [], ['', [], []]],
])('of %s', (_case, entries, expected) => {
  expect(contentOf(entries)).toEqual(expected);
});

it('of a tree whose empty directories are not kept', () => {
  expect(contentOf([file('d/a'), dir('e')], { includeEmptyDirs: false })).toEqual(['d', [], ['a']]);
});

it('of a v2023-03-03 manifest', () => {
  const builder = new ManifestBuilder({ version: 'v2023-03-03' });
  for (const path of ['d/b', 'd/a', 'd/e/c']) builder.add(file(path));
  expect(builder.contentDirectory).toBe('d');
  expect(builder.build('d')).toMatchObject({ paths: [{ path: 'a' }, { path: 'b' }, { path: 'e/c' }] });
});
