/** YAML as the real PyYAML reads it: what both make of thousands of scalars and documents is the same, errors included. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type DocumentValue,
  isDocumentObject,
  isList,
  pythonRepr,
} from '../../../src/model/document-value.js';
import { parseYaml } from '../../../src/presets/bundle/yaml.js';
import { yamlText } from '../../../src/presets/bundle/yaml-text.js';
import { runPythonJson } from '../../support/peers.js';
import { requireServer } from '../../support/require-server.js';
import { seeded } from '../../support/seeded.js';
import { tempDir } from '../../support/temp-dir.js';

/** Values as `repr` shows them; dates and times as texts, names of members as texts where they were plain ones. */
const SCRIPT = `
import datetime, json, sys, yaml
def shown(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return repr(str(value))
    if isinstance(value, list):
        return '[' + ', '.join(shown(item) for item in value) + ']'
    if isinstance(value, dict):
        return '{' + ', '.join(repr(name) + ': ' + shown(item) for name, item in value.items()) + '}'
    return repr(value)
def read(text):
    try:
        return shown(yaml.safe_load(text))
    except Exception:
        return None
print(json.dumps([read(text) for text in json.load(open(sys.argv[1]))]))
`;

/** `repr` of each document; null for one that PyYAML refuses. */
async function readByPython(texts: readonly string[]): Promise<(string | null)[]> {
  const file = join(tempDir('pyyaml'), 'texts.json');
  writeFileSync(file, JSON.stringify(texts));
  return (await runPythonJson(SCRIPT, { args: [file] })) as (string | null)[];
}

