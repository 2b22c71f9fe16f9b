import { describe, expect, it } from 'vitest';
import {
  checkSessionActionId,
  folderAndName,
  isOutputOfSessionAction,
  isSessionActionId,
  sessionActionIdOf,
} from '../../src/model/session-action.js';

it.each([
  ['sessionaction-a-1', true],
  ['sessionaction-0123456789abcdef-12', true],
  ['sessionaction-a', false],
  ['sessionaction-a-b-1', false],
  ['sessionaction-a-', false],
  ['xsessionaction-a-1', false],
  ['sessionaction-a/b-1', false],
  ['', false],
])('%j is an id: %s', (text, expected) => {
  expect(isSessionActionId(text)).toBe(expected);
});

it.each([
  ['2025-05-22T22:17:03.409012Z_sessionaction-a-1', 'sessionaction-a-1'],
  ['sessionaction-a-1', undefined],
  ['2025_x_sessionaction-a-1', undefined],
  ['2025_', undefined],
  ['', undefined],
])('the folder %j is of %s', (folder, expected) => {
  expect(sessionActionIdOf(folder)).toBe(expected);
});

it.each([
  ['a/b/c_output', { folder: 'b', name: 'c_output' }],
  ['b/c', { folder: 'b', name: 'c' }],
  ['c', undefined],
  ['a//c', undefined],
  ['a/b/', undefined],
])('splits %j', (key, expected) => {
  expect(folderAndName(key)).toEqual(expected);
});

describe('an output of sessionaction-a-1', () => {
  it.each([
    ['p/t_sessionaction-a-1/h_output', true],
    ['p/any/depth/t_sessionaction-a-1/h_output.json', true],
    ['p/t_sessionaction-a-1/h_output.metadata.json', false],
    ['p/t_sessionaction-a-12/h_output', false],
    ['p/t_xsessionaction-a-1/h_output', false],
    ['p/sessionaction-a-1/h_output', false],
    ['p/t_sessionaction-a-1/h_input', false],
    ['p/t_sessionaction-a-1/x/h_output', false],
  ])('%s: %s', (key, expected) => {
    expect(isOutputOfSessionAction(key, 'sessionaction-a-1')).toBe(expected);
  });
});

it('refuses the empty id, which would end every folder', () => {
  expect(checkSessionActionId('x')).toBe('x');
  expect(() => checkSessionActionId('')).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
});
