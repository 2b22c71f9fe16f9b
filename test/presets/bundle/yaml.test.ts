/** YAML of a bundle without Python: what is kept apart, what is refused and where, and that nothing grows beyond bounds. */
import { expect, it } from 'vitest';
import { FloatNumber } from '../../../src/model/document-value.js';
import { MAX_ALIASED, MAX_MARKS, parseYaml } from '../../../src/presets/bundle/yaml.js';

it('keeps integers, floats, booleans and texts apart', () => {
  const text =
    'a: 1\nb: 1.0\nc: "1"\nd: yes\ne: 010\nf: 1e5\ng: 1:30\nh: 9007199254740993\ni:\nj: 2024-01-02\n';
  expect(parseYaml(text)).toEqual({
    ...{ a: 1, b: new FloatNumber(1), c: '1', d: true, e: 8, f: '1e5', g: 90 },
    ...{ h: 9007199254740993n, i: null, j: '2024-01-02' },
  });
});

it('names of members are texts, of equal names the last counts, none reaches the prototype', () => {
  expect(parseYaml('on: 1\n1: 2\na: 3\na: 4\n')).toEqual({ on: 1, '1': 2, a: 4 });
  const value = parseYaml('__proto__: {x: 1}\n') as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

it.each([
  [
    'a tag of another program',
    'a:\n  - !!python/object:os.system x\n',
    'could not determine a constructor',
    2,
    31,
  ],
  ['a tag without a value of ours', 'a: !!binary aGk=\n', 'tag:yaml.org,2002:binary', 1, 13],
  [
    'a list with a tag of its own',
    'a: !set [1]\n',
    'could not determine a constructor for the tag "!set"',
    1,
    9,
  ],
  ['a list in a circle', '&a [1, *a]\n', 'the alias "a" is part of what it stands for', 1, 8],
  ['a map in a circle', 'a: &x\n  b: {c: *x}\n', 'the alias "x" is part of what it stands for', 2, 10],
  ['a merge in a circle', 'a: &x\n  <<: *x\n', 'the alias "x" is part of what it stands for', 2, 7],
  ['an alias of nothing', 'a: *x\n', 'found undefined alias "x"', 1, 4],
  ['a name that is a list', '? [a]\n: b\n', 'the name of a member must be a text', 1, 3],
  ['a merge of a number', 'a:\n  <<: 1\n', 'expected a mapping or list of mappings for merging', 2, 7],
  ['a date that is none', 'a: 2024-02-30\n', '"2024-02-30" is no date', 1, 4],
  ['a number that is none', 'a: !!int x\n', '"x" is no integer', 1, 10],
  ['a number of too many digits', `a: ${'9'.repeat(5000)}\n`, 'is no integer', 1, 4],
  ['a NUL', 'a: b\nc: \0\n', 'special characters are not allowed', 2, 4],
  ['a control character', 'a: \x07\n', 'special characters are not allowed', 1, 4],
  ['half of a character', 'a: \ud800\n', 'special characters are not allowed', 1, 4],
  ['two documents', '---\na: 1\n---\nb: 2\n', 'Source contains multiple documents', 3, 1],
  ['an open bracket', 'a: [1\nb: 2\n', 'must be sufficiently indented', 2, 1],
  ['a map in a line', 'a: b: c\n', 'Nested mappings are not allowed', 1, 4],
  [
    'a continued list without indentation, unlike PyYAML',
    'a: [1,\n2]\n',
    'must be sufficiently indented',
    2,
    1,
  ],
])('refuses %s and says where', (_case, text, problem, line, column) => {
  const place = `\n  in line ${line}, column ${column}`;
  const read = () => parseYaml(text);
  expect(read).toThrow(SyntaxError);
  expect(read).toThrow(problem);
  expect(read).toThrow(place);
});

/** Ten names, each a list of nine of the one before. */
const LAUGHS = Array.from({ length: 10 }, (_, level) =>
  level === 0
    ? 'a0: &a0 [lol]'
    : `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
).join('\n');
const LONG = `a: &a ${'x'.repeat(100_000)}\nb: [${Array(1000).fill('*a').join(', ')}]\n`;
const MERGES = `a: &a {${Array.from({ length: 2000 }, (_, n) => `k${n}: 1`).join(', ')}}\n${Array.from(
  { length: 1000 },
  (_, n) => `m${n}: {<<: *a}`,
).join('\n')}\n`;

it.each([
  ['lists of lists', LAUGHS],
  ['long texts', LONG],
  ['merges', MERGES],
])('refuses aliases that stand for too much, soon: %s', (_case, text) => {
  const started = performance.now();
  expect(() => parseYaml(text)).toThrow('the aliases of the document stand for too much');
  expect(performance.now() - started).toBeLessThan(5_000);
});

it('many aliases of something small are no attack', () => {
  const count = MAX_ALIASED / 100; // each with a comma
  const value = parseYaml(`a: &a x\nb: [${Array(count).fill('*a').join(', ')}]\n`) as { b: string[] };
  expect(value.b).toHaveLength(count);
});

it.each(['-\n', '[],', 'a: b\n', '#\n', '"a" ', '!!str ', '&a ', '*a ', '? '])(
  'refuses more than enough of %j at once',
  (line) => {
    expect(() => parseYaml(line.repeat(MAX_MARKS + 1))).toThrow('too large for YAML: write it as JSON');
  },
);

it.each(['[', '- ', '{a: ', '? '])('refuses %j nested ten thousand deep', (open) => {
  expect(() => parseYaml(open.repeat(10_000))).toThrow(new SyntaxError('the document is nested too deeply'));
});