function readByUs(text: string): string | null {
  try {
    return shown(parseYaml(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Integer-like names come first in a JavaScript object; none of the documents has one. */
function shown(value: DocumentValue): string {
  if (isList(value)) return `[${value.map(shown).join(', ')}]`;
  if (!isDocumentObject(value)) return pythonRepr(value);
  const members = Object.entries(value).map(([name, item]) => `${pythonRepr(name)}: ${shown(item)}`);
  return `{${members.join(', ')}}`;
}

async function expectSame(texts: readonly string[]): Promise<void> {
  const theirs = await readByPython(texts);
  const different = texts.flatMap((text, index) => {
    const ours = readByUs(text);
    const expected = theirs[index];
    return expected === null || ours === expected ? [] : [{ text, ours, expected }];
  });
  expect(different).toEqual([]);
}

const SCALARS = [
  ...['yes', 'Yes', 'YES', 'yEs', 'y', 'Y', 'no', 'No', 'NO', 'n', 'on', 'On', 'ON', 'off', 'Off', 'OFF'],
  ...['true', 'True', 'TRUE', 'tRue', 'false', 'False', 'FALSE', '~', 'null', 'Null', 'NULL', 'nULL', 'None'],
  ...[
    '0',
    '-0',
    '+0',
    '00',
    '0_0',
    '1',
    '+1',
    '-1',
    '12_345',
    '1__2',
    '_1',
    '1_',
    '010',
    '-010',
    '08',
    '0o17',
    '0O17',
  ],
  ...[
    '0b101',
    '-0b1_1',
    '0b',
    '0b2',
    '0b_',
    '0B1',
    '0x1F',
    '0xfF_0',
    '0x',
    '0xg',
    '0X1',
    '+0x10',
    '-0x10',
    '0_',
  ],
  ...[
    '190:20:30',
    '-1:30',
    '1:60',
    '01:30',
    '1:5',
    '0:30',
    '1:2:3:4',
    ':1',
    '9007199254740993',
    '-9223372036854775809',
  ],
  ...[
    '1.0',
    '1.',
    '.5',
    '-.5',
    '+.5',
    '-1.5',
    '+1.5',
    '1_0.5',
    '1.5_0',
    '._5',
    '1e5',
    '1e+5',
    '1.0e5',
    '1.0e+5',
    '1.0E-5',
    '.5e+3',
  ],
  ...[
    '1.e+3',
    '1.5e',
    '1.5e+',
    '1.0e+400',
    '-1.0e+400',
    '1.0e-400',
    '-0.0',
    '0.0',
    '00.5',
    '1:30.5',
    '-1:30.',
    '1:30.5_1',
    '190:20:30.15',
  ],
  ...[
    '.inf',
    '.Inf',
    '.INF',
    '-.inf',
    '+.inf',
    '.iNF',
    '.nan',
    '.NaN',
    '.NAN',
    '-.nan',
    'inf',
    'nan',
    '.',
    '..',
    '...x',
    '--',
    '---x',
  ],
  ...[
    '2024-01-02',
    '2024-1-2',
    '2024-01-2',
    '2024-13-01',
    '2024-02-30',
    '2024-02-29',
    '0000-01-01',
    '2024-01-02T03:04:05Z',
  ],
  ...[
    '2024-01-02t3:04:05',
    '2024-01-02 03:04:05',
    '2024-01-02  03:04:05.5',
    '2024-01-02 03:04:05.1234567',
    '2024-01-02 03:04:05.000',
  ],
  ...[
    '2024-01-02 03:04:05 +5',
    '2024-01-02 03:04:05 -05:30',
    '2024-01-02 03:04:05+00:00',
    '2024-01-02 03:04:05 -00:00',
    '2024-01-02 25:04:05',
  ],
  ...[
    '2024-01-02 03:04:60',
    '2024-01-02 03:04',
    '2024-01-02 03:04:05 +24:00',
    '2024-01-02 03:04:05 +23:59',
    '2024-01-02 03:04:05.',
    '2024-1-2 3:04:05',
  ],
  ...[
    '=',
    '==',
    '<',
    '<<',
    '!',
    '&',
    '*',
    '@a',
    '`a',
    '%a',
    'a%',
    '|',
    '>',
    ':a',
    'a:',
    'a:b',
    'a: b',
    '-a',
    '- a',
  ],
  ...[
    '#',
    '#a',
    'a#b',
    'a #b',
    'a b',
    'a  b',
    "it's",
    '"q"',
    "'q'",
    '"a\\tb"',
    '"a\\x41\\u00e9\\U0001F600"',
    '"\\/"',
    '"\\q"',
    "'it''s'",
    '"\\"',
    "'",
  ],
  ...[
    '"a\\\n  b"',
    '"\\e\\0\\a\\N\\_\\L\\P"',
    'é',
    '😀',
    '\u00a0',
    'a\u00a0b',
    '\ufeff',
    'a\ufeff',
    '\x85',
    '\x07',
    '\x7f',
    '\ud7ff',
  ],
  ...[
    '{}',
    '[]',
    '{a}',
    '{a: 1}',
    '{a:1}',
    '{"a":1}',
    '[a, b]',
    '[a,b]',
    '[a, ]',
    '[, a]',
    '{a: 1, }',
    '{, }',
    '[a: 1]',
    '[1, [2, {b: 3}]]',
  ],
  ...[
    '!!str 1',
    '!!int "5"',
    '!!int 5',
    '!!int a',
    '!!int 0x1f',
    '!!int ""',
    '!!float 1',
    '!!float "1.5"',
    '!!float a',
    '!!float .5e3',
    '!!float 1e3',
  ],
  ...[
    '!!bool yes',
    '!!bool "ON"',
    '!!bool maybe',
    '!!null x',
    '!!null',
    '!!str',
    '!!timestamp 2024-01-02',
    '!!timestamp x',
    '!!seq [1]',
    '!!map {a: 1}',
  ],
  ...[
    '!!map [1]',
    '!!seq {a: 1}',
    '!!str [a]',
    '!!int [a]',
    '! 1',
    '! "1"',
    '! [1]',
    '!a b',
    '!<tag:yaml.org,2002:int> 7',
    '!<x> 7',
    '!!foo 1',
    '!e!x 1',
  ],
  ...[
    '&a 1',
    '&a',
    '*a',
    '&a-b_1 x',
    '&a.b x',
    '|\n  a\n  b',
    '>\n  a\n  b\n\n  c',
    '|-\n  a',
    '|+\n  a\n\n',
    '|2\n    a',
    '>-\n  a\n    b\n  c',
    '|x',
    '|\n',
  ],
];

/** Where a scalar of one line may stand. */
const CONTEXTS: readonly ((scalar: string) => string)[] = [
  (scalar) => scalar,
  (scalar) => `${scalar}\n`,
  (scalar) => `a: ${scalar}\n`,
  (scalar) => `- ${scalar}\n- b\n`,
  (scalar) => `a:\n  - ${scalar}\n`,
  (scalar) => `[${scalar}]`,
  (scalar) => `[x, ${scalar}, y]`,
  (scalar) => `{a: ${scalar}, b: c}`,
  (scalar) => `a: ${scalar} # comment\n`,
  (scalar) => `a: "${scalar}"\n`,
  (scalar) => `a: '${scalar}'\n`,
];

function isOneLine(scalar: string): boolean {
  return !/[\n\x85]/.test(scalar);
}

const DOCUMENTS = [
  ...[
    '',
    '\n',
    '# c',
    '---',
    '--- \n',
    '---\n...\n',
    '---\na\n...\n',
    'a\n---\nb',
    '---\na\n---\nb',
    '--- a',
    '%YAML 1.1\n---\na: on',
    '%YAML 1.2\n---\na: on',
  ],
  ...[
    '%TAG ! tag:x,1:\n---\n!a b',
    '%FOO\n---\na',
    '%YAML 3.0\n---\na',
    '\ufeffa: 1',
    'a: 1\r\nb: 2\r\n',
    'a: 1\rb: 2',
    'a: |\r\n  x\r\n  y\r\n',
  ],
  ...[
    'a: 1\na: 2',
    'a: 1\nb: 2\na: 3',
    '{a: 1, a: 2}',
    'a: 1\n b: 2',
    'a:\n- 1\n- 2',
    'a:\n - 1\n- 2',
    '- - 1\n  - 2\n- 3',
    '- a: 1\n  b: 2\n-\n  c: 3',
    '-\n- \n- a',
  ],
  ...[
    'a:\n\tb: 1',
    '\ta: 1',
    'a:\t1',
    'a: b\tc',
    '- \ta',
    'a: b: c',
    'a: "b" c',
    'a: [1\nb: 2',
    'a: {b: 1',
    'a: "b',
    'a: 1\n-b',
    'a\nb',
    'a\n b',
    'a:\n  b\n  c',
    '- a\n b',
  ],
  ...[
    '? a\n: b',
    '? a',
    '? [a]\n: b',
    '? {a: 1}\n: b',
    '? |\n  a\n: b',
    '"a": 1',
    "'a': 1",
    'a b: 1',
    '"a b"   : 1',
    ': a',
    '- : a',
    '{: a}',
    '[a, [b, c], {d: e}]',
  ],
  ...[
    'a: &x 1\nb: *x',
    'a: &x {p: 1}\nb: *x\nc: *x',
    'a: &x [1, 2]\nb: [*x, *x]',
    'b: *x\na: &x 1',
    'a: &x 1\nb: &x 2\nc: *x',
    'a: &x 1\nb: *y',
    '&a a: *a',
    '&a a: 1\nb: *a',
  ],
  ...[
    'a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3',
    'b: {q: 3, <<: {p: 1, q: 2}}',
    'a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y]\n  r: 3',
  ],
  ...[
    'c:\n  <<: [{p: 1}, {p: 2, q: 3}]',
    'c:\n  <<: {p: 1}\n  <<: {p: 2, r: 3}',
    'c:\n  <<: 1',
    'c:\n  <<: [1]',
    'c:\n  <<: []',
    'c:\n  <<: {}',
    'c:\n  <<:',
    'c:\n  "<<": {p: 1}',
  ],
  ...[
    'a: &x {<<: {p: 1}, q: 2}\nb:\n  <<: *x',
    'c:\n  !!merge x: {p: 1}',
    'c:\n  !!str <<: {p: 1}',
    '<<: {p: 1}\np: 2\nq: 3',
    'c:\n  =: 1',
    'c: =',
    '- =',
    '- <<',
  ],
  ...[
    '!!map\na: 1',
    '!!seq\n- 1',
    'a: !!str\nb: 1',
    'a: !!str &x y\nb: *x',
    'a: &x !!str 1\nb: *x',
    'a: !!int\n',
    '!!str a: 1',
    '!x a: 1',
    'a: !!null\n',
    '- !!str\n- 1',
  ],
  ...[
    'a: >\n  one\n  two\n\n  three\n   four\nb: 1',
    'a: |\n\n  x\n\n\nb: 1',
    'a: |-\n  x\n\nb: 1',
    'a: |+\n  x\n\nb: 1',
    'a: >+\n\n  x\n\n',
    'a: |1\n  x\n',
    'a: |\nb: 1',
    'a: |\n x\n  y\nb: 1',
  ],
  ...[
    'a: one\n  two\n\n  three',
    "a: 'one\n  two\n\n  three'",
    'a: "one\n  two\\n\n  three"',
    'a: "one \\\n  two"',
    'a: one # c\n  two',
    'a: # c\n  one',
    '- # c\n  a: 1',
    'a: [1, # c\n 2]',
    'a: [\n  1\n]',
    'a: {\n  b: 1\n}\nc: 2',
  ],
  ...[
    'specificationVersion: jobtemplate-2023-09\nname: a\nparameterDefinitions:\n- name: F\n  type: INT\n  default: 1\n  userInterface: {control: SPIN_BOX}\n- name: S\n  type: FLOAT\n  default: 1.0\n',
  ],
];

requireServer('python')('with PyYAML', { timeout: 120_000 }, () => {
  it('scalars mean the same wherever they stand', async () => {
    await expectSame(CONTEXTS.flatMap((context) => SCALARS.filter(isOneLine).map(context)));
    await expectSame(SCALARS.flatMap((scalar) => [scalar, `${scalar}\n`, `a: ${scalar}\n`, `[${scalar}]`]));
  });

  it('documents mean the same', async () => {
    await expectSame(DOCUMENTS);
  });

  it('what is written anew is read as it was', async () => {
    const values = [
      ...SCALARS,
      'a\nb\n',
      'a\n',
      '\na',
      ' a',
      'a ',
      'a\n\n',
      ' a\nb',
      'a\r\nb',
      'a \nb',
      '\t',
      'a\tb\nc',
      'x'.repeat(300),
    ];
    const document = {
      name: '#1',
      texts: values,
      numbers: [1, -1, 2n ** 70n, 1.5, 1e-7, 1e22, Number.NaN, Number.POSITIVE_INFINITY],
      none: null,
      yes: true,
    };
    const texts = [document, { on: 'x', 'a: b': [], nested: { list: [[1, [2]], {}] }, '': 'empty' }].map(
      yamlText,
    );
    const ours = texts.map(readByUs);
    expect(ours).toEqual(await readByPython(texts));
    expect(ours[0]).toBe(shown(document));
  });

  it('random documents mean the same', async () => {
    const random = seeded(20261121);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const safe = SCALARS.filter((scalar) => isOneLine(scalar) && !/[&*]/.test(scalar));
    const value = (depth: number, indent: string): string => {
      const kind = depth > 3 ? 0 : Math.floor(random() * 5);
      const inner = `${indent}  `;
      if (kind === 1)
        return `\n${['p', 'q', 'r'].map((name) => `${inner}${name}: ${value(depth + 1, inner)}`).join('\n')}`;
      if (kind === 2)
        return `\n${[1, 2].map(() => `${inner}- ${value(depth + 1, `${inner}  `)}`).join('\n')}`;
      if (kind === 3) return `[${pick(safe)}, {k: ${pick(safe)}}]`;
      return pick(safe);
    };
    await expectSame(Array.from({ length: 3000 }, () => `top: ${value(0, '')}\n`));
  });
});
