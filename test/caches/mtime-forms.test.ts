import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFreshMtime, isTooYoung, pythonLocalTime } from '../../src/caches/mtime-forms.js';

const PYTHON = `
import datetime, sys
for line in sys.stdin.read().split():
    whole, rest = divmod(int(line), 10 ** 9)
    print(datetime.datetime.fromtimestamp(whole + 1e-9 * rest))
`;

it('writes the time as CPython does, before 1970 and past rounding borders too', () => {
  const nanoseconds = fc.sample(fc.bigInt(-(10n ** 18n), 4n * 10n ** 18n), 2000);
  const borders = [-1n, 0n, 500n, 999_999_499n, 999_999_500n, 1_500n, 2_500n, -500n, -999_999_999n];
  const all = [...nanoseconds, ...borders, ...borders.map((ns) => ns + 1_700_000_000_000_000_000n)];
  const lines = execFileSync('python3', ['-c', PYTHON], { input: all.join('\n'), encoding: 'utf8' });
  expect(all.map(pythonLocalTime)).toEqual(lines.trim().split('\n'));
});

describe('isFreshMtime', () => {
  const ns = 1_700_000_000_123_456_789n;
  it.each<readonly [string, unknown, boolean]>([
    ['its text', pythonLocalTime(ns), true],
    ['another text', pythonLocalTime(ns + 1000n), false],
    ['its nanoseconds', ns, true],
    ['other nanoseconds', ns + 1n, false],
    ['its microseconds', 1_700_000_000_123_456n, true],
    ['rounded microseconds', 1_700_000_000_123_457n, false],
    ['seconds', 1_700_000_000n, false],
    ['a number with a fraction', 1_700_000_000.123, false],
    ['nothing', null, false],
    ['bytes', Buffer.from(pythonLocalTime(ns)), false],
    ['empty text', '', false],
  ])('%s', (_case, stored, fresh) => {
    expect(isFreshMtime(stored, ns)).toBe(fresh);
  });
});

describe('isTooYoung', () => {
  const second = 1_700_000_000_000_000_000n;
  it.each([
    ['20 ms before the start', second + 1n, second + 20_000_001n, false],
    ['less than 20 ms before', second + 1n, second + 20_000_000n, true],
    ['whole second, 2 s before', second, second + 2_000_000_000n, false],
    ['whole second, less than 2 s before', second, second + 1_999_999_999n, true],
    ['in the future', second + 5n, second, true],
  ])('%s', (_case, mtimeNs, startedNs, young) => {
    expect(isTooYoung(mtimeNs, startedNs)).toBe(young);
  });
});
