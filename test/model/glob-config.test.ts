import { expect, it } from 'vitest';
import { ValidationError } from '../../src/model/errors.js';
import { parseGlobConfig } from '../../src/model/glob-config.js';

const DEFAULTS = { include: ['**/*'], exclude: [] };

it.each([undefined, ''])('takes %j for everything', (text) => {
  expect(parseGlobConfig(text)).toEqual(DEFAULTS);
});

it('asks for a file first and reads its content instead', () => {
  const asked: string[] = [];
  const read = (path: string) => {
    asked.push(path);
    return '{"include":["f/*"]}';
  };
  expect(parseGlobConfig('globs.json', read)).toEqual({ include: ['f/*'], exclude: [] });
  expect(asked).toEqual(['globs.json']);
});

it('reads the text itself where no such file is', () => {
  expect(parseGlobConfig('{"exclude":["x"]}', () => undefined)).toEqual({
    include: ['**/*'],
    exclude: ['x'],
  });
});

it.each(['*.txt', ' ', 'null', '[]', '"x"', '1', '{'])('refuses %j', (text) => {
  expect(() => parseGlobConfig(text)).toThrowError(ValidationError);
  expect(() => parseGlobConfig(text)).toThrowError(
    expect.objectContaining({
      code: 'NonValidInputError',
      message: `Glob input ${text} cannot be deserialized as JSON`,
    }),
  );
});

it('refuses an empty file, although empty text is fine', () => {
  expect(() => parseGlobConfig('f', () => '')).toThrowError('Glob input  cannot be deserialized as JSON');
});

it.each(['{"include":"*.txt"}', '{"exclude":null}', '{"include":[1]}', '{"exclude":{}}'])(
  'refuses %j: no list of patterns',
  (text) => {
    expect(() => parseGlobConfig(text)).toThrowError(expect.objectContaining({ code: 'NonValidInputError' }));
  },
);

it.each(['{"__proto__":{"include":["x"]}}', '{"Include":["x"]}', '{"toString":1}'])(
  'ignores the keys of %j',
  (text) => {
    expect(parseGlobConfig(text)).toEqual(DEFAULTS);
  },
);
