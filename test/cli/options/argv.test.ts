import { expect, it } from 'vitest';
import { asksForJson, normaliseArgv, valueInArgv } from '../../../src/cli/options/argv.js';

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

it.each([
  [['submit', '--log-format', 'json'], 'json'],
  [['--log-format=text', 'x', '--log-format=json'], 'json'],
  [['submit', '--log-format'], undefined],
  [['submit', '--', '--log-format=json'], undefined],
])('of %j the log format is %s', (argv, expected) => {
  expect(valueInArgv(argv, '--log-format')).toBe(expected);
});
