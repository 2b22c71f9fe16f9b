import { expect, it } from 'vitest';
import { isHashText } from '../../src/model/hash-text.js';

it.each([
  ['99aa06d3014798d86001c324468d497f', true],
  ['ABCxyz019', true],
  ['', false],
  ['ab/cd', false],
  ['ab cd', false],
  ['é', false],
  ['ab\n', false],
])('%j: %s', (text, is) => {
  expect(isHashText(text)).toBe(is);
});
