import { expect, it } from 'vitest';
import type { FileEntry } from '../../src/model/manifest.js';
import { MAX_COLLAPSED_ENTRIES, SymlinkCollapser } from '../../src/model/symlink-collapse.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot } from '../support/manifests.js';

const collapse = (entry: FileEntry, files: readonly FileEntry[], dirs: readonly string[] = []) =>
  new SymlinkCollapser(deepFreeze(snapshot([...files, entry], dirs))).collapse(entry, 'at');

it.each<[string, FileEntry, FileEntry[], string[], string[]]>([
  ['a file, with its flag', link('l', 'x'), [{ ...file('x'), runnable: true }], ['at'], []],
  ['a chain', link('l', 'm'), [link('m', 'n'), link('n', 'x'), file('x')], ['at'], []],
  [
    'a directory, deep',
    link('l', 'd'),
    [file('d/a'), file('d/e/b'), file('dx'), file('d-')],
    ['at/a', 'at/e/b'],
    [],
  ],
  [
    'links inside a directory',
    link('l', 'd'),
    [link('d/m', 'o'), file('o/x'), link('d/n', 'gone')],
    ['at/m/x'],
    ['at/n'],
  ],
  ['through a link on the way', link('l', 'cur/bin/t'), [link('cur', 'v2'), file('v2/bin/t')], ['at'], []],
  [
    'through two links on the way',
    link('l', 'a/b/c'),
    [link('a', 'x'), link('x/b', 'y'), file('y/c/f')],
    ['at/f'],
    [],
  ],
  [
    'the same directory twice',
    link('l', 'd'),
    [link('d/1', 'e'), link('d/2', 'e'), file('e/x')],
    ['at/1/x', 'at/2/x'],
    [],
  ],
  ['a dangling link', link('l', 'gone'), [], [], ['at']],
  ['a link below a file', link('l', 'f/x'), [file('f')], [], ['at']],
  ['a link into nothing', link('l', 'm/x'), [link('m', 'gone')], [], ['at']],
  ['a deleted target', link('l', 'x'), [], [], ['at']],
])('copies %s', (_case, entry, files, paths, dropped) => {
  const result = collapse(entry, files);
  expect({ paths: result.files.map(({ path }) => path), dropped: result.dropped }).toEqual({
    paths,
    dropped,
  });
});

it('copies the entry itself, not the link', () => {
  expect(collapse(link('l', 'x'), [file('x', 'xx', 7, -3)]).files).toEqual([file('at', 'xx', 7, -3)]);
});

it('drops links to empty directories and to what a diff deletes', () => {
  expect(collapse(link('l', 'd'), [], ['d'])).toEqual({ files: [], dropped: ['at'] });
  const change = diff([gone('x'), link('l', 'x')]);
  expect(new SymlinkCollapser(change).collapse(link('l', 'x'), 'at').dropped).toEqual(['at']);
});

it.each<[string, FileEntry, FileEntry[]]>([
  ['itself', link('l', 'l'), []],
  ['each other', link('l', 'm'), [link('m', 'l')]],
  ['below itself', link('l', 'l/x'), []],
  ['through each other', link('l', 'm/x'), [link('m', 'l/y')]],
  ['the root', link('l', '.'), [file('x')]],
  ['a directory that contains it', link('d/e/l', 'd'), [file('d/x')]],
  ['directories that contain links to each other', link('l', 'a'), [link('a/x', 'b'), link('b/y', 'a')]],
  [
    'a long way round',
    link('l', 'm0'),
    Array.from({ length: 50_000 }, (_, at) => link(`m${at}`, `m${(at + 1) % 50_000}`)),
  ],
])('finds a cycle: %s', (_case, entry, files) => {
  expect(codeOf(() => collapse(entry, files))).toBe('SYMLINK_CYCLE');
});

it('follows a chain of a hundred thousand links, once for all of them', () => {
  const links = Array.from({ length: 100_000 }, (_, at) => link(`l${at}`, `l${at + 1}`));
  const collapser = new SymlinkCollapser(snapshot([...links, file('l100000', 'xx')]));
  for (const one of links) expect(collapser.collapse(one, 'at').files[0]?.hash).toBe('xx');
});

it('finds a cycle behind links that multiply, without walking every way to it', () => {
  const layers = Array.from({ length: 60 }, (_, at) => [
    link(`d${at}/1`, `d${at + 1}`),
    link(`d${at}/2`, `d${at + 1}`),
  ]);
  const cycle = link('d60/z', 'd0');
  expect(codeOf(() => collapse(link('l', 'd0'), [...layers.flat(), file('d60/a'), cycle]))).toBe(
    'SYMLINK_CYCLE',
  );
});

it('refuses links that multiply beyond every size', () => {
  const layers = Array.from({ length: 40 }, (_, at) => [
    link(`d${at}/1`, `d${at + 1}`),
    link(`d${at}/2`, `d${at + 1}`),
  ]);
  expect(codeOf(() => collapse(link('l', 'd0'), [...layers.flat(), file('d40/a')]))).toBe(
    'NOT_REPRESENTABLE',
  );
  expect(MAX_COLLAPSED_ENTRIES).toBe(5_000_000);
});

it('refuses a path that gets too long', () => {
  const long = file(`d/${'n'.repeat(32_766)}`);
  expect(codeOf(() => collapse(link('l', 'd'), [long]))).toBe('INVALID_PATH');
});
