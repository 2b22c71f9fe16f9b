import { expect, it } from 'vitest';
import { IniSyntaxError, parseIni } from '../../../src/cli/options/ini.js';

it.each([
  ['[a]\nk = v', { k: 'v' }],
  ['[a]\nk: v', { k: 'v' }],
  ['[a]\nK=v=w:x', { k: 'v=w:x' }],
  ['[a]\nurl : http://h', { url: 'http://h' }],
  ['\uFEFF[a]\r\nk =  v  \r\n', { k: 'v' }],
  ['# c\n; c\n\n[a]\nk = v # kept', { k: 'v # kept' }],
  ['[a]\nk = one\n  two\n\n  three\nl = x', { k: 'one\ntwo\nthree', l: 'x' }],
  ['[a]\nk =\nl = x', { k: '', l: 'x' }],
  ['[a]\nk = 1\nk = 2', { k: '2' }],
  ['[a]\nk = 1\n[b]\nk = 2\n[a]\nl = 3', { k: '1', l: '3' }],
])('reads %j', (source, expected) => {
  expect(Object.fromEntries(parseIni(source).get('a') ?? [])).toEqual(expected);
});

it('keeps section names exactly', () => {
  expect([...parseIni('[profile-(default) farm-1 defaults]\nqueue_id = q').keys()]).toEqual([
    'profile-(default) farm-1 defaults',
  ]);
});

it.each([
  ['k = v', 1],
  ['[a]\n\nnonsense', 3],
  ['[a]\n= v', 2],
])('refuses %j in line %d', (source, line) => {
  expect(() => parseIni(source)).toThrow(new IniSyntaxError(line));
});
