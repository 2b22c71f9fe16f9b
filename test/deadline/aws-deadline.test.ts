/** The default implementation of the port, over the real SDK, against a strict stub of the service. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createDeadlineApi, type DeadlineApiOptions } from '../../src/deadline/aws-deadline.js';
import type { CreateJobCall, DeadlineApi } from '../../src/deadline/deadline-api.js';
import { DeadlineServiceError } from '../../src/deadline/errors.js';
import { queueRoleCredentials } from '../../src/deadline/queue-role.js';
import { StorageError } from '../../src/model/errors.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import type { Clock } from '../../src/pipeline/types.js';
import { certificates } from '../support/certificates.js';
import { handClock } from '../support/clocks.js';
import { HANG_UP, refusal, type ServiceCall, useDeadlineStub } from '../support/deadline-stub.js';
import { tempDir } from '../support/temp-dir.js';

const stub = useDeadlineStub();
const queueId = { farmId: 'farm-1', queueId: 'queue-1' };
const jobId = { ...queueId, jobId: 'job-1' };
const stepId = { ...jobId, stepId: 'step-1' };
const QUEUE = { ...queueId, displayName: 'Nuke', status: 'IDLE' };
const KEYS = {
  accessKeyId: 'ASIAQUEUE',
  secretAccessKey: 'queue-secret',
  sessionToken: 'queue-token',
  expiration: '2030-01-02T03:04:05Z',
};

/** Sleeps take no time and are written down. */
function sleeplessClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    ...handClock(),
    now: () => Date.now(),
    slept,
    sleep: async (ms) => void slept.push(ms),
  };
}

const open = (more: DeadlineApiOptions = {}): Promise<DeadlineApi> => createDeadlineApi(stub.settings(more));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const SEEN = (call: ServiceCall | undefined): object => ({ ...call?.ids, ...call?.query });

it.each<[string, (api: DeadlineApi) => Promise<unknown>, object, object]>([
  ['GetQueue', (api) => api.getQueue(queueId), QUEUE, queueId],
  [
    'GetJob',
    (api) => api.getJob(jobId),
    { jobId: 'job-1', name: 'a', lifecycleStatus: 'CREATE_COMPLETE' },
    jobId,
  ],
  ['GetStep', (api) => api.getStep(stepId), { stepId: 'step-1', name: 's' }, stepId],
  [
    'GetTask',
    (api) => api.getTask({ ...stepId, taskId: 'task-1' }),
    { taskId: 'task-1', latestSessionActionId: 'sessionaction-1', parameters: { Frame: { int: '5' } } },
    { ...stepId, taskId: 'task-1' },
  ],
  [
    'GetQueueEnvironment',
    (api) => api.getQueueEnvironment({ ...queueId, queueEnvironmentId: 'queueenv-1' }),
    { template: 'a: 1', priority: 3, templateType: 'YAML', name: 'Conda' },
    { ...queueId, queueEnvironmentId: 'queueenv-1' },
  ],
  [
    'GetStorageProfileForQueue',
    (api) => api.getStorageProfileForQueue({ ...queueId, storageProfileId: 'sp-1' }),
    {
      ...{ storageProfileId: 'sp-1', displayName: 'Linux', osFamily: 'LINUX' },
      fileSystemLocations: [{ name: 'Proj', path: '/mnt/proj', type: 'LOCAL' }],
    },
    { ...queueId, storageProfileId: 'sp-1' },
  ],
] as const)('%s asks for its ids and gives the answer', async (operation, ask, answer, ids) => {
  stub.answer(operation as ServiceCall['operation'], answer);
  expect(await ask(await open())).toEqual(answer);
  expect(stub.operations()).toEqual([operation]);
  expect(SEEN(stub.calls[0])).toEqual(ids);
  expect(stub.calls[0]?.headers['user-agent']).toMatch(/S3A\/Deadline\/NA\/JobAttachments\/\d/);
});

it.each([
  [
    'ListQueueEnvironments',
    'environments',
    (api: DeadlineApi) => api.listQueueEnvironments(queueId),
    'queueEnvironmentId',
  ],
  ['ListSessions', 'sessions', (api: DeadlineApi) => api.listSessions(jobId), 'sessionId'],
  [
    'ListSessionActions',
    'sessionActions',
    (api: DeadlineApi) => api.listSessionActions({ ...jobId, sessionId: 's 1' }),
    'sessionActionId',
  ],
  ['ListStepDependencies', 'dependencies', (api: DeadlineApi) => api.listStepDependencies(stepId), 'stepId'],
] as const)('%s asks page after page', async (operation, member, list, id) => {
  stub.answer(
    operation,
    { [member]: [{ [id]: '1' }, { [id]: '2' }], nextToken: 'a/b=' },
    { [member]: [{ [id]: '3' }] },
  );
  expect(await all<object>(list(await open()))).toEqual([{ [id]: '1' }, { [id]: '2' }, { [id]: '3' }]);
  expect(stub.calls.map(({ query }) => query['nextToken'])).toEqual([undefined, 'a/b=']);
});

