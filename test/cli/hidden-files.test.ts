import { expect, it } from 'vitest';
import { CountingFilter } from '../../src/cli/hidden-files.js';
import { GlobFilter } from '../../src/model/glob-filter.js';

it('selects what is visible and counts, once each, what only --hidden would select', () => {
  const exclude = ['**/*.tmp'];
  const filter = new CountingFilter(new GlobFilter({ exclude, dot: false }), new GlobFilter({ exclude }));
  const paths = ['a', '.b', 'd/.c/e', 'x.tmp', '.y.tmp', 'd/f', '.b'];
  expect(paths.filter((path) => filter.matches(path))).toEqual(['a', 'd/f']);
  expect(filter.hidden).toBe(2);
  expect(filter.prunes('.c')).toBe(false);
});

it('does not enter what no pattern reaches', () => {
  const include = ['d/*'];
  const filter = new CountingFilter(new GlobFilter({ include, dot: false }), new GlobFilter({ include }));
  expect(filter.prunes('.git')).toBe(true);
  expect(filter.prunes('d')).toBe(false);
});
