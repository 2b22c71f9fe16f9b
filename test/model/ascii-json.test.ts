import { expect, it } from 'vitest';
import { asciiJson } from '../../src/model/ascii-json.js';

it('escapes everything above ASCII, half a pair too', () => {
  expect(asciiJson({ é: '\u007f😀\ud800' })).toBe('{"\\u00e9":"\\u007f\\ud83d\\ude00\\ud800"}');
  expect(asciiJson([1], 2)).toBe('[\n  1\n]');
});
