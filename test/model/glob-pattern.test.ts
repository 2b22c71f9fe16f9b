import { expect, it } from 'vitest';
import { GlobPattern, type GlobRules, InvalidGlobPatternError } from '../../src/model/glob-pattern.js';

const POSIX: GlobRules = { host: 'posix', caseSensitive: true, dot: true };
const WINDOWS: GlobRules = { host: 'windows', caseSensitive: false, dot: true };
const refused = (pattern: string, rules: GlobRules) => () => new GlobPattern(pattern, rules);

it.each(['', '/abs', '//a', '..', '../x', 'a/../b', 'a/..', 'a\0b'])('refuses %j', (pattern) => {
  for (const rules of [POSIX, WINDOWS]) {
    expect(refused(pattern, rules)).toThrowError(InvalidGlobPatternError);
    expect(refused(pattern, rules)).toThrowError(
      expect.objectContaining({
        code: 'InvalidGlobPattern',
        kind: 'InvalidGlobPattern',
        pattern,
        reason: expect.any(String),
      }),
    );
  }
});

it.each(['\\x', '\\\\srv\\share', 'C:', 'c:x', 'C:\\x', 'C:/x', 'a\\..\\b'])(
  'refuses %j on Windows only',
  (pattern) => {
    expect(refused(pattern, WINDOWS)).toThrowError(InvalidGlobPatternError);
    expect(refused(pattern, POSIX)).not.toThrow();
  },
);

it.each(['...', '..a', 'a..', './x', 'x/.'])('takes %j', (pattern) => {
  expect(refused(pattern, POSIX)).not.toThrow();
});

it.each([
  ['a/**/b', ['a', 'x', 'y'], true, false, false],
  ['a/**', ['a'], true, false, true],
  ['a/**', [], true, false, false],
  ['a/**/*', ['a', 'b'], true, true, true],
  ['a/**/*.x', ['a'], true, false, false],
  ['a/b', ['a'], true, false, false],
  ['a/b', ['a', 'b'], false, true, false],
  ['a/b', ['x'], false, false, false],
])('%j after %j', (text, names, reaches, accepts, covers) => {
  const pattern = new GlobPattern(text, POSIX);
  const positions = names.reduce((at, name) => pattern.advance(at, name), pattern.start);
  expect(pattern.reachesBelow(positions)).toBe(reaches);
  expect(pattern.accepts(positions)).toBe(accepts);
  expect(pattern.coversBelow(positions)).toBe(covers);
});

it('keeps positions few however often a star is written', () => {
  const pattern = new GlobPattern(`${'**/a/'.repeat(20)}b`, POSIX);
  let positions = pattern.start;
  for (let depth = 0; depth < 200; depth++) {
    positions = pattern.advance(positions, 'a');
    expect(new Set(positions).size).toBe(positions.length);
    expect(positions.length).toBeLessThanOrEqual(42);
  }
  expect(pattern.accepts(pattern.advance(positions, 'b'))).toBe(true);
});
