/** `bundle submit` as a child process, against a stand-in of the service. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, Sandbox } from '../support/cli.js';
import { refusal, useDeadlineStub } from '../support/deadline-stub.js';
import { useQueueStore } from '../support/queue-store.js';
import { requireServer } from '../support/require-server.js';
import { unzip } from '../support/unzip.js';

const FARM = `farm-${'0'.repeat(31)}1`;
const QUEUE = `queue-${'0'.repeat(31)}2`;
const JOB = `job-${'0'.repeat(31)}3`;
const PROFILE = `sp-${'0'.repeat(31)}4`;

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const service = useDeadlineStub();

const TEMPLATE = {
  specificationVersion: 'jobtemplate-2023-09',
  name: 'From template',
  parameterDefinitions: [
    { name: 'Scene', type: 'PATH', objectType: 'FILE', dataFlow: 'IN' },
    { name: 'Out', type: 'PATH', objectType: 'DIRECTORY', dataFlow: 'OUT', default: 'renders' },
    { name: 'Frames', type: 'STRING', default: '1-10' },
  ],
  steps: [],
};

beforeAll(() => {
  sandbox.tree('bundle', { 'template.json': JSON.stringify(TEMPLATE), 'textures/wood.png': 'wood' });
  const references = { assetReferences: { inputs: { directories: [sandbox.join('bundle/textures')] } } };
  sandbox.write('bundle/asset_references.json', JSON.stringify(references));
  sandbox.tree('work', { 'scene.ma': 'scene' });
});

beforeEach(() => {
  sandbox.write('deadline-config', '');
  service
    .answer('GetQueue', {
      ...{ queueId: QUEUE, farmId: FARM, displayName: 'Render "A"', status: 'IDLE' },
      ...{ defaultBudgetAction: 'NONE', createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      jobAttachmentSettings: { s3BucketName: 'bucket', rootPrefix: 'Deadline' },
    })
    .answer('ListQueueEnvironments', { environments: [] })
    .answer('CreateJob', { jobId: JOB })
    .answer('GetJob', {
      ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      ...{ lifecycleStatus: 'CREATE_COMPLETE', lifecycleStatusMessage: 'Job creation completed\u001b[2J' },
    });
});

const IDS = ['--farm-id', FARM, '--queue-id', QUEUE];
const SCENE = ['-p', 'Scene=work/scene.ma'];

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example-of-a-secret' };
  const flags = ['--deadline-endpoint-url', service.endpoint, '--progress', 'none'];
  const region = args.includes('--region') ? {} : { AWS_REGION: 'eu-west-1' };
  return sandbox.run(['bundle', 'submit', ...args, ...flags], { env: { ...keys, ...region, ...env } });
}

/** The one request for a job that the service got. */
function created(): Readonly<Record<string, unknown>> {
  const calls = service.calls.filter(({ operation }) => operation === 'CreateJob');
  expect(calls).toHaveLength(1);
  return calls[0]?.body ?? {};
}

it('creates a job, waits for it, and prints its id last', async () => {
  const { code, stdout, stderr } = await run(['bundle', ...SCENE, ...IDS, '--store', 'store', '--yes']);
  expect(stdout).toBe(`Submitted job bundle:\n   bundle\nJob creation completed\\x1b[2J\n${JOB}\n`);
  expect(stderr).toMatch(
    /^Submitting to Queue: Render "A"\nInput files: 2 totaling 9 B\. Output directories: 1\./,
  );
  expect(stderr).toContain('\nWaiting for Job to be created...\n');
  expect(stderr).toContain('Upload Summary:\n    Processed 2 files totaling 9 B.\n');
  expect(code).toBe(0);
  expect(service.operations()).toEqual(['GetQueue', 'ListQueueEnvironments', 'CreateJob', 'GetJob']);
  expect(created()).toEqual({
    template: JSON.stringify(TEMPLATE),
    templateType: 'JSON',
    ...{ priority: 50, maxFailedTasksCount: 20, maxRetriesPerTask: 5 },
    parameters: {
      Scene: { path: sandbox.join('work/scene.ma') },
      Out: { path: sandbox.join('bundle/renders') },
    },
    attachments: {
      manifests: [
        {
          rootPath: sandbox.path,
          rootPathFormat: 'posix',
          inputManifestPath: expect.stringMatching(
            `^${FARM}/${QUEUE}/Inputs/[0-9a-f]{32}/[0-9a-f]{32}_input$`,
          ),
          inputManifestHash: expect.stringMatching(/^[0-9a-f]{32}$/),
          outputRelativeDirectories: ['bundle/renders'],
        },
      ],
      fileSystem: 'COPIED',
    },
  });
  expect(Object.values(filesBelow(sandbox.join('store/Data'))).sort()).toEqual(['scene', 'wood']);
});

