/** Documents of job bundles that two parsers of JSON or YAML could take for something else: marks, tags, escapes, line ends. */
import { expect } from 'vitest';
import type { BundleCase, Differing } from './submission-case.js';
import { namesTheFile, parseError } from './submission-checks.js';
import { file, template, VERSION, yaml } from './submission-kit.js';
import type { Outcome } from './submission-outcome.js';

const BYTE_ORDER_MARK = '\ufeff';

/** The value of a parameter, as it stands after `value:` in YAML. */
const YAML_VALUES: Readonly<Record<string, string>> = {
  'a text over lines': 'one\n    two\n\n    three',
  'a text in double quotes over lines': '"one\n    two \\\n    three\\n"',
  'a text in single quotes over lines': "'one\n    two\n\n    it''s'",
  'a folded block that keeps its end': '>+\n    one\n    two\n\n     more\n    end\n\n',
  'a block with an indent of its own': '|2\n      one\n    two\n',
  'a block without its last line end': '|-\n    one\n\n    two\n\n',
  'a text with a colon and a hash': 'C:\\path #not a comment',
  'a text with a comment': 'text # a comment',
  'a web address': 'https://example.com:8080/x?y=[1]#z',
  'a text with a percent and an at inside': 'a%b@c`d',
  'a tagged number': '!!int "12"',
  'a tagged float': '!!float 3',
  'a tagged text': '!!str 2020-01-01',
  'a tagged boolean': '!!bool "yes"',
  'a number with a sign': '+12',
  'a number with many zeros': '0000',
  'an octal that is none': '089',
  'a float without a digit before the point': '.5',
  'a float with underscores': '1_000.5',
  'a float of many digits': '0.1000000000000000055511151231257827',
  'a float that is no YAML 1.1 float': '1e5',
  'a float with an exponent and no sign': '1.5e5',
  'a float in sixties': '190:20:30.15',
  'an integer beyond 64 bits': '123456789012345678901234567890',
  'a negative hexadecimal': '-0xFF',
  'a word that YAML 1.2 has not': 'y',
  'a word of one capital': 'N',
  'a word that is nearly null': 'NULL',
  'an infinity with a sign': '-.INF',
  'a date with one digit': '2020-1-1',
  'a time without a zone': '2020-01-02 03:04:05',
  'a time with nanoseconds': '2020-01-02T03:04:05.123456789Z',
  'a text of quotes alone': '""',
  escapes: '"\\0\\a\\e\\x7f\\u2028\\N\\_\\L\\P\\/\\\\"',
  'a text of other scripts': 'größe 世界 🎬',
};

/** What a JSON document says of a value. */
const JSON_VALUES: Readonly<Record<string, string>> = {
  'an escaped pair': '"\\ud83c\\udfac"',
  'an escaped slash and quote': '"\\/\\"\\\\\\b\\f"',
  'a number with an exponent': '1E2',
  'a number with a long fraction': '0.30000000000000004',
  'a number that overflows': '1e999',
  'minus zero': '-0',
  'minus zero with a fraction': '-0.0',
  true: 'true',
  false: 'false',
  'a number beyond 2^53': '-9007199254740995',
  'a line separator': '"a\u2028b"',
};

const valueCase = (name: string, type: 'yaml' | 'json', document: string): BundleCase => ({
  name: `${type === 'yaml' ? 'YAML' : 'JSON'}: ${name}`,
  tree: [template([{ name: 'Value', type: 'STRING' }]), file(`bundle/parameter_values.${type}`, document)],
});

export const DOCUMENT_CASES: readonly BundleCase[] = [
  ...Object.entries(YAML_VALUES).map(([name, value]) =>
    valueCase(name, 'yaml', `parameterValues:\n- name: Value\n  value: ${value}\n`),
  ),
  ...Object.entries(JSON_VALUES).map(([name, value]) =>
    valueCase(name, 'json', `{"parameterValues": [{"name": "Value", "value": ${value}}]}`),
  ),
  valueCase(
    'a directive and marks',
    'yaml',
    '%YAML 1.1\n---\nparameterValues:\n- {name: Value, value: 010}\n...\n',
  ),
  valueCase('a newer directive', 'yaml', '%YAML 1.2\n---\nparameterValues:\n- {name: Value, value: 010}\n'),
  valueCase(
    'a mark of byte order',
    'yaml',
    `${BYTE_ORDER_MARK}parameterValues:\n- {name: Value, value: x}\n`,
  ),
  valueCase('flow over lines', 'yaml', 'parameterValues: [\n  {name: Value,\n   value: x},\n]\n'),
  valueCase('JSON in a YAML file', 'yaml', '{"parameterValues": [{"name": "Value", "value": "\\u00e9\\/"}]}'),
  valueCase('a list that is not indented', 'yaml', 'parameterValues:\n-   name: Value\n    value: x\n'),
  valueCase('a complex key', 'yaml', '? parameterValues\n: - ? name\n    : Value\n    ? value\n    : x\n'),
  valueCase(
    'an alias for a value',
    'yaml',
    'x: &x some text\nparameterValues:\n- &v\n  name: Value\n  value: *x\n',
  ),
  valueCase(
    'a merge that is overridden',
    'yaml',
    'base: &b {name: Value, value: base}\nparameterValues:\n- {<<: *b, value: own}\n',
  ),
  {
    name: 'old line ends of Macs in a template',
    tree: [file('bundle/template.yaml', `specificationVersion: ${VERSION}\rname: Job\rsteps: []\r`)],
  },
  {
    name: 'mixed line ends in a block of a template',
    tree: [yaml('description: |', '  one\r', '  two', '  three\r')],
  },
  {
    name: 'a template with a mark of byte order',
    tree: [
      file(
        'bundle/template.yaml',
        `${BYTE_ORDER_MARK}specificationVersion: ${VERSION}\nname: Job\nsteps: []\n`,
      ),
    ],
  },
];

/** Both refuse; where Python's parser is laxer than JSON is, ours alone. */
export const OTHER_DOCUMENTS: readonly Differing<BundleCase>[] = [
  ...Object.entries({
    'two documents': 'a: 1\n---\nb: 2\n',
    'a tab for an indent': 'parameterValues:\n\t- x\n',
    'an alias for nothing': 'parameterValues: *nothing\n',
    'a tag of Python': 'parameterValues: !!python/object/apply:os.system ["true"]\n',
    'a tag of its own': 'parameterValues: !mine x\n',
    'an equals sign': 'parameterValues: =\n',
    'an at that begins a text': 'parameterValues: @x\n',
  }).map(([name, document]) => ({
    ...valueCase(name, 'yaml', document),
    differs: parseError('files-and-submission.md 7.3'),
  })),
  {
    ...valueCase('a control character', 'yaml', 'parameterValues: "\u0001"\n'),
    differs: namesTheFile('ReaderError', 'parameter_values.yaml'),
  },
  ...['NaN', 'Infinity', '-Infinity'].map((value) => ({
    ...valueCase(value, 'json', `{"parameterValues": [{"name": "Value", "value": ${value}}]}`),
    differs: {
      spec: 'files-and-submission.md 7.3',
      check: (python: Outcome, ours: Outcome) => {
        expect(python.createJob).toBeDefined();
        expect(ours.error).toMatchObject({
          type: 'DeadlineOperationError',
          message: expect.stringContaining("Error loading 'parameter_values.json'"),
        });
      },
    },
  })),
];
