/** Job bundles with PATH parameters: every data flow and object type, from every place that a value comes from. */

import { at, type BundleCase } from './submission-case.js';
import { file, template, values, yaml } from './submission-kit.js';

/** A PATH of every data flow and object type, with its name saying which. */
const FLOWS = ['NONE', 'IN', 'OUT', 'INOUT', undefined].flatMap((dataFlow) =>
  ['FILE', 'DIRECTORY', undefined].map((objectType) => ({
    name: `${dataFlow ?? 'Absent'}_${objectType ?? 'Absent'}`,
    type: 'PATH',
    ...(dataFlow && { dataFlow }),
    ...(objectType && { objectType }),
  })),
);
const pathOf = (name: string): string => `data/${name}/${name.endsWith('FILE') ? 'file' : 'directory'}`;
const FLOW_TREE = FLOWS.map(({ name }) =>
  file(name.endsWith('FILE') ? pathOf(name) : `${pathOf(name)}/file`, name),
);

export const PATH_CASES: readonly BundleCase[] = [
  {
    name: 'PATH parameters of every data flow and object type, values of the bundle',
    tree: [
      template(FLOWS),
      values(Object.fromEntries(FLOWS.map(({ name }) => [name, at(pathOf(name))]))),
      ...FLOW_TREE,
    ],
  },
  {
    name: 'the same, given by the user and relative to the working directory',
    tree: [template(FLOWS), ...FLOW_TREE],
    cwd: 'data',
    parameters: FLOWS.map(({ name }) => [name, `./x/../${pathOf(name).slice('data/'.length)}/`]),
  },
  {
    name: 'the same, defaults below the bundle',
    tree: [
      template(FLOWS.map((each) => ({ ...each, default: pathOf(each.name) }))),
      ...FLOW_TREE.map((node) => ({ ...node, path: `bundle/${node.path}` })),
    ],
  },
  {
    name: 'the same, in YAML, relative values of the bundle',
    tree: [
      yaml(
        'parameterDefinitions:',
        ...FLOWS.flatMap(({ name, dataFlow, objectType }) => [
          `- {name: ${name}, type: PATH${dataFlow ? `, dataFlow: ${dataFlow}` : ''}${objectType ? `, objectType: ${objectType}` : ''}}`,
        ]),
      ),
      file(
        'bundle/parameter_values.yaml',
        ['parameterValues:', ...FLOWS.map(({ name }) => `- {name: ${name}, value: "${pathOf(name)}"}`)].join(
          '\n',
        ),
      ),
      ...FLOW_TREE,
    ],
  },
  {
    name: 'missing paths of every data flow become references',
    tree: [template(FLOWS)],
    parameters: FLOWS.map(({ name }) => [name, at(pathOf(name))]),
  },
  {
    name: 'missing paths of every data flow, strict',
    tree: [template(FLOWS)],
    parameters: FLOWS.map(({ name }) => [name, at(pathOf(name))]),
    options: { require_paths_exist: true },
  },
  {
    name: 'lists as JSON text, given by the user',
    tree: [
      template(
        [
          { name: 'Paths', type: 'LIST[PATH]', dataFlow: 'OUT', objectType: 'DIRECTORY' },
          { name: 'Ints', type: 'LIST[INT]' },
        ],
        { extensions: ['EXPR'] },
      ),
    ],
    parameters: [
      ['Paths', '["out/a", "s3://b/k", "/abs/../out"]'],
      ['Ints', '[1, 2]'],
    ],
  },
  {
    name: 'an empty text for a PATH is ignored',
    tree: [
      template([{ name: 'Scene', type: 'PATH', dataFlow: 'IN', objectType: 'FILE', default: 'scene' }]),
      file('bundle/scene'),
    ],
    parameters: [['Scene', '']],
  },
];
