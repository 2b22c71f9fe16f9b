/** Job bundles as wholes: asset references, names, options and settings of the job, queues, links. */
import { link } from '../support/tree-on-disk.js';
import { at, type BundleCase } from './submission-case.js';
import { file, json, references, template, VERSION, values, yaml } from './submission-kit.js';

export const JOB_CASES: readonly BundleCase[] = [
  {
    name: 'references of every kind beside parameters, with a storage profile',
    tree: [
      template([{ name: 'Scene', type: 'PATH', dataFlow: 'IN', objectType: 'FILE' }]),
      references({
        inputs: { filenames: [at('p/a'), 'lib/b'], directories: [at('lib'), './p/d'] },
        outputs: { directories: [at('p/out'), 'elsewhere/out/'] },
        referencedPaths: [at('p/mentioned'), 'lib/mentioned'],
      }),
      ...['p/a', 'p/scene', 'p/d/e', 'lib/b', 'lib/c/d', 'elsewhere/x'].map((path) => file(path)),
    ],
    parameters: [['Scene', at('p/scene')]],
    locations: [
      { name: 'Project', path: at('p'), type: 'LOCAL' },
      { name: 'Library', path: at('lib/c'), type: 'SHARED' },
    ],
  },
  {
    name: 'asset references in YAML',
    tree: [
      template([]),
      file(
        'bundle/asset_references.yaml',
        [
          'assetReferences:',
          '  inputs:',
          '    filenames: &files',
          `      - ${at('d/a')}`,
          "      - 'd/it''s'",
          '    directories: []',
          '  outputs: {directories: ["out"]}',
          '  referencedPaths: *files',
        ].join('\n'),
      ),
      ...['d/a', "d/it's"].map((path) => file(path)),
    ],
  },
  {
    name: 'asset references that say nothing',
    tree: [template([]), file('bundle/asset_references.yaml', '# nothing\n')],
  },
  {
    name: 'asset references with empty parts',
    tree: [template([]), references({ inputs: {}, outputs: {} })],
  },
  {
    name: 'line ends of Windows in a template',
    tree: [
      file(
        'bundle/template.yaml',
        `specificationVersion: ${VERSION}\r\nname: Job\r\nparameterDefinitions:\r\n- name: A\r\n  type: STRING\r\n  default: x\r\nsteps: []\r\n`,
      ),
    ],
    parameters: [['A', 'y']],
  },
  {
    name: 'a template with comments and texts of other scripts',
    tree: [yaml('# größe 世界', 'description: "größe 🎬"', 'parameterDefinitions: []')],
  },
  {
    name: 'another name, JSON',
    tree: [
      template([], {
        description: 'größe 🎬 \u2028 "x"',
        number: 1.0,
        big: 12345678901234567000,
        list: [1, [], {}],
      }),
    ],
    options: { name: 'Größe "1"\n🎬' },
  },
  {
    name: 'another name, YAML',
    tree: [
      yaml(
        'description: |',
        '  several',
        '  lines',
        'extra: {no text: no, text: "yes", number: 1.0, octal: 010, empty: , list: [1, two, "3"]}',
      ),
    ],
    options: { name: 'Another: name' },
  },
  {
    name: 'options of the job',
    tree: [template([])],
    options: {
      priority: 7,
      max_failed_tasks_count: 1,
      max_retries_per_task: 2,
      max_worker_count: 3,
      target_task_run_status: 'SUSPENDED',
    },
  },
  {
    name: 'settings of the bundle',
    tree: [
      template([]),
      values({
        'deadline:priority': 7,
        'deadline:maxFailedTasksCount': 1,
        'deadline:maxRetriesPerTask': 2,
        'deadline:maxWorkerCount': 3,
        'deadline:targetTaskRunStatus': 'SUSPENDED',
        'other:thing': 'left out',
      }),
    ],
  },
  {
    name: 'settings of the bundle and of the user',
    tree: [template([]), values({ 'deadline:priority': 7, 'deadline:maxRetriesPerTask': 2 })],
    options: { priority: 99, max_failed_tasks_count: 0 },
  },
  {
    name: 'a virtual file system',
    tree: [template([]), references({ inputs: { filenames: [at('a')] } }), file('a')],
    options: { job_attachments_file_system: 'VIRTUAL' },
  },
  {
    name: 'a queue without attachments: missing paths do not matter',
    tree: [template([]), references({ inputs: { filenames: [at('gone')], directories: [at('gone too')] } })],
    hasAttachments: false,
    options: { require_paths_exist: true },
  },
  {
    name: 'everything below SHARED',
    tree: [template([]), references({ inputs: { filenames: [at('s/a')] } }), file('s/a')],
    locations: [{ name: 'Shared', path: at('s'), type: 'SHARED' }],
  },
  {
    name: 'parameters of queue environments, in the order of their priority',
    tree: [
      template([
        { name: 'Mine', type: 'STRING', default: 'mine' },
        { name: 'Both', type: 'STRING', default: 'of the bundle' },
      ]),
      values({ Queue: 'set by the bundle', Both: 'value of the bundle' }),
    ],
    environments: [
      {
        priority: 2,
        template: json({
          specificationVersion: 'environment-2023-09',
          parameterDefinitions: [
            { name: 'Late', type: 'INT', default: 1 },
            { name: 'Both', type: 'STRING', default: 'of the queue' },
          ],
          environment: { name: 'Second' },
        }),
      },
      {
        priority: 1,
        template: [
          'specificationVersion: environment-2023-09',
          'parameterDefinitions:',
          '- {name: Queue, type: STRING, default: q}',
          '- {name: Both, type: STRING, default: of the queue}',
          'environment: {name: First}',
        ].join('\n'),
      },
    ],
    parameters: [
      ['Late', '5'],
      ['Unknown', 'ignored'],
    ],
  },
  {
    name: 'queue and bundle define a parameter differently',
    tree: [
      template([{ name: 'Both', type: 'STRING', default: 'x', allowedValues: ['x', 'y'], minLength: 1 }]),
    ],
    environments: [
      {
        priority: 1,
        template: json({
          parameterDefinitions: [{ name: 'Both', type: 'STRING', default: 'x', allowedValues: ['x'] }],
          environment: { name: 'E' },
        }),
      },
    ],
  },
  {
    name: 'two queue environments define a parameter differently',
    tree: [template([])],
    environments: ['STRING', 'PATH'].map((type, index) => ({
      priority: index,
      template: json({
        parameterDefinitions: [{ name: 'P', type, default: 'x' }],
        environment: { name: `E${index}` },
      }),
    })),
  },
  {
    name: 'links inside the bundle',
    tree: [
      template([]),
      file('bundle/real'),
      link('bundle/to real', 'real'),
      link('bundle/broken', 'nowhere'),
      link('bundle/loop', '.'),
    ],
  },
  {
    name: 'a bundle that is a link itself',
    tree: [
      file(
        'real/template.json',
        json({
          specificationVersion: VERSION,
          name: 'Job',
          parameterDefinitions: [
            { name: 'A', type: 'PATH', dataFlow: 'IN', objectType: 'FILE', default: 'a' },
          ],
          steps: [],
        }),
      ),
      file('real/a'),
      link('bundle', 'real'),
    ],
  },
];
