/** `bundle submit --save-debug-snapshot` of both command lines: the same documents, and scripts that make the same calls. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { useDeadlineStub } from '../support/deadline-stub.js';
import { requireServer } from '../support/require-server.js';
import { useBoth } from './submission-both.js';
import { at, type CommandCase, type PythonCase, ROOT } from './submission-case.js';
import { file, json, references, template } from './submission-kit.js';
import { ourDirectory } from './submission-ours.js';
import { normal, type Outcome, withoutId } from './submission-outcome.js';
import { QUEUE_SETTINGS } from './submission-service.js';

const TEXT = { name: 'Text', type: 'STRING', default: 'x' };
const FILES = [references({ inputs: { directories: [at('d')] } }), file('d/a'), file('d/größe 🎬')];
const KNOWN = ['--yes', '--known-asset-path', ROOT];
/** As the service says it. */
const TIMES = {
  createdAt: '2026-01-01T00:00:00Z',
  createdBy: 'me',
  status: 'IDLE',
  defaultBudgetAction: 'NONE',
};

const CASES: readonly CommandCase[] = [
  { name: 'a template alone', tree: [template([])], argv: [] },
  {
    name: 'a template of one line, with a quote',
    tree: [
      file(
        'bundle/template.json',
        JSON.stringify({ specificationVersion: 'jobtemplate-2023-09', name: "it's", steps: [] }),
      ),
    ],
    argv: ['--priority', '3', '--max-worker-count', '7', '--target-task-run-status', 'SUSPENDED'],
  },
  {
    name: 'files, parameters and a storage profile',
    tree: [template([TEXT]), ...FILES],
    locations: [{ name: 'Project', path: at('d'), type: 'LOCAL' }],
    argv: [...KNOWN, '-p', 'Text=größe "quoted" $HOME'],
  },
  {
    name: 'files in YAML, under another name',
    tree: [
      file('bundle/template.yaml', 'specificationVersion: jobtemplate-2023-09\nname: Job\nsteps: []\n'),
      file('bundle/parameter_values.json', json({ parameterValues: [] })),
      ...FILES,
    ],
    argv: [...KNOWN, '--job-attachments-file-system', 'VIRTUAL'],
  },
];

requireServer('python')('debug snapshots, beside the Python command', { timeout: 60_000 }, () => {
  const sandbox = new Sandbox();
  const service = useDeadlineStub();
  afterAll(() => sandbox.remove());
  const bothOf = useBoth(CASES, saved);

  beforeEach(() => {
    service
      .answer('GetQueue', {
        farmId: 'farm-1',
        queueId: 'queue-1',
        displayName: 'Queue',
        ...QUEUE_SETTINGS,
        ...TIMES,
      })
      .answer('ListQueueEnvironments', { environments: [] });
  });

  it.each(CASES)('$name', async (testCase) => {
    const { python, ours, root } = await bothOf(testCase);
    expect([ours.exitCode, python.exitCode], ours.output).toEqual([0, 0]);
    expect(ours.stored).toEqual(python.stored);
    const [theirs, own] = ['snapshot by python', 'snapshot by us'].map((name) => join(dirname(root), name));
    expect(documentsIn(own ?? '')).toEqual(documentsIn(theirs ?? ''));
    expect(callsOf(own ?? '')).toEqual(callsOf(theirs ?? ''));
  });

  async function saved(request: PythonCase): Promise<Outcome> {
    const { bundleDir = '', argv = [], cwd, configFile = '', profile } = request;
    if (profile) service.answer('GetStorageProfileForQueue', { ...profile, osFamily: 'LINUX' });
    const ids = ['--farm-id', 'farm-1', '--queue-id', 'queue-1', '--region', 'eu-west-1'];
    const { code, stderr } = await sandbox.run(
      [
        ...['bundle', 'submit', bundleDir, ...argv, ...ids, '--deadline-endpoint-url', service.endpoint],
        ...(profile ? ['--storage-profile-id', profile.storageProfileId] : []),
        ...['--save-debug-snapshot', ourDirectory(request)],
      ],
      {
        cwd,
        env: {
          DEADLINE_CONFIG_FILE_PATH: configFile,
          AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'example-of-a-secret',
        },
      },
    );
    return normal({ exitCode: code, output: stderr, warnings: [] }, ourDirectory(request));
  }
});

/** Documents by name as values, other texts as they are; the queue as far as both services say it. */
function documentsIn(folder: string): Record<string, unknown> {
  const names = readdirSync(folder).filter((name) => /\.(json|data)$/.test(name));
  const documents = names.map((name) => {
    const text = withoutId(readFileSync(join(folder, name), 'utf8'));
    return [name, name.endsWith('.json') ? JSON.parse(text) : text] as const;
  });
  const found: Record<string, unknown> = Object.fromEntries(documents);
  for (const name of Object.keys(TIMES)) delete (found['queue.json'] as Record<string, unknown>)[name];
  return found;
}

const RECORDER = `#!/bin/sh
printf '%s\\0' "$@" >> "$AWS_CALLS"
printf '\\n' >> "$AWS_CALLS"
`;

/** What the script of a snapshot calls `aws` with. */
function callsOf(folder: string): string[][] {
  const programs = join(folder, '..', 'programs');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'aws'), RECORDER, { mode: 0o755 });
  const calls = `${folder} calls`;
  const env = {
    ...process.env,
    AWS_CALLS: calls,
    PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  execFileSync('bash', [join(folder, 'submit_job.sh')], { env, stdio: 'ignore' });
  return readFileSync(calls, 'utf8')
    .split('\0\n')
    .filter((call) => call !== '')
    .map(sortedOptions);
}

/** The words of a call, then its options with their values in any order. */
function sortedOptions(call: string): string[] {
  const words = call.split('\0');
  const first = words.findIndex((word) => word.startsWith('--') && word !== '--recursive');
  if (first < 0) return words;
  const pairs = words
    .slice(first)
    .flatMap((word, index, all) => (index % 2 === 0 ? [`${word} ${all[index + 1]}`] : []));
  return [...words.slice(0, first), ...pairs.sort()];
}
