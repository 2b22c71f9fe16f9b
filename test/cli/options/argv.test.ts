import { expect, it } from 'vitest';
import { asksForJson, normaliseArgv } from '../../../src/cli/options/argv.js';

it.each([
  [
    ['-ie', '{}'],
    ['--include-exclude-config', '{}'],
  ],
  [['-ie={"include":["a"]}'], ['--include-exclude-config={"include":["a"]}']],
  [
    ['-i', 'a', '-e', 'b'],
    ['-i', 'a', '-e', 'b'],
  ],
  [['--json=envelope'], ['--json-envelope']],
  [
    ['--json', 'p'],
    ['--json', 'p'],
  ],
  [
    ['submit', '--', '-ie', '--json=envelope'],
    ['submit', '--', '-ie', '--json=envelope'],
  ],
])('%j becomes %j', (given, expected) => {
  expect(normaliseArgv(given)).toEqual(expected);
});

it.each([
  [['submit', '--json'], true],
  [['submit', '--json=envelope'], true],
  [['submit', '--json=nonsense'], true],
  [['submit', '--', '--json'], false],
  [['submit', '--jsonish'], false],
])('%j asks for JSON: %s', (argv, expected) => {
  expect(asksForJson(argv)).toBe(expected);
});
