import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinManifest } from '../../src/model/join.js';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { partitionManifest, type RootedManifest } from '../../src/model/partition.js';
import { isBelow } from '../../src/model/paths.js';
import { regularSnapshot } from '../support/arbitrary-manifests.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot } from '../support/manifests.js';

const absolute = (paths: readonly string[], dirs: readonly string[] = []) =>
  deepFreeze(
    snapshot(
      paths.map((path) => file(path)),
      dirs,
      { pathStyle: 'absolute' },
    ),
  );
const outline = (parts: readonly RootedManifest[]) =>
  parts.map(([root, { files }]) => [root, files.map(({ path }) => path)]);

it.each<[string, ManifestV2025, string[], string[], [string, string[]][]]>([
  [
    'an empty explicit root',
    absolute(['/a/1']),
    ['/z', '/a'],
    [],
    [
      ['/z', []],
      ['/a', ['1']],
    ],
  ],
  [
    'drives and shares apart',
    absolute(['C:/a/1', 'C:/b/2', 'D:/x/3', '//s/h/q/4', '//s/i/5', '/p/6']),
    [],
    [],
    [
      ['//s/h/q', ['4']],
      ['//s/i', ['5']],
      ['/p', ['6']],
      ['C:', ['a/1', 'b/2']],
      ['D:/x', ['3']],
    ],
  ],
  [
    'splits as deep as needed',
    absolute(['/d/x/y/1', '/d/x/y/z/2', '/d/w/3', '/q/4']),
    ['/d/x/r'],
    [],
    [
      ['/d/x/r', []],
      ['/d/w', ['3']],
      ['/d/x/y', ['1', 'z/2']],
      ['/q', ['4']],
    ],
  ],
  [
    'a reference below an explicit root widens nothing',
    absolute(['/a/b/1']),
    ['/c'],
    ['/c/d'],
    [
      ['/c', []],
      ['/a/b', ['1']],
    ],
  ],
  ['references alone make no root', absolute(['/a/1']), ['/a'], ['/q/r'], [['/a', ['1']]]],
  [
    'code-point order of automatic roots',
    absolute(['/r/x', '/😀/1', '/ﬀ/2']),
    ['/r'],
    [],
    [
      ['/r', ['x']],
      ['/ﬀ', ['2']],
      ['/😀', ['1']],
    ],
  ],
  ['nothing in common', snapshot([file('a/1'), file('2')]), [], [], [['.', ['a/1', '2']]]],
  ['an explicit root of everything', absolute(['/a', '/b/c']), ['/'], [], [['/', ['a', 'b/c']]]],
  [
    'an explicit relative root of everything',
    snapshot([file('a'), file('b/c')]),
    ['./'],
    [],
    [['.', ['a', 'b/c']]],
  ],
])('%s', (_case, manifest, roots, references, expected) => {
  expect(outline(partitionManifest(manifest, roots, references))).toEqual(expected);
});

it('leaves out directories that a root names, keeps the others relative to theirs', () => {
  const manifest = absolute(['/d/x/1', '/d/y/2'], ['/d', '/d/x', '/d/x/void', '/d/y', '/d/y/void']);
  const dirs = partitionManifest(manifest, ['/d/x']).map(([root, part]) => [root, part.dirs]);
  expect(dirs).toEqual([
    ['/d/x', [{ path: 'void' }]],
    ['/d/y', [{ path: 'void' }]],
  ]);
});

it('looks link targets up in the whole manifest and names dropped links with their root', () => {
  const manifest = snapshot([link('a/l', 'b/x'), link('a/m', 'gone'), file('b/x', 'xx')]);
  const dropped: unknown[] = [];
  const onDroppedLink = (...link: unknown[]) => dropped.push(link);
  const parts = partitionManifest(manifest, ['a', 'b'], [], 'collapse_escaping', { onDroppedLink });
  expect(parts[0]?.[1].files).toEqual([file('l', 'xx')]);
  expect(dropped).toEqual([['a', 'm']]);
});

it('keeps the type and drops the parent hash', () => {
  const [part] = partitionManifest(diff([gone('a/x'), file('a/y')], [], { parentManifestHash: 'p' }));
  expect(part).toEqual(['a', diff([gone('x'), file('y')])]);
});

it('gives an empty list for an empty manifest', () => {
  expect(partitionManifest(absolute([]), ['/a'], ['/b'])).toEqual([]);
});

it.each<[string, ManifestV2025, string[], string[]]>([
  ['ROOT_OVERLAP', absolute(['/a/1']), ['/a/b', '/a'], []],
  ['ROOT_OVERLAP', absolute(['/a/1']), ['/a', '/a/'], []],
  ['ROOT_OVERLAP', absolute(['/a/1']), ['/', '/a'], []],
  ['ROOT_OVERLAP', snapshot([file('a')]), ['.', 'a/b'], []],
  ['ROOT_OVERLAP', absolute(['/d/f']), ['/d/x'], []],
  ['PATH_CONFLICT', absolute(['/a/1']), ['/a/1'], []],
  ['PATH_STYLE', absolute(['/a/1']), [], ['a']],
  ['PATH_STYLE', snapshot([file('a')]), ['/a'], []],
  ['INVALID_PATH', snapshot([file('a')]), ['..'], []],
  ['INVALID_PATH', absolute(['//s']), [], []],
  ['INVALID_PATH', absolute(['C:']), [], []],
])('throws %s', (code, manifest, roots, references) => {
  expect(codeOf(() => partitionManifest(manifest, roots, references))).toBe(code);
});

it('refuses policies that need a disk', () => {
  expect(codeOf(() => partitionManifest(snapshot([]), [], [], 'preserve'))).toBe('NOT_REPRESENTABLE');
});

it('law: every file is in exactly one part, every directory in one or named by a root', () => {
  const roots = fc.subarray(['a', 'b/c', '😀/ﬀ/a', '__proto__'], { minLength: 0 });
  fc.assert(
    fc.property(
      regularSnapshot,
      roots,
      fc.subarray(['a/q', 'c/b', 'z']),
      (manifest, explicit, references) => {
        deepFreeze(manifest);
        const run = () => partitionManifest(manifest, explicit, references);
        const code = codeOf(run);
        if (code !== undefined) {
          // The two ways in which explicit roots can contradict the tree.
          expect(['ROOT_OVERLAP', 'PATH_CONFLICT']).toContain(code);
          expect(explicit).not.toEqual([]);
          return;
        }
        const parts = run();
        const whole = parts.map(([root, part]) => joinManifest(part, root));
        const paths = whole.flatMap(({ files }) => files.map(({ path }) => path));
        expect(paths.toSorted()).toEqual(manifest.files.map(({ path }) => path).toSorted());
        const named = parts.map(([root]) => root);
        const dirs = new Set(whole.flatMap((part) => part.dirs.map(({ path }) => path)));
        const lost = manifest.dirs.filter(({ path }) => !dirs.has(path));
        const isNamed = (dir: string) => named.some((root) => root === dir || isBelow(root, dir));
        expect(lost.filter(({ path }) => !isNamed(path))).toEqual([]);
        const automatic = named.slice(explicit.length);
        expect(automatic.filter((root) => explicit.some((other) => isBelow(other, root)))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});
