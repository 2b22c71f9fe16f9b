/** Job bundles whose values two readers of JSON or YAML could take for something else. */

import { at, type BundleCase } from './submission-case.js';
import { file, template, values, yaml } from './submission-kit.js';

/** A value of every plain type, in the spellings in which texts of numbers could differ. */
const PLAIN = {
  Text: ['1.0', 'true', ' blank ', 'größe 🎬', 'line\nbreak', '"quoted" \\', ''],
  Int: [5, -7, 0, '12', ' 12 ', '+3', 9007199254740993n, 10n ** 30n],
  Float: [1.0, 0.1, -0.0, 1e16, 1e22, 1.5e300, 5e-324, 123456789.125, 7, '1.50', '1e3'],
} as const;

export const VALUE_CASES: readonly BundleCase[] = [
  ...Object.entries(PLAIN).flatMap(([type, each]) =>
    each.map(
      (value): BundleCase => ({
        name: `a value of ${type}: ${String(value)} ${typeof value}`,
        tree: [
          template([{ name: 'Value', type: type === 'Text' ? 'STRING' : type.toUpperCase() }]),
          file(
            'bundle/parameter_values.json',
            `{"parameterValues": [{"name": "Value", "value": ${typeof value === 'bigint' ? value : JSON.stringify(value)}}]}`,
          ),
        ],
      }),
    ),
  ),
  {
    name: 'numbers of JSON keep how they are written',
    tree: [
      template(['A', 'B', 'C', 'D', 'E', 'F'].map((name) => ({ name, type: 'FLOAT' }))),
      file(
        'bundle/parameter_values.json',
        '{"parameterValues": [{"name": "A", "value": 1.0}, {"name": "B", "value": 1}, {"name": "C", "value": 1e2}, {"name": "D", "value": -0.0}, {"name": "E", "value": 1E-7}, {"name": "F", "value": 100000000000000000.0}]}',
      ),
    ],
  },
  {
    name: 'numbers and texts of YAML 1.1',
    tree: [
      yaml(
        'parameterDefinitions:',
        ...['Octal', 'Hex', 'Binary', 'Grouped', 'Sixty'].map((name) => `- {name: ${name}, type: INT}`),
        ...['Point', 'Exponent', 'Big'].map((name) => `- {name: ${name}, type: FLOAT}`),
        ...['Quoted', 'Plain', 'Folded', 'Kept', 'Tagged', 'Escaped'].map(
          (name) => `- {name: ${name}, type: STRING}`,
        ),
      ),
      file(
        'bundle/parameter_values.yaml',
        [
          'parameterValues:',
          '- {name: Octal, value: 010}',
          '- {name: Hex, value: 0x1F}',
          '- {name: Binary, value: 0b101}',
          '- {name: Grouped, value: 1_000}',
          '- {name: Sixty, value: 1:30}',
          '- {name: Point, value: 1.}',
          '- {name: Exponent, value: 1.0e+3}',
          '- {name: Big, value: 1.0e+20}',
          '- {name: Quoted, value: "yes"}',
          '- {name: Plain, value: 1e3}',
          '- name: Folded',
          '  value: >-',
          '    one',
          '    two',
          '- name: Kept',
          '  value: |+',
          '    one',
          '',
          '- {name: Tagged, value: !!str 12}',
          '- {name: Escaped, value: "\\u00e9\\x41\\n\\t\\U0001F3AC"}',
        ].join('\n'),
      ),
    ],
  },
  ...[
    'yes',
    'On',
    'false',
    'NO',
    '~',
    'null',
    '2020-01-01',
    '2001-12-14t21:59:43.10-05:00',
    '.inf',
    '.nan',
    '0o17',
    '190:20:30',
  ].map(
    (value): BundleCase => ({
      name: `a plain scalar of YAML as a text: ${value}`,
      tree: [
        yaml('parameterDefinitions:', '- {name: Value, type: STRING}'),
        file('bundle/parameter_values.yaml', `parameterValues:\n- name: Value\n  value: ${value}\n`),
      ],
    }),
  ),
  {
    name: 'anchors, merged maps and aliases in a template',
    tree: [
      yaml(
        'parameterDefinitions:',
        '- &base {name: A, type: PATH, dataFlow: IN, objectType: FILE, default: data/a}',
        '- {<<: *base, name: B, default: data/b}',
        '- <<: [*base]',
        '  name: C',
        '  dataFlow: NONE',
      ),
      file('bundle/data/a'),
      file('bundle/data/b'),
    ],
  },
  {
    name: 'a name given twice in YAML: the last one counts',
    tree: [
      yaml(
        'parameterDefinitions:',
        '- {name: A, type: INT, default: 1}',
        '- {name: B, type: INT, type: STRING}',
      ),
      values({ B: 'text' }),
    ],
  },
  {
    name: 'a name given twice in JSON: the last one counts',
    tree: [
      template([{ name: 'A', type: 'STRING' }]),
      file(
        'bundle/parameter_values.json',
        '{"parameterValues": [], "parameterValues": [{"name": "A", "value": "x", "value": "y"}]}',
      ),
    ],
  },
  {
    name: 'types of the EXPR extension',
    tree: [
      template(
        [
          { name: 'Yes', type: 'bool' },
          { name: 'Range', type: 'Range_Expr' },
          { name: 'Texts', type: 'LIST[STRING]' },
          { name: 'Paths', type: 'LIST[PATH]', dataFlow: 'IN', objectType: 'FILE' },
          { name: 'Ints', type: 'list[int]' },
          { name: 'Floats', type: 'LIST[FLOAT]' },
          { name: 'Bools', type: 'LIST[BOOL]' },
          { name: 'Matrix', type: 'LIST[LIST[INT]]' },
          { name: 'Place', type: 'PATH', dataFlow: 'IN', objectType: 'DIRECTORY' },
        ],
        { extensions: ['EXPR'] },
      ),
      values({
        Yes: 'on',
        Range: '1-10:2',
        Texts: ['a', 'ß'],
        Paths: [at('d/a'), 's3://bucket/key', 'd/b'],
        Ints: [1, -3],
        Floats: [1.5, 2],
        Bools: [true, 'no', 1],
        Matrix: [[1, 2], []],
        Place: 'https://example.com/x',
      }),
      file('d/a'),
      file('d/b'),
    ],
  },
  {
    name: 'a default with allowed values',
    tree: [
      template([
        { name: 'Text', type: 'STRING', default: 'a', allowedValues: ['a', 'b'] },
        { name: 'Int', type: 'INT', default: 3, minValue: 1, maxValue: 5 },
      ]),
    ],
    parameters: [
      ['Text', 'b'],
      ['Int', '4'],
    ],
  },
];
