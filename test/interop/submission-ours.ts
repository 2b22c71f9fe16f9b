/** The same submissions through this library, in the shape in which outcomes are compared. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import type { AssetUploadGroup } from '../../src/model/asset-groups.js';
import { type AssetReferences, readAssetReferences } from '../../src/model/asset-references.js';
import type { JobSettings } from '../../src/model/create-job-request.js';
import type { DocumentValue } from '../../src/model/document-value.js';
import { readStorageProfile } from '../../src/model/storage-profile.js';
import { systemClock } from '../../src/pipeline/clock.js';
import type { Logger } from '../../src/pipeline/types.js';
import { submitBundle } from '../../src/presets/bundle/submit-bundle.js';
import type { SubmitQuestion } from '../../src/presets/bundle/submit-bundle-request.js';
import { openStore } from '../../src/presets/open-store.js';
import type { Store } from '../../src/presets/store.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import type { Sandbox } from '../support/cli.js';
import { listedGroups } from '../support/submission-facts.js';
import type { PythonCase, SubmissionOptions } from './submission-case.js';
import { normal, type Outcome, type OutcomeGroup, type OutcomeRequest } from './submission-outcome.js';
import { StubService } from './submission-service.js';

/** One pool for all, since most of the cases have a file or two. */
const hashPool = createHashPool();
afterAll(() => hashPool.close());

type Attached = Omit<Outcome, 'stored'>;

/** The directory in which we leave what Python leaves in `snapshotDir`. */
export function ourDirectory({ snapshotDir = '' }: PythonCase): string {
  return join(dirname(snapshotDir), 'snapshot by us');
}

/** Submits the references of a case into a directory store. */
export async function attachedByUs(request: PythonCase): Promise<Outcome> {
  const { references, options } = request;
  if (references === undefined) throw new Error('the case submits a job bundle');
  const directory = ourDirectory(request);
  const warnings: string[] = [];
  const store = await openStore(directory);
  const submit = async (): Promise<Attached> => {
    const result = await submitBundleAttachments({
      ...{ store, hashPool },
      farmId: 'farm-1',
      queueId: 'queue-1',
      assetReferences: readAsOfBundle(references),
      cwd: request.cwd,
      ...(request.profile && { storageProfile: readStorageProfile(request.profile) }),
      requirePathsExist: options.require_paths_exist ?? false,
      fileSystemMode: options.job_attachments_file_system ?? 'COPIED',
      directoriesInInputFilenames: 'error',
      log: warningsTo(warnings),
    });
    const { attachments, attachmentsJson } = result;
    if (JSON.stringify(attachments) !== JSON.stringify(attachmentsJson && JSON.parse(attachmentsJson)))
      throw new Error(`the JSON text is not the payload: ${attachmentsJson}`);
    return {
      ...(attachments && { createJob: { template: '', attachments } satisfies OutcomeRequest }),
      ...groupsOf(result.groups),
      warnings,
    };
  };
  const answer = await outcomeOf(submit, warnings);
  await store.close();
  return normal(answer, directory);
}

/** Paths as a bundle's document gives them, which is how the Python library is given these. */
function readAsOfBundle(references: AssetReferences): AssetReferences {
  const { inputFilenames: filenames, inputDirectories, outputDirectories, referencedPaths } = references;
  const inputs = { filenames, directories: inputDirectories };
  const assetReferences = { inputs, outputs: { directories: outputDirectories }, referencedPaths };
  return readAssetReferences({ assetReferences }, { format: 'posix' });
}

