import { expect, it } from 'vitest';
import { isDigest, isHashText } from '../../src/model/hash-text.js';

const DIGEST = '99aa06d3014798d86001c324468d497f';

it.each([
  [DIGEST, true],
  ['ABCxyz019', true],
  ['', false],
  ['ab/cd', false],
  ['ab cd', false],
  ['é', false],
  ['ab\n', false],
])('%j: %s', (text, is) => {
  expect(isHashText(text)).toBe(is);
});

it.each([
  [DIGEST, true],
  [DIGEST.toUpperCase(), false],
  [DIGEST.slice(1), false],
  [`${DIGEST}0`, false],
  [`${DIGEST.slice(1)}g`, false],
  [`${DIGEST.slice(1)}\n`, false],
  ['', false],
])('%j is a digest: %s', (text, is) => {
  expect(isDigest(text)).toBe(is);
});

it('takes of all characters those of the specification', () => {
  const characters = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));
  const alphanumeric = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
  expect(characters.filter((character) => isHashText(character))).toEqual(alphanumeric);
  expect(characters.filter((character) => isDigest(character.repeat(32)))).toEqual([...'0123456789abcdef']);
});
