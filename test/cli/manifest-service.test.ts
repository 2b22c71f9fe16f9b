/** Commands of `manifest` and `attachment` where the service says which manifests there are, and where. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/presets/open-store.js';
import { uploadOutputManifest } from '../../src/presets/upload-manifests.js';
import { Sandbox } from '../support/cli.js';
import { v2023 } from '../support/contents.js';
import { refusal, useDeadlineStub } from '../support/deadline-stub.js';
import { useQueueStore } from '../support/queue-store.js';
import { requireServer } from '../support/require-server.js';

const FARM = `farm-${'0'.repeat(31)}1`;
const QUEUE = `queue-${'0'.repeat(31)}2`;
const JOB = `job-${'0'.repeat(31)}3`;
const STEPS = ['4', '5'].map((digit) => `step-${'0'.repeat(31)}${digit}`) as [string, string];
const IDS = ['--farm-id', FARM, '--queue-id', QUEUE];
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example-of-a-secret' };

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const service = useDeadlineStub();
let root = '';
let manifest = '';
let attachments: { manifests: { inputManifestPath: string }[] };

beforeAll(async () => {
  root = sandbox.tree('project', { 'a.txt': 'a', 'b.txt': 'bb' });
  const { stdout } = await sandbox.run(['submit', root, '--store', 'jobs', ...IDS, '--json=envelope']);
  attachments = JSON.parse(stdout).result;
  manifest = sandbox.join('jobs/Manifests', attachments.manifests[0]?.inputManifestPath ?? '');
  const store = await openStore(sandbox.join('jobs'));
  for (const [startTime, stepId] of STEPS.entries()) {
    const outputs = { store, farmId: FARM, queueId: QUEUE, assetRoot: root };
    const entry = { path: `${startTime}.out`, size: 5, hash: '0'.repeat(32), mtime: 1 };
    const action = { jobId: JOB, stepId, taskId: 'task-1', sessionActionId: 'sessionaction-a-1', startTime };
    await uploadOutputManifest({ ...outputs, manifest: v2023([entry]), action });
  }
  await store.close();
});

beforeEach(() => {
  service.answer('GetJob', {
    ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
    ...{ lifecycleStatus: 'CREATE_COMPLETE', lifecycleStatusMessage: 'done', attachments },
  });
});

function run(args: readonly string[], group = 'manifest') {
  const flags = ['--deadline-endpoint-url', service.endpoint, '--region', 'us-east-1'];
  return sandbox.run([group, ...args, ...IDS, ...flags], { env: KEYS });
}

/** Paths of the one manifest in a directory of the sandbox. */
function pathsIn(directory: string): string[] {
  const [name = '', ...others] = readdirSync(sandbox.join(directory));
  expect(others).toEqual([]);
  const { paths } = JSON.parse(readFileSync(join(sandbox.join(directory), name), 'utf8'));
  return paths.map(({ path }: { path: string }) => path);
}

