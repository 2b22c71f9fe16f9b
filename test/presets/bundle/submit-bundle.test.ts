/** The order of a submission, and what holds where something is missing or wrong; whole requests are in test/golden. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { createDeadlineApi } from '../../../src/deadline/aws-deadline.js';
import type { DocumentValue } from '../../../src/model/document-value.js';
import { systemClock } from '../../../src/pipeline/clock.js';
import { CancelledError } from '../../../src/pipeline/errors.js';
import { submitBundle } from '../../../src/presets/bundle/submit-bundle.js';
import type {
  SubmitBundleRequest,
  SubmitQuestion,
} from '../../../src/presets/bundle/submit-bundle-request.js';
import { JobWaitCancelledError } from '../../../src/presets/bundle/wait-for-job.js';
import { storeOf } from '../../../src/presets/store.js';
import { handClock } from '../../support/clocks.js';
import { refusal, useDeadlineStub } from '../../support/deadline-stub.js';
import { type MemoryDeadlineState, memoryDeadline } from '../../support/memory-deadline.js';
import { memoryStore } from '../../support/memory-store.js';
import { tempDir } from '../../support/temp-dir.js';

const stub = useDeadlineStub();
const base = tempDir('submit-bundle');
let count = 0;
let root = '';
let bundleDir = '';
let client = memoryStore();

const PARAMETERS = [
  { name: 'Scene', type: 'PATH', objectType: 'FILE', dataFlow: 'IN', default: 'scene.ma' },
  { name: 'Frames', type: 'INT', default: 1 },
  { name: 'Final', type: 'BOOL', default: true },
];
const SETTINGS = { s3BucketName: 'bucket', rootPrefix: 'Prefix' };
const QUEUE = { displayName: 'Nuke', jobAttachmentSettings: SETTINGS };
const ids = { farmId: 'farm-1', queueId: 'queue-1' };
const sleepless = { ...systemClock, sleep: async () => {} };

beforeEach(() => {
  count += 1;
  root = join(base, String(count));
  bundleDir = join(root, 'bundle');
  mkdirSync(bundleDir, { recursive: true });
  client = memoryStore();
  template(PARAMETERS);
  writeFileSync(join(bundleDir, 'scene.ma'), 'scene');
});

function template(parameterDefinitions: readonly object[]): void {
  const document = {
    specificationVersion: 'jobtemplate-2023-09',
    name: 'A',
    parameterDefinitions,
    steps: [],
  };
  writeFileSync(join(bundleDir, 'template.json'), JSON.stringify(document));
}

const store = () => storeOf(client, { bucket: 'bucket', rootPrefix: 'Prefix' });
const inStore = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of client.listObjects('bucket', '')) found.push(...page.map(({ key }) => key));
  return found;
};
const given = (values: Record<string, DocumentValue>): ReadonlyMap<string, DocumentValue> =>
  new Map(Object.entries(values));

/** Members that are `undefined` take one away. */
type Changes = { readonly [Name in keyof SubmitBundleRequest]?: SubmitBundleRequest[Name] | undefined };

function submission(state: MemoryDeadlineState, more: Changes = {}) {
  const deadline = memoryDeadline(state);
  const request = {
    ...ids,
    bundleDir,
    deadline,
    openQueueStore: async () => store(),
    clock: sleepless,
    cwd: root,
  };
  return { deadline, run: () => submitBundle({ ...request, ...more } as SubmitBundleRequest) };
}