it('asks for the next page only when it is needed, and refuses pages that go in a circle', async () => {
  stub.answer('ListSessions', { sessions: [{ sessionId: '1' }], nextToken: 'again' });
  const api = await open();
  for await (const session of api.listSessions(jobId)) {
    expect(session.sessionId).toBe('1');
    break;
  }
  expect(stub.calls).toHaveLength(1);
  await expect(all(api.listSessions(jobId))).rejects.toMatchObject({
    message: expect.stringContaining('same page'),
  });
});

it('SearchJobs goes on by offset', async () => {
  stub.answer(
    'SearchJobs',
    { jobs: [{ jobId: 'job-1' }], nextItemOffset: 100, totalResults: 101 },
    { jobs: [{ jobId: 'job-2' }], totalResults: 101 },
  );
  const api = await open();
  const search = { farmId: 'farm-1', queueIds: ['queue-1'], pageSize: 100 };
  expect((await all(api.searchJobs(search))).map((job) => job.jobId)).toEqual(['job-1', 'job-2']);
  expect(stub.calls.map(({ body }) => body['itemOffset'])).toEqual([0, 100]);
});

it.each([
  ['USER', 'AssumeQueueRoleForUser', {}],
  ['READ', 'AssumeQueueRoleForRead', {}],
  ['WORKER', 'AssumeQueueRoleForWorker', { fleetId: 'fleet-1', workerId: 'worker-1' }],
] as const)('assumes the queue role of a %s', async (mode, operation, more) => {
  stub.answer(operation, { credentials: KEYS });
  const role = { ...queueId, mode, ...more } as Parameters<DeadlineApi['assumeQueueRole']>[0];
  const keys = await (await open()).assumeQueueRole(role);
  expect(keys).toEqual({ ...KEYS, expiration: new Date(KEYS.expiration) });
  expect(SEEN(stub.calls[0])).toEqual({ ...queueId, ...more });
});

it('the role of a queue gives fresh keys whenever a store asks', async () => {
  stub.answer(
    'AssumeQueueRoleForUser',
    { credentials: KEYS },
    { credentials: { ...KEYS, accessKeyId: 'ASIASECOND' } },
  );
  const provide = queueRoleCredentials(await open(), { ...queueId, mode: 'USER' });
  expect([(await provide()).accessKeyId, (await provide()).accessKeyId]).toEqual(['ASIAQUEUE', 'ASIASECOND']);
});

it('a role that may not be assumed tells what the service said', async () => {
  stub.answer('AssumeQueueRoleForUser', refusal(403, 'AccessDeniedException', 'not you'));
  const provide = queueRoleCredentials(await open(), { ...queueId, mode: 'USER' });
  await expect(provide()).rejects.toMatchObject({
    ...{ kind: 'MissingCredentials', httpStatus: 403 },
    message: expect.stringMatching(
      /^the role of the queue queue-1 cannot be assumed: .*AccessDeniedException: not you$/,
    ),
    hint: expect.stringContaining('deadline:AssumeQueueRoleForUser'),
  });
});

const CREATE: CreateJobCall = {
  ...queueId,
  template: 'name: a',
  templateType: 'YAML',
  priority: 60,
  maxFailedTasksCount: 20,
  maxRetriesPerTask: 5,
  targetTaskRunStatus: 'SUSPENDED',
  storageProfileId: 'sp-1',
  attachments: {
    manifests: [{ rootPath: '/r', rootPathFormat: 'posix', outputRelativeDirectories: ['o'] }],
    fileSystem: 'COPIED',
  },
  parameters: {
    Old: { string: 'é "x"' },
    Frame: { int: '5' },
    Scale: { float: '1.0' },
    Scene: { path: '/r/s' },
    Flag: { bool: 'true' },
    Names: { stringList: ['a', 'b'] },
    Grid: { intListList: [['1'], ['2', '3']] },
  },
};

it('CreateJob sends every member as it is, types of parameters that the SDK does not know among them', async () => {
  stub.answer('CreateJob', { jobId: 'job-9' });
  const { farmId, queueId: queue, ...body } = CREATE;
  expect(await (await open()).createJob(CREATE)).toEqual({ jobId: 'job-9' });
  expect(stub.calls[0]?.ids).toEqual({ farmId, queueId: queue });
  expect(stub.calls[0]?.body).toEqual(body);
});

