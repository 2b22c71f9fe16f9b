import { expect, it } from 'vitest';
import { AutomaticRoots, ExplicitRoots } from '../../src/model/partition-roots.js';
import { file } from '../support/manifests.js';

it('finds the explicit root of a path at any depth', () => {
  const roots = new ExplicitRoots(['/a/b', '/c']);
  const [[, first] = [], [, second] = []] = roots.parts();
  expect(roots.partOfFile('/a/b/x/y')).toBe(first);
  expect(roots.partOfFile('/c/x')).toBe(second);
  expect(roots.partOfDir('/a/b')).toBe(first);
  expect(roots.partOfFile('/a/bx')).toBeUndefined();
  expect(['/', '/a', '/a/b', '/c'].map((dir) => roots.hasBelow(dir))).toEqual([true, true, false, false]);
});

it('groups half a million files without looking at each directory twice', () => {
  const automatic = new AutomaticRoots(new ExplicitRoots(['r/x/y/z']));
  for (let at = 0; at < 500_000; at++) automatic.addFile(file(`r/x/d${at % 1000}/${at}`));
  const parts = automatic.parts();
  expect(parts).toHaveLength(1000);
  expect(parts[0]?.[0]).toBe('r/x/d0');
});