it('says what the Python command says, in its order, and gives the id before it waits', async () => {
  const lines: string[] = [];
  const jobs = [{ lifecycleStatus: 'CREATE_COMPLETE', lifecycleStatusMessage: 'Job creation completed' }];
  const { deadline, run } = submission(
    { queue: QUEUE, jobs },
    { onStatus: (line) => lines.push(line), onJobCreated: (jobId) => void lines.push(`created ${jobId}`) },
  );
  const { jobId, job, request, attached, queue } = await run();
  expect(jobId).toBe('job-1');
  expect(job?.lifecycleStatus).toBe('CREATE_COMPLETE');
  expect(queue?.displayName).toBe('Nuke');
  expect(deadline.calls).toEqual(['getQueue', 'listQueueEnvironments', 'createJob', 'getJob']);
  expect(deadline.created).toEqual([request]);
  expect(request.attachments).toBe(attached?.attachments);
  expect(lines).toEqual([
    'Submitting to Queue: Nuke',
    'created job-1',
    'Waiting for Job to be created...',
    'Submitted job bundle:',
    `   ${bundleDir}`,
    'Job creation completed',
    'job-1',
  ]);
  expect(await inStore()).toEqual([
    expect.stringMatching(/^Prefix\/Data\/[0-9a-f]{32}\.xxh128$/),
    expect.stringMatching(/^Prefix\/Manifests\/farm-1\/queue-1\/Inputs\//),
  ]);
});

it('makes the request in place of the job, without any call of the service', async () => {
  const done = await submitBundle({ bundleDir, store: store(), dryRun: 'print-request', name: 'B' });
  expect(done).not.toHaveProperty('jobId');
  expect(done.request).toMatchObject({
    ...{ farmId: 'farm-local', queueId: 'queue-local', templateType: 'JSON', priority: 50 },
    ...{ maxFailedTasksCount: 20, maxRetriesPerTask: 5 },
    parameters: { Scene: { path: join(bundleDir, 'scene.ma') } },
    attachments: { fileSystem: 'COPIED', manifests: [{ rootPath: bundleDir }] },
  });
  expect(JSON.parse(done.request.template)).toMatchObject({ name: 'B' });
  expect(await inStore()).toHaveLength(2);
});

it('a plan sends nothing and asks for no job', async () => {
  const { deadline, run } = submission({ queue: QUEUE }, { dryRun: 'plan' });
  const { plan, request, attached } = await run();
  expect(plan).toMatchObject({ files: 1, bytes: 5, filesToSend: 1, bytesToSend: 5 });
  expect(plan?.groups.assetGroups.map(({ rootPath }) => rootPath)).toEqual([bundleDir]);
  expect([request.attachments, attached]).toEqual([undefined, undefined]);
  expect(deadline.created).toEqual([]);
  expect(await inStore()).toEqual([]);
});

it('takes values, settings, and defaults by their rank', async () => {
  const values = [
    { name: 'deadline:priority', value: 10 },
    { name: 'deadline:maxRetriesPerTask', value: 2 },
  ];
  writeFileSync(join(bundleDir, 'parameter_values.json'), JSON.stringify({ parameterValues: values }));
  const { request } = await submission(
    { queue: QUEUE },
    {
      given: given({ Frames: 7 }),
      settings: { priority: 99 },
      defaults: { maxFailedTasksCount: 3, maxRetriesPerTask: 4 },
      fileSystemMode: 'VIRTUAL',
    },
  ).run();
  expect(request).toMatchObject({ priority: 99, maxRetriesPerTask: 2, maxFailedTasksCount: 3 });
  expect(request.parameters?.['Frames']).toEqual({ int: '7' });
  expect(request.attachments?.fileSystem).toBe('VIRTUAL');
});

it('an empty text for a path changes nothing and attaches nothing', async () => {
  const { request } = await submission({ queue: QUEUE }, { given: given({ Scene: '' }) }).run();
  expect(request.parameters?.['Scene']).toEqual({ path: join(bundleDir, 'scene.ma') });
  expect(request).not.toHaveProperty('attachments');
});

it('the storage profile is looked up by its id, and stands in the request', async () => {
  const storageProfile = {
    ...{ storageProfileId: 'sp-1', displayName: 'Linux', osFamily: 'LINUX' },
    fileSystemLocations: [{ name: 'Proj', path: root, type: 'LOCAL' }],
  };
  const { deadline, run } = submission({ queue: QUEUE, storageProfile }, { storageProfileId: 'sp-1' });
  const done = await run();
  expect(deadline.calls).toContain('getStorageProfileForQueue');
  expect(done.request.storageProfileId).toBe('sp-1');
  expect(done.request.attachments?.manifests[0]?.fileSystemLocationName).toBe('Proj');
  expect(done.storageProfile?.displayName).toBe('Linux');
});

it('a queue that takes no attachments: the paths are not looked at, and the job is made', async () => {
  const log = vi.fn();
  const { deadline, run } = submission(
    { queue: { displayName: 'Plain' } },
    { given: given({ Scene: '/no/such/file' }), requirePathsExist: true, log },
  );
  const { request } = await run();
  expect(request).not.toHaveProperty('attachments');
  expect(deadline.calls).not.toContain('assumeQueueRole');
  expect(log).toHaveBeenCalledWith('warning', expect.stringContaining('takes no job attachments'));
});

it('a bundle that refers to nothing opens no store', async () => {
  template([]);
  const openQueueStore = vi.fn(async () => store());
  const { request } = await submission({ queue: QUEUE }, { openQueueStore }).run();
  expect(request).not.toHaveProperty('attachments');
  expect(openQueueStore).not.toHaveBeenCalled();
});

it("opens the queue's place with the keys of its role, and closes it again", async () => {
  const close = vi.fn(async () => {});
  const openQueueStore: SubmitBundleRequest['openQueueStore'] = async (settings, credentials) => {
    expect(settings).toEqual(SETTINGS);
    expect(await credentials()).toMatchObject({ accessKeyId: 'USER' });
    return { ...store(), close };
  };
  const { deadline, run } = submission({ queue: QUEUE }, { openQueueStore });
  await run();
  expect(deadline.calls).toContain('assumeQueueRole');
  expect(close).toHaveBeenCalledOnce();
});

it('a store that is given is taken, and stays open', async () => {
  const close = vi.fn(async () => {});
  const openQueueStore = vi.fn(async () => store());
  await submission({ queue: QUEUE }, { store: { ...store(), close }, openQueueStore }).run();
  expect(openQueueStore).not.toHaveBeenCalled();
  expect(close).not.toHaveBeenCalled();
  expect(await inStore()).toHaveLength(2);
});

it('the question names what is known and what is not; whoever throws at it ends the submission', async () => {
  mkdirSync(join(root, 'known'));
  mkdirSync(join(root, 'unknown'));
  for (const name of ['known', 'unknown']) writeFileSync(join(root, name, 'f'), name);
  const filenames = ['known', 'unknown'].map((name) => join(root, name, 'f'));
  const references = { assetReferences: { inputs: { filenames } } };
  writeFileSync(join(bundleDir, 'asset_references.json'), JSON.stringify(references));
  const questions: SubmitQuestion[] = [];
  const { deadline, run } = submission(
    { queue: QUEUE },
    {
      knownAssetPaths: [join(root, 'known')],
      onGrouped: (question) => {
        questions.push(question);
        throw new Error('no');
      },
    },
  );
  await expect(run()).rejects.toThrow('no');
  expect(questions.map(({ paths }) => paths)).toEqual([
    { known: [bundleDir, join(root, 'known')], unknown: [join(root, 'unknown')], defaultAnswer: false },
  ]);
  expect(questions[0]?.groups.totalInputFiles).toBe(3);
  expect([deadline.created, await inStore()]).toEqual([[], []]);
});

it.each<[string, MemoryDeadlineState, Changes, object]>([
  ['a job without the service', {}, { deadline: undefined }, { code: 'InvalidConfig', option: 'deadline' }],
  [
    'the service without a farm',
    { queue: QUEUE },
    { farmId: '' },
    { code: 'InvalidConfig', option: 'farmId' },
  ],
  [
    'the service without a queue',
    { queue: QUEUE },
    { queueId: '' },
    { code: 'InvalidConfig', option: 'queueId' },
  ],
  ['a file system that is none', { queue: QUEUE }, { fileSystemMode: 'copied' }, { code: 'InvalidConfig' }],
  [
    'files without a place',
    {},
    { deadline: undefined, dryRun: 'print-request' },
    { code: 'InvalidConfig', option: 'store' },
  ],
  [
    'a profile that nobody can look up',
    {},
    { deadline: undefined, dryRun: 'print-request', storageProfileId: 'sp-1' },
    { code: 'InvalidConfig', option: 'storageProfileId' },
  ],
  [
    'a queue without a bucket',
    { queue: { ...QUEUE, jobAttachmentSettings: { rootPrefix: 'p' } } },
    {},
    { code: 'MissingJobAttachmentSettingsError', queueId: 'queue-1' },
  ],
  [
    'a queue without a root prefix',
    { queue: { ...QUEUE, jobAttachmentSettings: { s3BucketName: 'b' } } },
    {},
    { code: 'MissingS3RootPrefixError', queueId: 'queue-1' },
  ],
  [
    'an environment that is no YAML',
    { queue: QUEUE, environments: [{ priority: 1, template: 'a: [' }] },
    {},
    { code: 'DeadlineOperationError', field: 'queueenv-0' },
  ],
  [
    'a value of the wrong type',
    { queue: QUEUE },
    { given: given({ Final: 'many' }) },
    { code: 'DeadlineOperationError', field: 'Final' },
  ],
  [
    'a text that is no integer',
    { queue: QUEUE },
    { given: given({ Frames: 'five' }) },
    { code: 'DeadlineOperationError', field: 'Frames' },
  ],
  [
    'an input that is missing',
    { queue: QUEUE },
    { given: given({ Scene: 'gone' }), requirePathsExist: true },
    { code: 'MisconfiguredInputsError' },
  ],
])('refuses %s before anything is sent', async (_case, state, more, error) => {
  const { deadline, run } = submission(state, more);
  await expect(run()).rejects.toMatchObject(error);
  expect([deadline.created, await inStore()]).toEqual([[], []]);
});

it('parameters of environments count by priority, not in the order of the list', async () => {
  template([{ name: 'Conda', type: 'STRING', default: 'x' }]);
  const environment = (priority: number, name: string) => ({
    priority,
    template: `parameterDefinitions:\n- {name: ${name}, type: STRING, default: ''}\n`,
  });
  const environments = [environment(9, 'Late'), environment(1, 'Conda')];
  const { parameters } = await submission({ queue: QUEUE, environments }).run();
  expect(parameters.map(({ name }) => name)).toEqual(['Conda', 'Late']);
});

it('cancelled before the job: nothing is made', async () => {
  const stop = new AbortController();
  const { deadline, run } = submission(
    { queue: QUEUE },
    { signal: stop.signal, onGrouped: () => stop.abort() },
  );
  await expect(run()).rejects.toBeInstanceOf(CancelledError);
  expect(deadline.created).toEqual([]);
});

it('cancelled after the job was created: the wait ends, the error names the job', async () => {
  const stop = new AbortController();
  const { deadline, run } = submission(
    { queue: QUEUE, jobs: [{ lifecycleStatus: 'CREATE_IN_PROGRESS' }] },
    { signal: stop.signal, clock: handClock(), onJobCreated: () => stop.abort() },
  );
  const error = await run().catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(JobWaitCancelledError);
  expect(error).toMatchObject({ jobId: 'job-1' });
  expect(deadline.created).toHaveLength(1);
});

it('a job that could not be created is an error with what the service said', async () => {
  const jobs = [{ lifecycleStatus: 'CREATE_FAILED', lifecycleStatusMessage: 'bad step' }];
  const { run } = submission({ queue: QUEUE, jobs });
  await expect(run()).rejects.toMatchObject({ code: 'DeadlineOperationError', message: 'bad step' });
});

it('over the real client: the service gets one request, and nothing but the calls that are needed', async () => {
  const credentials = {
    accessKeyId: 'ASIAQUEUE',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: '2100-01-01T00:00:00Z',
  };
  stub
    .answer('GetQueue', { ...ids, ...QUEUE })
    .answer('ListQueueEnvironments', {
      environments: [{ queueEnvironmentId: 'queueenv-1', name: 'Conda', priority: 1 }],
    })
    .answer('GetQueueEnvironment', {
      ...{ queueEnvironmentId: 'queueenv-1', name: 'Conda', priority: 1, templateType: 'YAML' },
      template: 'parameterDefinitions:\n- {name: Conda, type: STRING, default: a}\n',
    })
    .answer('AssumeQueueRoleForUser', { credentials })
    .answer('CreateJob', refusal(429, 'ThrottlingException'), { jobId: 'job-7' })
    .answer(
      'GetJob',
      { jobId: 'job-7', name: 'A', lifecycleStatus: 'CREATE_IN_PROGRESS' },
      {
        ...{ jobId: 'job-7', name: 'A', lifecycleStatus: 'CREATE_COMPLETE', lifecycleStatusMessage: 'done' },
      },
    );
  const deadline = await createDeadlineApi(stub.settings({ clock: sleepless }));
  const done = await submitBundle({
    ...{ ...ids, bundleDir, deadline, clock: sleepless, given: given({ Frames: 3 }) },
    openQueueStore: async (_settings, keys) => {
      expect((await keys()).accessKeyId).toBe('ASIAQUEUE');
      return store();
    },
  });
  expect(done.jobId).toBe('job-7');
  expect(stub.operations()).toEqual([
    ...['GetQueue', 'ListQueueEnvironments', 'GetQueueEnvironment', 'AssumeQueueRoleForUser'],
    ...['CreateJob', 'CreateJob', 'GetJob', 'GetJob'],
  ]);
  const { farmId: _farm, queueId: _queue, ...sent } = done.request;
  const bodies = stub.calls.filter(({ operation }) => operation === 'CreateJob').map(({ body }) => body);
  expect(bodies).toEqual([sent, sent]);
  expect(sent.template).toBe(readFileSync(join(bundleDir, 'template.json'), 'utf8'));
});