it('CreateJob that is repeated is one job: its token stays, and the next call has another', async () => {
  stub.answer('CreateJob', refusal(500, 'InternalServerErrorException'), HANG_UP, { jobId: 'job-9' });
  const api = await open({ clock: sleeplessClock() });
  await api.createJob(CREATE);
  await api.createJob(CREATE);
  const tokens = stub.calls.map(({ headers }) => headers['x-amz-client-token']);
  expect(tokens).toHaveLength(4);
  expect(new Set(tokens.slice(0, 3)).size).toBe(1);
  expect(tokens[3]).not.toBe(tokens[0]);
});

it.each([
  ['ThrottlingException', refusal(429, 'ThrottlingException')],
  ['status 429', refusal(429, 'Whatever')],
  ['a failure of the service', refusal(503, 'ServiceUnavailable')],
  ['no answer', HANG_UP],
])('tries again up to five times: %s', async (_case, failure) => {
  const clock = sleeplessClock();
  stub.answer('GetQueue', failure, failure, failure, failure, failure, QUEUE);
  expect((await (await open({ clock })).getQueue(queueId)).displayName).toBe('Nuke');
  expect(clock.slept).toEqual([250, 500, 1000, 2000, 4000]);
});

it('gives up after five repetitions, and waits as long as it is told', async () => {
  const clock = sleeplessClock();
  stub.answer('GetQueue', refusal(429, 'ThrottlingException', 'slow', { 'retry-after': '30' }));
  const failed = (await open({ clock })).getQueue(queueId);
  await expect(failed).rejects.toMatchObject({
    ...{ code: 'DeadlineOperationError', httpStatus: 429, serviceCode: 'ThrottlingException', attempts: 6 },
    message: 'GetQueue of Deadline Cloud in eu-west-1 answered 429 ThrottlingException after 6 tries: slow',
  });
  expect(clock.slept).toEqual([30_000, 30_000, 30_000, 30_000, 30_000]);
});

it.each([
  [403, 'AccessDeniedException', /deadline:GetQueue/],
  [404, 'ResourceNotFoundException', /ids.*eu-west-1/],
  [400, 'ValidationException', undefined],
  [409, 'ConflictException', undefined],
])('a refusal with %i is one typed error, at once', async (status, code, hint) => {
  stub.answer('GetQueue', refusal(status, code, 'not AKIAIOSFODNN7EXAMPLE'));
  const error = await (await open()).getQueue(queueId).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(DeadlineServiceError);
  expect(error).toMatchObject({
    code: 'DeadlineOperationError',
    httpStatus: status,
    requestId: 'request-1',
    attempts: 1,
  });
  expect((error as DeadlineServiceError).message).not.toContain('AKIAIOSFODNN7EXAMPLE');
  if (hint) expect((error as DeadlineServiceError).hint).toMatch(hint);
  expect(stub.calls).toHaveLength(1);
});

it('renews expired keys once, and says so when that does not help', async () => {
  const credentials = vi.fn(async () => ({
    accessKeyId: `AK${credentials.mock.calls.length}`,
    secretAccessKey: 's',
  }));
  stub.answer(
    'GetQueue',
    refusal(403, 'ExpiredTokenException'),
    QUEUE,
    refusal(403, 'ExpiredTokenException'),
  );
  const api = await open({ credentials, clock: sleeplessClock() });
  expect((await api.getQueue(queueId)).displayName).toBe('Nuke');
  expect(
    stub.calls.map(({ headers }) => /Credential=(\w+)/.exec(headers['authorization'] ?? '')?.[1]),
  ).toEqual(['AK1', 'AK2']);
  const error = await api.getQueue(queueId).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(StorageError);
  expect(error).toMatchObject({ kind: 'ExpiredCredentials', hint: expect.stringMatching(/./) });
  expect(stub.calls).toHaveLength(4);
});

it('missing keys are their own error, with nothing sent', async () => {
  const api = await open({ credentials: () => Promise.reject(new Error('no profile')) });
  await expect(api.getQueue(queueId)).rejects.toMatchObject({ kind: 'MissingCredentials' });
  expect(stub.calls).toEqual([]);
});

it.each([['an answer without what must be there', { displayName: 'x' }, /no queueId/]])(
  'refuses %s',
  async (_case, answer, message) => {
    stub.answer('GetQueue', answer);
    await expect((await open()).getQueue(queueId)).rejects.toMatchObject({
      code: 'DeadlineOperationError',
      message: expect.stringMatching(message),
    });
  },
);

