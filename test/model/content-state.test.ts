import { expect, it } from 'vitest';
import {
  digestsDiffer,
  type HashState,
  hashStateOf,
  linksDiffer,
  requireComparableHashes,
} from '../../src/model/content-state.js';
import type { FileEntry } from '../../src/model/manifest.js';
import { codeOf, file, gone, link } from '../support/manifests.js';

const unhashed: FileEntry = { path: 'u', size: 1, mtime: 1 };
const sides: [HashState, FileEntry[]][] = [
  ['none', []],
  ['none', [link('l', 'x'), gone('g')]],
  ['hashed', [file('a'), link('l', 'x'), { path: 'c', chunkhashes: ['aa'], size: 1, mtime: 1 }]],
  ['unhashed', [unhashed]],
  ['unhashed', [file('a'), unhashed]],
  ['unhashed', [file('a'), { ...unhashed, hash: '' }]],
];

it.each(sides)('%s', (state, files) => {
  expect(hashStateOf(files)).toBe(state);
  for (const [other, others] of sides) {
    const mismatch = [state, other].sort().join() === 'hashed,unhashed';
    expect(codeOf(() => requireComparableHashes(files, others))).toBe(
      mismatch ? 'HASH_STATE_MISMATCH' : undefined,
    );
  }
});

it.each<[FileEntry, FileEntry, boolean | undefined]>([
  [file('f'), file('f', 'bb'), undefined],
  [link('f', 'x'), file('f'), true],
  [link('f', 'x'), { ...link('f', 'x'), size: 5 }, false],
])('compares links only where one is there', (a, b, differ) => {
  expect(linksDiffer(a, b)).toBe(differ);
});

it.each<[Partial<FileEntry>, Partial<FileEntry>, boolean]>([
  [{ hash: 'aa' }, { hash: 'aa' }, false],
  [{ hash: 'aa' }, { hash: 'AA' }, true],
  [{ hash: 'aa' }, {}, true],
  [{ hash: 'aa' }, { chunkhashes: ['aa'] }, true],
  [{ chunkhashes: ['aa', 'bb'] }, { chunkhashes: ['aa', 'bb'] }, false],
  [{ chunkhashes: ['aa', 'bb'] }, { chunkhashes: ['bb', 'aa'] }, true],
  [{}, {}, false],
  [{ hash: '' }, {}, false],
  [{ hash: '' }, { hash: 'aa' }, true],
])('compares digests %j and %j', (a, b, differ) => {
  expect(digestsDiffer({ path: 'f', ...a }, { path: 'f', ...b })).toBe(differ);
});
