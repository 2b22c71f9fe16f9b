import { expect, it } from 'vitest';
import { atLeastOne, positiveInteger } from '../../src/pipeline/options.js';

it.each([
  [positiveInteger, 1, true],
  [positiveInteger, 512, true],
  [positiveInteger, 0, false],
  [positiveInteger, 1.5, false],
  [positiveInteger, Number.POSITIVE_INFINITY, false],
  [positiveInteger, Number.NaN, false],
  [positiveInteger, '3' as unknown as number, false],
  [atLeastOne, 1, true],
  [atLeastOne, Number.POSITIVE_INFINITY, true],
  [atLeastOne, 0.5, false],
  [atLeastOne, Number.NaN, false],
])('%o of %s passes: %s', (check, value, passes) => {
  if (passes) expect(check('concurrency', value)).toBe(value);
  else
    expect(() => check('concurrency', value)).toThrow(
      expect.objectContaining({ code: 'InvalidConfig', option: 'concurrency' }),
    );
});