/** Submits the job bundle of a case to a stub of the service; `openQueueStore` is the queue's place, else a directory. */
export async function submittedByUs(
  request: PythonCase,
  openQueueStore: () => Promise<Store> = () => openStore(ourDirectory(request)),
): Promise<Outcome> {
  const { bundleDir = '', options, cwd } = request;
  const warnings: string[] = [];
  const service = new StubService(request);
  const asked: SubmitQuestion[] = [];
  const submit = async (): Promise<Attached> => {
    const result = await submitBundle({
      ...{ bundleDir, cwd, deadline: service.api, farmId: 'farm-1', queueId: 'queue-1', hashPool },
      openQueueStore,
      given: new Map(request.parameters as readonly [string, DocumentValue][]),
      ...(request.profile && { storageProfileId: request.profile.storageProfileId }),
      ...(options.name !== undefined && { name: options.name }),
      settings: settingsOf(options),
      requirePathsExist: options.require_paths_exist ?? false,
      fileSystemMode: options.job_attachments_file_system ?? 'COPIED',
      log: warningsTo(warnings),
      clock: { ...systemClock, sleep: async () => {} },
      onGrouped: (question) => void asked.push(question),
    });
    if (JSON.stringify(service.created) !== JSON.stringify(result.request))
      throw new Error('the job was not created by the request that the result shows');
    const createJob: OutcomeRequest = result.request;
    const [question] = asked;
    const isAsked = question !== undefined && question.paths.known.length + question.paths.unknown.length > 0;
    return {
      createJob,
      ...groupsOf(question?.groups ?? NO_GROUPS),
      ...(isAsked && { question: question.paths }),
      warnings,
    };
  };
  return normal(await outcomeOf(submit, warnings), ourDirectory(request));
}

const NO_GROUPS: AssetUploadGroup = { assetGroups: [], totalInputFiles: 0, totalInputBytes: 0 };

function settingsOf(options: SubmissionOptions): JobSettings {
  const {
    priority,
    max_failed_tasks_count: maxFailedTasksCount,
    max_retries_per_task: maxRetriesPerTask,
    max_worker_count: maxWorkerCount,
    target_task_run_status: targetTaskRunStatus,
  } = options;
  const given = Object.entries({
    ...{ priority, maxFailedTasksCount, maxRetriesPerTask, maxWorkerCount, targetTaskRunStatus },
  }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** Runs our command line with the words of a case; the request is printed in place of a job. */
export async function commandedByUs(request: PythonCase, sandbox: Sandbox): Promise<Outcome> {
  const { bundleDir = '', argv = [], profile, cwd, configFile = '', snapshotDir = '' } = request;
  const directory = ourDirectory(request);
  const profileFile = join(dirname(snapshotDir), 'profile.json');
  if (profile) writeFileSync(profileFile, JSON.stringify(profile));
  const ids = ['--farm-id', 'farm-1', '--queue-id', 'queue-1'];
  const { code, stdout, stderr } = await sandbox.run(
    [
      ...['bundle', 'submit', bundleDir, ...argv, ...ids],
      ...(profile ? ['--storage-profile', profileFile] : []),
      ...['--store', directory, '--print-request'],
    ],
    { cwd, env: { DEADLINE_CONFIG_FILE_PATH: configFile } },
  );
  return normal(
    {
      ...(code === 0 && { createJob: JSON.parse(stdout) as OutcomeRequest }),
      ...{ exitCode: code, output: stderr, warnings: [] },
    },
    directory,
  );
}

/** What `submit` gave, or how it failed. */
async function outcomeOf(submit: () => Promise<Attached>, warnings: string[]): Promise<Attached> {
  try {
    return await submit();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code = error.name } = error as Error & { code?: string };
    return { error: { type: code, message: error.message }, warnings };
  }
}

function groupsOf(groups: AssetUploadGroup): Pick<Attached, 'groups' | 'inputs'> {
  return {
    groups: listedGroups(groups) as OutcomeGroup[],
    inputs: { files: groups.totalInputFiles, bytes: groups.totalInputBytes },
  };
}

/** Keeps the warnings of inputs that are not there, which the Python library gives too. */
function warningsTo(warnings: string[]): Logger {
  return (level, message) => {
    if (level === 'warning' && message.startsWith('Input path')) warnings.push(message);
  };
}
