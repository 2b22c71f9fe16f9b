/** Our command `submit`, for which the Python library has none, beside the library's own submission of the same paths. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { requireServer } from '../support/require-server.js';
import { useBoth } from './submission-both.js';
import type { AttachmentsCase, PythonCase } from './submission-case.js';
import { LOCATION_CASES } from './submission-location-cases.js';
import { ourDirectory } from './submission-ours.js';
import { normal, type Outcome, type OutcomeRequest } from './submission-outcome.js';
import { TREE_CASES } from './submission-tree-cases.js';

const CASES = [...LOCATION_CASES, ...TREE_CASES];
/** These are walked and hashed in one pass, without being grouped first. */
const ONE_DIRECTORY = TREE_CASES.filter(({ references, locations }) => {
  const [[name, paths] = [], ...more] = Object.entries(references);
  return name === 'inputDirectories' && paths?.length === 1 && more.length === 0 && !locations;
});
const QUIET = ['--yes', '--known-asset-path', '/', '--farm-id', 'farm-1', '--queue-id', 'queue-1'];

requireServer('python')('submit, beside the Python library', { timeout: 60_000 }, () => {
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());
  const byReferences = useBoth(CASES, (request) => submitted(request, referenceArgs(request)));
  const byName = useBoth(ONE_DIRECTORY, (request) =>
    submitted(request, request.references?.inputDirectories ?? []),
  );

  it.each(CASES)('by a file of references: $name', async (testCase) => {
    expectSame(await byReferences(testCase));
  });

  it.each(ONE_DIRECTORY)('by its name: $name', async (testCase) => {
    expectSame(await byName(testCase));
  });

  async function submitted(request: PythonCase, paths: readonly string[]): Promise<Outcome> {
    const { cwd, options, profile } = request;
    const args = [
      ...['submit', ...paths, ...QUIET, '--store', ourDirectory(request)],
      ...(profile ? ['--storage-profile', written(request, 'profile.json', profile)] : []),
      ...(options.require_paths_exist ? ['--require-paths-exist'] : []),
      ...(options.job_attachments_file_system ? ['--file-system', options.job_attachments_file_system] : []),
    ];
    const { code, stdout, stderr } = await sandbox.run(args, { cwd });
    const attachments = stdout === '' ? undefined : (JSON.parse(stdout) as OutcomeRequest['attachments']);
    const createJob = { template: '', ...(attachments && { attachments }) };
    return normal({ createJob, exitCode: code, output: stderr, warnings: [] }, ourDirectory(request));
  }
});

function referenceArgs(request: PythonCase): string[] {
  const { inputFilenames, inputDirectories, outputDirectories, referencedPaths } =
    request.references as Required<AttachmentsCase['references']>;
  const inputs = { filenames: inputFilenames, directories: inputDirectories };
  const assetReferences = { inputs, outputs: { directories: outputDirectories }, referencedPaths };
  return ['--asset-references', written(request, 'references.json', { assetReferences })];
}

function written({ snapshotDir = '' }: PythonCase, name: string, document: object): string {
  const path = join(dirname(snapshotDir), name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

function expectSame({ python, ours }: { readonly python: Outcome; readonly ours: Outcome }): void {
  const { output = '' } = ours;
  expect(ours.exitCode, output).toBe(python.error ? 1 : 0);
  if (python.error)
    for (const line of python.error.message.split('\n')) expect(output).toContain(line.trim());
  const attachments = JSON.stringify(python.createJob?.attachments ?? null);
  expect(JSON.stringify(ours.createJob?.attachments ?? null)).toBe(attachments);
  expect(ours.stored).toEqual(python.stored);
}