describe('manifest download asks the service for the inputs of a job', () => {
  const [first, second] = STEPS;

  it.each([
    ['all', [], ['0.out', '1.out', 'a.txt', 'b.txt']],
    ['input', ['--asset-type', 'input'], ['a.txt', 'b.txt']],
    ['before a step', ['--asset-type', 'input', '--step-id', second], ['0.out', 'a.txt', 'b.txt']],
    ['a step', ['--step-id', second], ['0.out', '1.out', 'a.txt', 'b.txt']],
    ['a first step', ['--step-id', first], ['0.out', 'a.txt', 'b.txt']],
  ])('%s', async (name, flags, expected) => {
    const before = flags.includes(second) ? [{ stepId: first, status: 'RESOLVED' }] : [];
    service.answer('ListStepDependencies', { dependencies: before });
    const { code, stdout, stderr } = await run([
      ...['download', name, '--store', 'jobs', '--job-id', JOB, '--json'],
      ...flags,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout).downloaded).toEqual([
      { manifest_root: root, local_manifest_path: expect.any(String) },
    ]);
    expect(pathsIn(name)).toEqual(expected);
  });

  it('a job without attachments has none, and outputs alone need no service', async () => {
    service.answer('GetJob', {
      ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      ...{ lifecycleStatus: 'CREATE_COMPLETE', lifecycleStatusMessage: 'done' },
    });
    const download = ['download', 'none', '--store', 'jobs', '--json', '--job-id', JOB];
    const { stdout } = await run([...download, '--asset-type', 'input']);
    expect(JSON.parse(stdout)).toEqual({ downloaded: [] });
    expect((await run([...download, '--asset-type', 'output'])).code).toBe(0);
    expect(service.operations()).toEqual(['GetJob']);
  });

  it('says what the service refused', async () => {
    service.answer('GetJob', refusal(404, 'ResourceNotFoundException', 'no such job'));
    const { code, stderr } = await run(['download', 'no', '--store', 'jobs', '--job-id', JOB]);
    expect(stderr).toContain('no such job');
    expect(code).toBe(1);
  });
});

requireServer('versitygw')("the queue's own store", () => {
  const { proxy } = useQueueStore(service, 'AssumeQueueRoleForUser', 'AssumeQueueRoleForRead');

  beforeEach(() => {
    service.answer('GetQueue', {
      ...{ queueId: QUEUE, farmId: FARM, displayName: 'Q', status: 'IDLE' },
      ...{ defaultBudgetAction: 'NONE', createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      jobAttachmentSettings: { s3BucketName: 'bucket', rootPrefix: 'Deadline' },
    });
  });

  it('takes a manifest by the role that writes, and gives it back by the one that reads', async () => {
    const s3 = ['--s3-endpoint-url', proxy().endpoint];
    const stored = await run(['upload', manifest, '--s3-manifest-prefix', 'in', ...s3]);
    expect(stored).toMatchObject({ code: 0, stdout: `Deadline/Manifests/in/${basename(manifest)}\n` });
    expect(service.operations()).toEqual(['GetQueue', 'AssumeQueueRoleForUser']);

    const [properties] = attachments.manifests;
    const named = [{ ...properties, inputManifestPath: `in/${basename(manifest)}` }];
    service.answer('GetJob', {
      ...{ jobId: JOB, name: 'J', priority: 50, createdAt: '2026-01-01T00:00:00Z', createdBy: 'me' },
      ...{ lifecycleStatus: 'CREATE_COMPLETE', lifecycleStatusMessage: 'done' },
      attachments: { manifests: named, fileSystem: 'COPIED' },
    });
    const { code, stdout, stderr } = await run(['download', 'back', '--job-id', JOB, '--json', ...s3]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    // Stored without a root, as Python does: the job says it.
    expect(JSON.parse(stdout).downloaded).toMatchObject([{ manifest_root: root }]);
    expect(pathsIn('back')).toEqual(['a.txt', 'b.txt']);
    expect(service.operations()).toContain('AssumeQueueRoleForRead');
  });

  it('takes the files of a manifest by the role that writes, and gives them back by the one that reads', async () => {
    const s3 = ['--s3-endpoint-url', proxy().endpoint];
    const files = ['upload', '-m', manifest, '-r', root, '--upload-manifest-path', 'in', ...s3];
    const stored = await run(files, 'attachment');
    expect(stored).toMatchObject({ code: 0, stdout: expect.stringContaining('Processed 2 files') });
    expect(service.operations()).toEqual(['GetQueue', 'AssumeQueueRoleForUser']);

    const fetched = await run(['download', '-m', manifest, '--destination', 'files', ...s3], 'attachment');
    expect(fetched.code).toBe(0);
    expect(readFileSync(sandbox.join('files/b.txt'), 'utf8')).toBe('bb');
    expect(service.operations().slice(2)).toEqual(['GetQueue', 'AssumeQueueRoleForRead']);
  });
});
