import { expect, it } from 'vitest';
import { escapeControls } from '../../../src/cli/output/escape.js';

it.each([
  ['plain é 😀 \\ text', 'plain é 😀 \\ text'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u001b[31mred', '\\x1b[31mred'],
  ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
  ['evil\u202egnp.exe', 'evil\\u202egnp.exe'],
  ['line\u2028break', 'line\\u2028break'],
  ['half \udc80 pair', 'half \\udc80 pair'],
])('%j is shown as %s', (text, expected) => {
  expect(escapeControls(text)).toBe(expected);
});