it('sends what the flags say, in place of what bundle and configuration say', async () => {
  sandbox.write('deadline-config', '[settings]\nmax_failed_tasks_count = 7\nmax_retries_per_task = 9\n');
  sandbox.write('frames.json', '{"Frames": "5-6"}');
  service.answer('GetStorageProfileForQueue', {
    ...{ storageProfileId: PROFILE, displayName: 'Mine', osFamily: 'LINUX' },
    fileSystemLocations: [{ name: 'Work', path: sandbox.join('work'), type: 'SHARED' }],
  });
  const { code, stdout } = await run([
    ...['bundle', ...IDS, '--store', 'store', '--yes', '--json', '--storage-profile-id', PROFILE],
    ...['-p', '{"Scene": "work/scene.ma"}', '-p', 'Frames=1', '-p', 'file://frames.json'],
    ...['--name', 'Named', '--priority', '0', '--max-retries-per-task', '2', '--max-worker-count', '-1'],
    ...['--target-task-run-status', 'suspended', '--job-attachments-file-system', 'VIRTUAL'],
    ...[
      '--require-paths-exist',
      '--submitter-name',
      'Test',
      '--known-asset-path',
      '/nowhere',
      '--no-force-s3-check',
    ],
  ]);
  expect(code).toBe(0);
  const request = created();
  expect(request).toMatchObject({
    ...{ priority: 0, maxFailedTasksCount: 7, maxRetriesPerTask: 2, maxWorkerCount: -1 },
    ...{ targetTaskRunStatus: 'SUSPENDED', storageProfileId: PROFILE },
    parameters: { Frames: { string: '5-6' } },
    attachments: { fileSystem: 'VIRTUAL', manifests: [{ rootPath: sandbox.join('bundle') }] },
  });
  expect(JSON.parse(String(request['template'])).name).toBe('Named');
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'ok',
    result: { jobId: JOB, request: { priority: 0 } },
  });
});

