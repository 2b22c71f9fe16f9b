import { expect, it } from 'vitest';
import {
  boolean,
  bytes,
  choice,
  count,
  exactChoice,
  jsonForm,
  text,
  wholeNumber,
} from '../../../src/cli/options/parse-value.js';

it.each([
  ['1', 1],
  ['500000', 500_000],
  ['500KB', 500_000],
  ['500 kb', 500_000],
  ['1.5M', 1_500_000],
  ['64MiB', 67_108_864],
  ['10 MB/s', 10_000_000],
  ['2g', 2_000_000_000],
  ['1Ti', 1_099_511_627_776],
])('%j is %d bytes', (given, expected) => {
  expect(bytes(given)).toBe(expected);
});

it.each(['', '0', '-5', '5X', 'MB', '1e9', '99999999999TB', '1.2.3M', '0.5'])('%j is no size', (given) => {
  expect(() => bytes(given)).toThrow(/must be a size .* not "/);
});

it.each([
  ['1', 1],
  ['0064', 64],
])('%j counts as %d', (given, expected) => {
  expect(count(given)).toBe(expected);
});

it.each(['', '0', '-1', '1.5', 'many', '1234567890'])('%j is no count', (given) => {
  expect(() => count(given)).toThrow('must be a whole number of at least 1');
});

it('takes a choice in any letter case and gives it in its own', () => {
  expect(choice('SKIP', 'CREATE_COPY')('create_Copy')).toBe('CREATE_COPY');
  expect(() => choice('SKIP', 'CREATE_COPY')('copy')).toThrow('must be one of SKIP, CREATE_COPY, not "copy"');
});

it('takes an exact choice only as it is written', () => {
  expect(exactChoice('COPIED')('COPIED')).toBe('COPIED');
  expect(() => exactChoice('COPIED')('copied')).toThrow('must be one of COPIED');
});

it.each([
  ['yes', true],
  ['ON', true],
  ['1', true],
  ['no', false],
  ['Off', false],
  ['0', false],
])('%j means %s', (given, expected) => {
  expect(boolean(given)).toBe(expected);
});

it.each([
  ['1', 'true'],
  ['On', 'true'],
  ['no', 'false'],
  ['Envelope', 'envelope'],
])('%j asks for the JSON form %s', (given, expected) => {
  expect(jsonForm(given)).toBe(expected);
});

it('refuses other words for yes and no, and empty text', () => {
  expect(() => boolean('maybe')).toThrow('must be true or false, not "maybe"');
  expect(() => jsonForm('maybe')).toThrow('must be true, false or envelope, not "maybe"');
  expect(() => text('')).toThrow('must not be empty');
});

it.each([
  ['0', 0],
  ['-1', -1],
  ['007', 7],
])('%j is the whole number %d', (given, expected) => {
  expect(wholeNumber(given)).toBe(expected);
});

it.each(['', '1.5', 'many', '--1', '1234567890', '1e3'])('%j is no whole number', (given) => {
  expect(() => wholeNumber(given)).toThrow('must be a whole number, not');
});