it('an aborted signal ends a call that runs, and one that waits for its next try', async () => {
  const stop = new AbortController();
  stub.answer('GetQueue', async () => {
    stop.abort();
    return HANG_UP;
  });
  await expect((await open()).getQueue({ ...queueId, signal: stop.signal })).rejects.toBeInstanceOf(
    CancelledError,
  );
  const clock = handClock();
  const waiting = new AbortController();
  stub.answer('GetQueue', refusal(429, 'ThrottlingException'));
  const call = (await open({ clock })).getQueue({ ...queueId, signal: waiting.signal });
  const ended = expect(call).rejects.toBeInstanceOf(CancelledError);
  await vi.waitFor(() => expect(clock.sleeping).toBe(1));
  waiting.abort();
  await ended;
  expect(stub.calls).toHaveLength(2);
});

it('goes through the proxy of the environment', async () => {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json').end(JSON.stringify(QUEUE));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const env = { HTTP_PROXY: `http://127.0.0.1:${port}` };
  try {
    const api = await open({ env, endpoint: 'http://deadline.invalid' });
    expect((await api.getQueue(queueId)).displayName).toBe('Nuke');
    expect(asked).toEqual(['http://deadline.invalid/2023-10-12/farms/farm-1/queues/queue-1']);
    api.close();
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

it("asks AWS's own host for the part of the service that has the call", async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const { endpoint: _, ...settings } = stub.settings({ env, clock: sleeplessClock() });
  const api = await createDeadlineApi(settings);
  await expect(api.getQueue(queueId)).rejects.toMatchObject({
    kind: 'Network',
    attempts: 6,
    retryable: true,
  });
  expect(new Set(asked)).toEqual(new Set(['management.deadline.eu-west-1.amazonaws.com:443']));
  proxy.close();
});

it('takes the endpoint of the environment as it is', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_DEADLINE', stub.endpoint);
  try {
    stub.answer('GetQueue', QUEUE);
    const { endpoint: _, ...settings } = stub.settings();
    expect((await (await createDeadlineApi(settings)).getQueue(queueId)).displayName).toBe('Nuke');
  } finally {
    vi.unstubAllEnvs();
  }
});

it('takes the endpoint of the profile that is named, not that of AWS_PROFILE', async () => {
  const config = join(tempDir('deadline-profile'), 'config');
  const other = '[profile other]\nendpoint_url = http://127.0.0.1:9\n';
  writeFileSync(config, `${other}[profile studio]\nendpoint_url = ${stub.endpoint}\n`);
  vi.stubEnv('AWS_CONFIG_FILE', config);
  vi.stubEnv('AWS_PROFILE', 'other');
  try {
    stub.answer('GetQueue', QUEUE);
    const { endpoint: _, ...settings } = stub.settings({ profile: 'studio' });
    expect((await (await createDeadlineApi(settings)).getQueue(queueId)).displayName).toBe('Nuke');
  } finally {
    vi.unstubAllEnvs();
  }
});

it.each([
  ['a bundle that has its certificate', true],
  ['no such bundle', false],
])('speaks TLS with %s', async (_case, isTrusted) => {
  const { key, cert, caFile: caBundle } = await certificates();
  const server = createTlsServer({ key, cert }, (_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(QUEUE));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = await open({ endpoint, clock: sleeplessClock(), ...(isTrusted && { caBundle }) });
  const asked = api.getQueue(queueId).then(({ displayName }) => displayName);
  if (isTrusted) expect(await asked).toBe('Nuke');
  else await expect(asked).rejects.toMatchObject({ kind: 'Network', attempts: 1, retryable: false });
  api.close();
  server.closeAllConnections();
  server.close();
});

it.each([
  ['a gateway in trouble', 502, 6],
  ['a page in place of an answer', 200, 1],
  ['a page that says no', 403, 1],
])('meets %s', async (_case, status, tries) => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response
      .writeHead(status, { 'content-type': 'text/html' })
      .end('<html><body>Sign in, please</body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const error = await (await open({ endpoint, clock: sleeplessClock() }))
    .getQueue(queueId)
    .catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'DeadlineOperationError', operation: 'GetQueue' });
  expect(error).toMatchObject({
    httpStatus: status,
    message: expect.stringMatching(/this is no answer of the service$/),
  });
  expect(asked).toBe(tries);
  server.closeAllConnections();
  server.close();
});

it.each<[string, DeadlineApiOptions, string]>([
  ['a region that is none', { region: 'no region' }, 'region'],
  ['an endpoint that is none', { endpoint: 'ftp://x' }, 'endpoint'],
  ['a bundle that is missing', { caBundle: join(tempDir('deadline'), 'none.pem') }, 'caBundle'],
])('refuses %s before any call', async (_case, options, option) => {
  await expect(open(options)).rejects.toMatchObject({ code: 'InvalidConfig', option });
});
