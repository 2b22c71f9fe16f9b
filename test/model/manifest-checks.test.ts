import { expect, it } from 'vitest';
import { checkedTolerance, totalOf } from '../../src/model/manifest-checks.js';
import { codeOf, file, gone, link } from '../support/manifests.js';

it('sums live regular files', () => {
  expect(
    totalOf([file('a', 'aa', 3), { ...link('l', 'a'), size: 9 }, gone('x'), { path: 'u', size: 4 }]),
  ).toBe(7);
  expect(totalOf([])).toBe(0);
});

it('refuses a sum that is not exact', () => {
  const largest = file('a', 'aa', Number.MAX_SAFE_INTEGER);
  expect(totalOf([largest, file('b', 'aa', 0)])).toBe(Number.MAX_SAFE_INTEGER);
  expect(codeOf(() => totalOf([largest, file('b', 'aa', 1)]))).toBe('UNSAFE_INTEGER');
});

it.each([0, 1, 0.5, Number.POSITIVE_INFINITY])('accepts the tolerance %d', (value) => {
  expect(checkedTolerance('toleranceUs', value)).toBe(value);
});

it.each([-1, Number.NaN])('refuses the tolerance %d', (value) => {
  expect(codeOf(() => checkedTolerance('toleranceUs', value))).toBe('InvalidConfig');
});
