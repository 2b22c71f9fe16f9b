import { expect, it } from 'vitest';
import { joinManifest } from '../../src/model/join.js';
import type { ManifestV2025 } from '../../src/model/manifest.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot } from '../support/manifests.js';

it.each([
  ['p', 'p/a', 'relative'],
  ['./p//q/', 'p/q/a', 'relative'],
  ['.', 'a', 'relative'],
  ['/', '/a', 'absolute'],
  ['/p', '/p/a', 'absolute'],
  ['C:', 'C:/a', 'absolute'],
  ['//s/h', '//s/h/a', 'absolute'],
  ['..p', '..p/a', 'relative'],
])('prefix %s', (prefix, path, pathStyle) => {
  const joined = joinManifest(deepFreeze(snapshot([file('a')], ['a'])), prefix);
  expect(joined).toMatchObject({ pathStyle, files: [file(path)], dirs: [{ path }] });
});

it('moves link targets, the root too, keeps deletions, drops the parent hash, recomputes the total', () => {
  const given = diff([link('l', 'a/b'), link('r', '.'), gone('x')], [gone('d')], {
    totalSize: 5,
    parentManifestHash: 'p',
  });
  expect(joinManifest(given, '/p')).toEqual(
    diff([link('/p/l', '/p/a/b'), link('/p/r', '/p'), gone('/p/x')], [gone('/p/d')], {
      pathStyle: 'absolute',
    }),
  );
});

const beta: Partial<ManifestV2025> = { version: 'v2025-12-04-beta' };

it.each([
  ['INVALID_PATH', '', {}],
  ['INVALID_PATH', '..', {}],
  ['INVALID_PATH', 'a/../../b', {}],
  ['INVALID_PATH', 'a\0', {}],
  ['PATH_STYLE', 'p', { pathStyle: 'absolute' } as const],
  ['PATH_STYLE', '/p', beta],
])('throws %s for %j', (code, prefix, overrides) => {
  expect(codeOf(() => joinManifest(snapshot([], [], overrides), prefix))).toBe(code);
});