describe('the default job', () => {
  const CONFIG = [
    '; mine',
    '[defaults]',
    'aws_profile_name = studio',
    '[profile-studio defaults]',
    `farm_id = ${FARM}`,
    `[profile-studio ${FARM} defaults]`,
    `queue_id = ${QUEUE}`,
    'farm_region = eu-west-1',
    '[telemetry]',
    'opt_out = true',
    '',
  ].join('\n');
  const files = () => ({
    AWS_REGION: 'us-west-1',
    AWS_CONFIG_FILE: sandbox.write('aws-config', '[profile studio]\nregion = us-east-1\n'),
    AWS_SHARED_CREDENTIALS_FILE: sandbox.write(
      'aws-keys',
      '[studio]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example-of-a-secret\n',
    ),
  });
  const args = ['bundle', ...SCENE, '--store', 'store', '--yes'];

  it('is the new one, and everything else in the configuration stays', async () => {
    sandbox.write('deadline-config', CONFIG);
    expect(await run(args, files())).toMatchObject({ code: 0 });
    expect(readFileSync(sandbox.config, 'utf8')).toBe(
      `${CONFIG}\n[profile-studio ${FARM} ${QUEUE} defaults]\njob_id = ${JOB}\n`,
    );
    expect(service.calls[0]?.headers['authorization']).toContain('/eu-west-1/deadline/');
  });

  it('is the new one also where the job then fails, since it is there', async () => {
    sandbox.write('deadline-config', CONFIG);
    service.answer('GetJob', {
      ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      ...{ lifecycleStatus: 'CREATE_FAILED', lifecycleStatusMessage: 'the template is wrong' },
    });
    expect(await run(args, files())).toMatchObject({ code: 1 });
    expect(readFileSync(sandbox.config, 'utf8')).toContain(`job_id = ${JOB}\n`);
  });

  it('is told to be another where it cannot be written, which changes nothing about the job', async () => {
    const ids = { RX_ATTACHMENTS_FARM_ID: FARM, DEADLINE_QUEUE_ID: QUEUE };
    const config = `${sandbox.write('a-file', '')}/config`;
    const { code, stdout, stderr } = await run(args, { ...ids, DEADLINE_CONFIG_FILE_PATH: config });
    expect(stderr).toMatch(
      /^WARNING: the job is not the default job: [^\n]*a-file\/config cannot be changed/m,
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining(JOB)]);
  });

  it.each([
    ['--farm-id', FARM],
    ['--queue-id', QUEUE],
    ['--region', 'eu-west-1'],
    ['--profile', 'studio'],
  ])('stays with %s', async (...flag) => {
    sandbox.write('deadline-config', CONFIG);
    expect(await run([...args, ...flag], files())).toMatchObject({ code: 0 });
    expect(readFileSync(sandbox.config, 'utf8')).toBe(CONFIG);
  });
});

