import { expect, it } from 'vitest';
import { RecentChecks } from '../../src/stages/recent-checks.js';

const after = (...runs: readonly (readonly [number, boolean])[]): boolean => {
  const checks = new RecentChecks();
  for (const [times, absent] of runs) for (let n = 0; n < times; n += 1) checks.add(absent);
  return checks.mostlyAbsent;
};

it.each([
  ['too few to tell', [[199, true]], false],
  ['all of the last 200', [[200, true]], true],
  [
    '90 % are not more than 90 %',
    [
      [180, true],
      [20, false],
    ],
    false,
  ],
  [
    'more than 90 %',
    [
      [181, true],
      [19, false],
    ],
    true,
  ],
  [
    'only the last 200 count',
    [
      [500, false],
      [200, true],
    ],
    true,
  ],
  [
    'and they are forgotten again',
    [
      [500, true],
      [20, false],
    ],
    false,
  ],
] as const)('%s', (_case, runs, expected) => {
  expect(after(...runs)).toBe(expected);
});

it('puts count as checks, until one could not be conditional', () => {
  const checks = new RecentChecks();
  for (let n = 0; n < 200; n += 1) checks.addPut({ created: true });
  expect([checks.mostlyAbsent, checks.putsTell]).toEqual([true, true]);
  for (let n = 0; n < 20; n += 1) checks.addPut({ created: false });
  expect([checks.mostlyAbsent, checks.putsTell]).toEqual([false, true]);
  checks.addPut({ created: true, unconditional: true });
  expect(checks.putsTell).toBe(false);
  checks.addPut({ created: true });
  expect(checks.putsTell).toBe(false);
});
