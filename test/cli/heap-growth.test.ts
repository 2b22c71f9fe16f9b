import { expect, it } from 'vitest';
import { growthPercent } from '../../src/cli/heap-growth.js';

const MIB = 1024 * 1024;

it.each([
  [1, 300],
  [28, 200],
  [56, 100],
  [112, 50],
  [1000, 50],
])('a heap with %i MiB alive may grow by %i percent', (live, percent) => {
  expect(growthPercent(live * MIB)).toBe(percent);
});