describe('without a job', () => {
  it('prints the request, offline where the store is given', async () => {
    const args = ['bundle', ...SCENE, '--store', 'offline', '--yes', '--print-request'];
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    const request = JSON.parse(stdout);
    expect(request).toMatchObject({ farmId: 'farm-local', queueId: 'queue-local', templateType: 'JSON' });
    expect(Object.keys(filesBelow(sandbox.join('offline/Manifests')))).toContain(
      request.attachments.manifests[0].inputManifestPath,
    );
    expect(JSON.parse((await run([...args, '--json'])).stdout)).toMatchObject({
      status: 'ok',
      result: { attachments: { fileSystem: 'COPIED' } },
      stats: { upload: { skipped_files: 2 } },
    });
    expect(service.calls).toEqual([]);
  });

  it('plans without a question, and stores nothing', async () => {
    const args = ['bundle', ...SCENE, '--store', 'planned', '--plan'];
    const { code, stdout } = await run(args);
    expect([code, stdout]).toEqual([
      0,
      'Files: 2 (9 B)\nTo send: 2 (9 B)\nRequests: HEAD 2, PUT 3\nEstimated cost: 0.000000 USD\n',
    ]);
    expect(existsSync(sandbox.join('planned'))).toBe(false);
    expect(service.calls).toEqual([]);
  });

  const SNAPSHOT = ['create_job_args.json', 'queue.json', 'submit_job.bat', 'submit_job.sh'];

  it('writes a debug snapshot to a directory, from which the job can be made by hand', async () => {
    const args = ['bundle', ...SCENE, ...IDS, '--yes', '--save-debug-snapshot', 'debug'];
    const { code, stdout } = await run(args);
    expect([code, stdout]).toEqual([0, `${sandbox.join('debug')}\n`]);
    const files = filesBelow(sandbox.join('debug'));
    expect(Object.keys(files)).toEqual(expect.arrayContaining(SNAPSHOT));
    const request = JSON.parse(files['create_job_args.json'] ?? '');
    expect(request).toMatchObject({ farmId: FARM, queueId: QUEUE, priority: 50 });
    expect(Object.keys(files)).toContain(`Manifests/${request.attachments.manifests[0].inputManifestPath}`);
    expect(Object.keys(files).filter((name) => name.startsWith('Data/'))).toHaveLength(2);
    expect(service.operations()).toEqual(['GetQueue', 'ListQueueEnvironments']);
  });

  it('writes a debug snapshot to an archive, without a service where no queue is named', async () => {
    const args = ['bundle', ...SCENE, '--yes', '--json', '--save-debug-snapshot', 'debug.zip'];
    const { code, stdout } = await run(args);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'ok',
      result: { snapshot: sandbox.join('debug.zip'), request: { farmId: 'farm-local' } },
    });
    const entries = unzip(sandbox.join('debug.zip'));
    const request = JSON.parse(entries.get('create_job_args.json')?.content.toString() ?? '');
    expect([...entries.keys()]).toContain(`Manifests/${request.attachments.manifests[0].inputManifestPath}`);
    expect((entries.get('submit_job.sh')?.mode ?? 0) & 0o111).toBe(0o111);
    expect(readdirSync(sandbox.path).filter((name) => name.startsWith('.debug'))).toEqual([]);
    expect([code, service.calls]).toEqual([0, []]);
  });

  it.each([
    [['--store', 's', '--save-debug-snapshot', 'd'], '--save-debug-snapshot and --store exclude each other'],
    [['--plan', '--save-debug-snapshot', 'd'], '--plan and --save-debug-snapshot exclude each other'],
    [['--save-debug-snapshot', 'no/where.zip'], 'where.zip cannot be written: '],
  ])('refuses %j', async (flags, message) => {
    const { code, stderr } = await run(['bundle', ...SCENE, ...flags]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('plans nothing for a queue without attachments', async () => {
    service.answer('GetQueue', {
      ...{ queueId: QUEUE, farmId: FARM, displayName: 'Plain', status: 'IDLE' },
      ...{ defaultBudgetAction: 'NONE', createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
    });
    const { code, stdout } = await run(['bundle', ...SCENE, ...IDS, '--plan', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', result: { files: 0, filesToSend: 0 } });
    expect(code).toBe(0);
  });
});

describe('what goes wrong', () => {
  it('asks before known places too, so that without a terminal --yes is needed', async () => {
    const { code, stderr } = await run(['bundle', ...SCENE, ...IDS, '--store', 'unasked']);
    expect(stderr).toMatch(/Error: [^\n]*--yes\n$/);
    expect(code).toBe(2);
    expect(filesBelow(sandbox.join('unasked'))).toEqual({});
    expect(service.operations()).not.toContain('CreateJob');
  });

  it('is refused by --yes where a place is not known', async () => {
    const outside = sandbox.tree('outside', { 'x.bin': 'x' });
    const references = { assetReferences: { inputs: { directories: [outside] } } };
    sandbox.tree('far', { 'template.json': '{"specificationVersion": "jobtemplate-2023-09", "steps": []}' });
    sandbox.write('far/asset_references.json', JSON.stringify(references));
    const { code, stderr } = await run(['far', ...IDS, '--store', 'unasked', '--yes']);
    expect(stderr).toMatch(/Job submission canceled \(settings\.auto_accept enabled [^\n]*\)\.\n$/);
    expect(code).toBe(1);
    expect(
      (await run(['far', ...IDS, '--store', 'far-store', '--yes', '--known-asset-path', 'outside'])).code,
    ).toBe(0);
  });

  it('lists inputs that are missing, and creates nothing', async () => {
    const args = ['bundle', '-p', 'Scene=work/gone.ma', ...IDS, '--store', 'unasked', '--yes'];
    const { code, stderr } = await run([...args, '--require-paths-exist']);
    expect(stderr).toContain(
      `\nMissing input files:\n\t${sandbox.join('work/gone.ma')}\nJob submission canceled.\n`,
    );
    expect(code).toBe(1);
    expect(service.operations()).not.toContain('CreateJob');
  });

  it.each([
    ['no bundle', ['nowhere'], 'Error: Job bundle path provided is not a directory:\n    nowhere\n'],
    ['a missing value', ['bundle'], '\n    No parameter value provided for Job Template parameter Scene, '],
  ])('says what is wrong with %s', async (_what, args, message) => {
    const { code, stderr } = await run([...args, ...IDS, '--yes']);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it.each(['Scene', '1st=x', '{"Scene": '])('-p %s is wrong usage', async (word) => {
    const { code, stderr } = await run(['bundle', '-p', word, ...IDS, '--yes']);
    expect(stderr).toContain(JSON.stringify(word));
    expect(code).toBe(2);
  });

  it('tells what the service refused, and its hint to the machine', async () => {
    service.answer('GetQueue', refusal(403, 'AccessDeniedException', 'not yours'));
    const { code, stderr, stdout } = await run(['bundle', ...SCENE, ...IDS, '--yes', '--json']);
    expect(stderr).toMatch(/^Error: [^\n]*GetQueue[^\n]*not yours/);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'DeadlineOperationError',
      details: { operation: 'GetQueue', httpStatus: 403, serviceCode: 'AccessDeniedException' },
    });
    expect(stderr + stdout).not.toContain('example-of-a-secret');
    expect(code).toBe(1);
  });

  it('fails with the message of a job that could not be created', async () => {
    service.answer('GetJob', {
      ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      ...{ lifecycleStatus: 'CREATE_FAILED', lifecycleStatusMessage: 'the template is wrong' },
    });
    const { code, stderr, stdout } = await run(['bundle', ...SCENE, ...IDS, '--store', 'store', '--yes']);
    expect(stderr).toContain('Error: the template is wrong');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('stops waiting at a signal, and says that the job goes on', async () => {
    service.answer('GetJob', {
      ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      lifecycleStatus: 'CREATE_IN_PROGRESS',
    });
    const flags = [
      '--deadline-endpoint-url',
      service.endpoint,
      '--progress',
      'none',
      '--region',
      'eu-west-1',
    ];
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example-of-a-secret' };
    const args = ['bundle', 'submit', 'bundle', ...SCENE, ...IDS, '--store', 'store', '--yes', ...flags];
    const child = sandbox.start(args, { env: keys });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (!stderr.includes('Waiting for Job') && `${stderr}${text}`.includes('Waiting for Job'))
        child.kill('SIGINT');
      stderr += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(stderr).toContain(`the wait for the job ${JOB} was cancelled; the job itself goes on`);
    expect(code).toBe(130);
  });
});

requireServer('versitygw')("the queue's own store", () => {
  const { server, proxy } = useQueueStore(service, 'AssumeQueueRoleForUser');
  const flags = () => ['--s3-endpoint-url', proxy().endpoint, '--region', 'us-east-1', ...IDS];

  it("takes the attachments of a bundle, with the keys of the queue's role", async () => {
    const { code, stderr } = await run(['bundle', ...SCENE, ...flags(), '--yes']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(
      server()
        .keys('bucket')
        .filter((key) => key.startsWith('Deadline/Data/')),
    ).toHaveLength(2);
    expect(service.operations()).toContain('AssumeQueueRoleForUser');
  });

  it('takes what `submit` is told to store where no store is named', async () => {
    service.answer('GetStorageProfileForQueue', {
      ...{ storageProfileId: PROFILE, displayName: 'Mine', osFamily: 'LINUX' },
      fileSystemLocations: [{ name: 'Work', path: sandbox.join('work'), type: 'LOCAL' }],
    });
    const args = [
      'submit',
      'work',
      '--storage-profile',
      PROFILE,
      ...flags(),
      '--deadline-endpoint-url',
      service.endpoint,
    ];
    const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example-of-a-secret' };
    const { code, stdout, stderr } = await sandbox.run(args, { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout).manifests).toMatchObject([{ fileSystemLocationName: 'Work' }]);
  });
});
