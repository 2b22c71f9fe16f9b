/** Job bundles that both programs refuse in the same words, values that neither of them checks, and where the two differ. */
import { expect } from 'vitest';
import { link } from '../support/tree-on-disk.js';
import { at, type BundleCase, type Differing } from './submission-case.js';
import { namesTheFile, ownWords, parseError } from './submission-checks.js';
import { dir, file, json, references, template, VERSION, values, yaml } from './submission-kit.js';

export const REFUSED_CASES: readonly BundleCase[] = [
  ...Object.entries({
    'no template': [file('bundle/template.yml')],
    'both templates': [template([]), yaml()],
    'both kinds of values': [template([]), values({}), file('bundle/parameter_values.yaml')],
    'a version of another time': [
      file('bundle/template.json', '{"specificationVersion": "jobtemplate-2099-01", "name": "x"}'),
    ],
    'a template that is a list': [file('bundle/template.json', '[]')],
    'a link that leaves the bundle': [template([]), link('bundle/out', '../elsewhere'), file('elsewhere')],
    'a value for nothing': [template([]), values({ Nothing: 1 })],
    'no value and no default': [template([{ name: 'Needed', type: 'STRING' }])],
    'an absolute default': [template([{ name: 'P', type: 'PATH', default: '/etc' }])],
    'a default outside the bundle': [template([{ name: 'P', type: 'PATH', default: '../x' }])],
    'an unknown deadline setting': [template([]), values({ 'deadline:nothing': 1 })],
    'a hidden parameter without value': [
      template([{ name: 'H', type: 'STRING', userInterface: { control: 'HIDDEN' } }]),
    ],
    'a template that is a YAML of nothing': [file('bundle/template.yaml', '# nothing')],
    'definitions that are no list': [
      file(
        'bundle/template.json',
        json({ specificationVersion: VERSION, name: 'x', parameterDefinitions: {} }),
      ),
    ],
  }).map(([name, tree]): BundleCase => ({ name: `refused: ${name}`, tree })),
  { name: 'refused: no bundle', tree: [], bundleDir: 'nowhere' },
  { name: 'refused: a bundle that is a file', tree: [file('bundle')] },
  {
    name: 'refused: a directory where a file is meant',
    tree: [template([{ name: 'P', type: 'PATH', dataFlow: 'IN', objectType: 'FILE' }]), dir('d')],
    parameters: [['P', at('d')]],
  },
  {
    name: 'refused: a missing file and a missing directory, strict',
    tree: [template([]), references({ inputs: { filenames: [at('gone')], directories: [at('gone too')] } })],
    options: { require_paths_exist: true },
  },
  // What the service checks is left to it.
  ...Object.entries({
    'an INT beyond its maximum': [template([{ name: 'I', type: 'INT', maxValue: 5 }]), values({ I: 6 })],
    'a text beyond its length': [
      template([{ name: 'S', type: 'STRING', maxLength: 2 }]),
      values({ S: 'abc' }),
    ],
    'a value that is not allowed': [
      template([{ name: 'S', type: 'STRING', allowedValues: ['a'] }]),
      values({ S: 'b' }),
    ],
  }).map(([name, tree]): BundleCase => ({ name: `not checked: ${name}`, tree })),
];

const WRONG_VALUES = {
  'an item of a list that is of another type': [
    template([{ name: 'L', type: 'LIST[INT]' }], { extensions: ['EXPR'] }),
    values({ L: [1, '2'] }),
  ],
  'a text for a list': [
    template([{ name: 'L', type: 'LIST[STRING]' }], { extensions: ['EXPR'] }),
    values({ L: 'text' }),
  ],
  'a text for a BOOL': [
    template([{ name: 'B', type: 'BOOL' }], { extensions: ['EXPR'] }),
    values({ B: 'perhaps' }),
  ],
  'a text for a range': [
    template([{ name: 'R', type: 'RANGE_EXPR' }], { extensions: ['EXPR'] }),
    values({ R: '1-' }),
  ],
  'an EXPR type without the extension': [template([{ name: 'B', type: 'BOOL' }]), values({ B: 'perhaps' })],
};

/** Where the specification has a reason to do otherwise. */
export const OTHER_BUNDLES: readonly Differing<BundleCase>[] = [
  ...Object.entries(WRONG_VALUES).map(([name, tree]) => ({ name, tree, differs: ownWords })),
  {
    name: 'a text for an INT',
    tree: [template([{ name: 'I', type: 'INT' }]), values({ I: 'five' })],
    differs: {
      spec: 'files-and-submission.md 7.4: the service refuses it, and only when everything was uploaded',
      check: (python, ours) => {
        expect(python.error).toBeUndefined();
        expect(ours.error).toMatchObject({
          type: 'DeadlineOperationError',
          message: "Job parameter 'I' has type INT but got value 'five' which is not an integer.",
        });
      },
    },
  },
  {
    name: 'a template that is empty',
    tree: [file('bundle/template.json', '')],
    differs: {
      spec: 'files-and-submission.md 7.3',
      check: (python, ours) => {
        expect(python.error?.message).toContain("Error loading 'template.json'");
        expect(ours.error).toMatchObject({
          type: 'DeadlineOperationError',
          message: expect.stringContaining('The document does not contain a top-level object.'),
        });
      },
    },
  },
  {
    name: 'a template that is no JSON at its end',
    tree: [file('bundle/template.json', '{} {}')],
    differs: parseError('files-and-submission.md 7.3'),
  },
  {
    name: 'a template that is no JSON',
    tree: [file('bundle/template.json', '{"name": }')],
    differs: parseError('files-and-submission.md 7.3'),
  },
  {
    name: 'a template that is no YAML',
    tree: [file('bundle/template.yaml', 'name: [1, 2\nother: }')],
    differs: parseError('files-and-submission.md 7.3'),
  },
  {
    name: 'values that are no YAML',
    tree: [template([]), file('bundle/parameter_values.yaml', 'a: b: c')],
    differs: parseError('files-and-submission.md 7.3'),
  },
  {
    name: 'asset references without their key',
    tree: [template([]), file('bundle/asset_references.json', '{"inputs": {}}')],
    differs: namesTheFile('KeyError', 'assetReferences'),
  },
  {
    name: 'an unknown data flow',
    tree: [template([{ name: 'P', type: 'PATH', dataFlow: 'SIDEWAYS' }]), values({ P: at('x') })],
    differs: namesTheFile('ValueError', 'SIDEWAYS'),
  },
  {
    name: 'an unknown type',
    tree: [template([{ name: 'P', type: 'COLOUR' }])],
    differs: namesTheFile('ValueError', 'COLOUR'),
  },
  {
    name: 'an empty text in the asset references',
    tree: [
      template([]),
      references({ inputs: { filenames: [at('a')], directories: [''] } }),
      file('a'),
      file('b'),
    ],
    differs: {
      spec: 'files-and-submission.md 7.4',
      check: (python, ours, root) => {
        expect(python.groups?.[0]?.inputs).toContain(`${root}/bundle/template.json`);
        expect(ours.groups).toMatchObject([{ inputs: [`${root}/a`] }]);
      },
    },
  },
];
