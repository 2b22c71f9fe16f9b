import { expect, it } from 'vitest';
import { LinkTargets } from '../../src/model/link-targets.js';
import { file, link, snapshot } from '../support/manifests.js';

const targets = new LinkTargets(
  snapshot(
    [file('d/b'), file('d/a'), file('d/a2/x'), file('d-'), file('d0'), link('l', 'd'), link('m', 'l/a2')],
    ['void'],
  ),
);

it.each([
  ['d/a', 'd/a'],
  ['d', 'd'],
  ['.', '.'],
  ['void', 'void'],
  ['l', 'd'],
  ['l/a2/x', 'd/a2/x'],
  ['m', 'd/a2'],
  ['m/x', 'd/a2/x'],
  ['m/y', undefined],
  ['void/x', undefined],
])('finds %s at %s', (target, place) => {
  expect(targets.locate(target)).toBe(place);
});

it('lists what is below a directory, in order, by whole components', () => {
  expect([...targets.below('d')].map(({ path }) => path)).toEqual(['d/a', 'd/a2/x', 'd/b']);
  expect([...targets.below('d/a')]).toEqual([]);
  expect([...targets.below('.')]).toHaveLength(7);
});

it('knows the root of absolute manifests', () => {
  const absolute = new LinkTargets(snapshot([file('/a/b')], [], { pathStyle: 'absolute' }));
  expect(absolute.locate('/')).toBe('/');
  expect([...absolute.below('/')]).toEqual([file('/a/b')]);
});
