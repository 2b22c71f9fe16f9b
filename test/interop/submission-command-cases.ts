/** Command lines and configurations of `bundle submit` that both programs are given. */
import { expect } from 'vitest';
import { at, type CommandCase, type Differing, ROOT } from './submission-case.js';
import { file, references, template, values } from './submission-kit.js';
import type { Outcome } from './submission-outcome.js';

const SCENE = { name: 'Scene', type: 'PATH', dataFlow: 'IN', objectType: 'FILE' };
const TEXT = { name: 'Text', type: 'STRING', default: 'x' };
const WITH_FILES = [
  template([]),
  references({ inputs: { directories: [at('d')] } }),
  file('d/a'),
  file('d/b/c'),
];
const KNOWN = ['--yes', '--known-asset-path', ROOT];

export const COMMAND_CASES: readonly CommandCase[] = [
  { name: 'nothing but a template', tree: [template([])], argv: [] },
  { name: 'files in a known place', tree: WITH_FILES, argv: KNOWN },
  { name: 'files in an unknown place', tree: WITH_FILES, argv: ['--yes'] },
  {
    name: 'files of which some are in a known place',
    tree: WITH_FILES,
    argv: ['--yes', '--known-asset-path', at('d/b')],
  },
  {
    name: 'every option of the job',
    tree: [template([])],
    argv: [
      ...['--priority', '7', '--max-failed-tasks-count', '1', '--max-retries-per-task', '2'],
      ...['--max-worker-count', '3', '--target-task-run-status', 'suspended', '--name', 'Größe 1'],
    ],
  },
  {
    name: 'defaults of the command beat the bundle',
    tree: [
      template([]),
      values({
        'deadline:priority': 7,
        'deadline:maxFailedTasksCount': 1,
        'deadline:maxRetriesPerTask': 2,
        'deadline:maxWorkerCount': 3,
      }),
    ],
    argv: [],
  },
  {
    name: 'settings of the configuration',
    tree: WITH_FILES,
    argv: [],
    config: {
      'settings.max_failed_tasks_count': '11',
      'settings.max_retries_per_task': '12',
      'settings.known_asset_paths': at('d'),
      'settings.auto_accept': 'true',
      'defaults.farm_id': 'farm-1',
      'defaults.queue_id': 'queue-1',
      'defaults.job_attachments_file_system': 'VIRTUAL',
    },
  },
  {
    name: 'options beat the configuration',
    tree: WITH_FILES,
    argv: [...KNOWN, '--max-failed-tasks-count', '1', '--job-attachments-file-system', 'COPIED'],
    config: {
      'settings.max_failed_tasks_count': '11',
      'defaults.farm_id': 'farm-1',
      'defaults.queue_id': 'queue-1',
      'defaults.job_attachments_file_system': 'VIRTUAL',
    },
  },
  {
    name: 'known places by the configuration are not enough',
    tree: [...WITH_FILES, file('e/f'), file('bundle/parameter_values.json', '{"parameterValues": []}')],
    argv: ['--yes'],
    config: { 'settings.known_asset_paths': `${at('e')}:relative::${at('d/b')}` },
  },
  {
    name: 'values of parameters, some with equals signs, some twice',
    tree: [template([TEXT, { ...TEXT, name: 'Other' }, { name: 'Number', type: 'INT' }])],
    argv: [
      '-p',
      'Text=a=b=c',
      '--parameter',
      'Number=5',
      '-p',
      'Other=one',
      '-p',
      'Other= two ',
      '-p',
      'Unknown=1',
    ],
  },
  { name: 'an empty text', tree: [template([TEXT])], argv: ['-p', 'Text='] },
  {
    name: 'a path from the working directory, which is known since it is given',
    tree: [template([SCENE]), file('work/scene')],
    cwd: 'work',
    argv: ['-p', 'Scene=../work/./scene', '--yes'],
  },
  {
    name: 'an empty path is ignored',
    tree: [template([{ ...SCENE, default: 'scene' }]), file('bundle/scene')],
    argv: ['-p', 'Scene=', '--yes'],
  },
  {
    name: 'a relative bundle directory',
    tree: [template([{ ...SCENE, default: 'scene' }]), file('bundle/scene')],
    cwd: 'bundle',
    bundleDir: '.',
    argv: ['--yes'],
  },
  {
    name: 'a storage profile',
    tree: [...WITH_FILES, file('s/shared'), file('bundle/parameter_values.json', '{"parameterValues": []}')],
    locations: [
      { name: 'Project', path: at('d'), type: 'LOCAL' },
      { name: 'Shared', path: at('s'), type: 'SHARED' },
    ],
    argv: ['--yes'],
  },
  {
    name: 'a missing input',
    tree: [template([SCENE])],
    argv: [...KNOWN, '-p', `Scene=${at('gone')}`],
  },
  {
    name: 'a missing input, strict',
    tree: [template([SCENE])],
    argv: [...KNOWN, '--require-paths-exist', '-p', `Scene=${at('gone')}`],
  },
  { name: 'a value that is missing', tree: [template([SCENE])], argv: [] },
  { name: 'a bundle that is missing', tree: [], argv: [] },
  { name: 'a name of a parameter that cannot be', tree: [template([])], argv: ['-p', '1st=x'] },
  { name: 'a parameter without a value', tree: [template([])], argv: ['-p', 'Text'] },
  { name: 'a priority that is no number', tree: [template([])], argv: ['--priority', 'high'] },
  {
    name: 'a file system in small letters',
    tree: [template([])],
    argv: ['--job-attachments-file-system', 'virtual'],
  },
  { name: 'an option that there is not', tree: [template([])], argv: ['--nothing'] },
];

export const OTHER_COMMANDS: readonly Differing<CommandCase>[] = [
  {
    name: 'a value of two lines',
    tree: [template([TEXT])],
    argv: ['-p', 'Text=one\ntwo'],
    differs: {
      spec: 'files-and-submission.md 7.4 step 4',
      check: (python, ours) => {
        expect(parametersOf(python)).toEqual({ Text: { string: 'one' } });
        expect(parametersOf(ours)).toEqual({ Text: { string: 'one\ntwo' } });
      },
    },
  },
  {
    name: 'values as JSON and as a file',
    tree: [
      template([TEXT, { ...TEXT, name: 'Other' }]),
      file('more.yaml', 'Other: of the file\nText: of the file\n'),
    ],
    argv: ['-p', `file://${at('more.yaml')}`, '-p', '{"Text": "of the JSON"}'],
    differs: {
      spec: 'files-and-submission.md 7.4 step 4',
      check: (python, ours) => {
        expect(python.exitCode).toBe(2);
        expect(parametersOf(ours)).toEqual({
          Text: { string: 'of the JSON' },
          Other: { string: 'of the file' },
        });
      },
    },
  },
];

function parametersOf({ createJob }: Outcome): unknown {
  return createJob && 'parameters' in createJob ? createJob.parameters : undefined;
}
