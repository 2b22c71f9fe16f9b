/**
 * A strict stand-in for the Deadline Cloud service, over HTTP: it speaks the REST-JSON of the calls that this package
 * makes, so that the real SDK client is what a test runs. A call that no test expects, an unsigned one, an unknown
 * member or parameter is a problem, and a problem fails the test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { DeadlineApiOptions } from '../../src/deadline/aws-deadline.js';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: readonly string[];
  /** Members of the body that the service knows. */
  readonly members?: readonly string[];
  readonly status?: number;
}

const QUEUE = '/2023-10-12/farms/{farmId}/queues/{queueId}';
const JOB = `${QUEUE}/jobs/{jobId}`;
const PAGED = ['nextToken', 'maxResults'];

const ROUTES = {
  CreateJob: {
    method: 'POST',
    path: `${QUEUE}/jobs`,
    status: 201,
    members: [
      ...['template', 'templateType', 'priority', 'parameters', 'attachments', 'storageProfileId'],
      ...['targetTaskRunStatus', 'maxFailedTasksCount', 'maxRetriesPerTask', 'maxWorkerCount'],
    ],
  },
  GetJob: { method: 'GET', path: JOB },
  GetStep: { method: 'GET', path: `${JOB}/steps/{stepId}` },
  GetTask: { method: 'GET', path: `${JOB}/steps/{stepId}/tasks/{taskId}` },
  GetQueue: { method: 'GET', path: QUEUE },
  ListQueueEnvironments: { method: 'GET', path: `${QUEUE}/environments`, query: PAGED },
  GetQueueEnvironment: { method: 'GET', path: `${QUEUE}/environments/{queueEnvironmentId}` },
  GetStorageProfileForQueue: { method: 'GET', path: `${QUEUE}/storage-profiles/{storageProfileId}` },
  SearchJobs: {
    method: 'POST',
    path: '/2023-10-12/farms/{farmId}/search/jobs',
    members: ['queueIds', 'itemOffset', 'pageSize', 'filterExpressions', 'sortExpressions'],
  },
  ListSessions: { method: 'GET', path: `${JOB}/sessions`, query: PAGED },
  ListSessionActions: {
    method: 'GET',
    path: `${JOB}/session-actions`,
    query: [...PAGED, 'sessionId', 'taskId'],
  },
  ListStepDependencies: { method: 'GET', path: `${JOB}/steps/{stepId}/dependencies`, query: PAGED },
  AssumeQueueRoleForUser: { method: 'GET', path: `${QUEUE}/user-roles` },
  AssumeQueueRoleForRead: { method: 'GET', path: `${QUEUE}/read-roles` },
  AssumeQueueRoleForWorker: {
    method: 'GET',
    path: '/2023-10-12/farms/{farmId}/fleets/{fleetId}/workers/{workerId}/queue-roles',
    query: ['queueId'],
  },
} as const satisfies Readonly<Record<string, Route>>;

export type ServiceOperation = keyof typeof ROUTES;

export interface ServiceCall {
  readonly operation: ServiceOperation;
  /** Ids of the path. */
  readonly ids: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a test lets the service answer: the members of a good answer, or a {@link refusal}. */
export type ServiceAnswer = object;

class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly message: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

export function refusal(
  status: number,
  code: string,
  message = `no: ${code}`,
  headers: Readonly<Record<string, string>> = {},
): ServiceAnswer {
  return new Refusal(status, code, message, headers);
}

/** Ends the connection in place of an answer. */
export const HANG_UP: ServiceAnswer = new Refusal(0, '', '', {});

type Answer = ServiceAnswer | ((call: ServiceCall) => ServiceAnswer | Promise<ServiceAnswer>);

export class DeadlineStub {
  readonly calls: ServiceCall[] = [];
  readonly problems: string[] = [];
  readonly #answers = new Map<ServiceOperation, Answer[]>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Options with which the default implementation talks to this server, and reads nothing of the machine. */
  settings(more: DeadlineApiOptions = {}): DeadlineApiOptions {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example-of-a-secret' };
    return { region: 'eu-west-1', endpoint: this.endpoint, credentials, env: {}, random: () => 0, ...more };
  }

  /** Answers of one call, in order; the last one stays. */
  answer(operation: ServiceOperation, ...answers: readonly Answer[]): this {
    this.#answers.set(operation, [...answers]);
    return this;
  }

  reset(): void {
    this.calls.length = 0;
    this.problems.length = 0;
    this.#answers.clear();
  }

  operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const call = this.#understood(request, text);
    const answer = call && (await this.#answerOf(call));
    if (!answer) return send(response, refusal(501, 'Unexpected') as Refusal, {});
    if (answer instanceof Refusal) return send(response, answer, {});
    const { status = 200 }: Route = ROUTES[call.operation];
    send(response, { status, headers: {} }, answer);
  }

  async #answerOf(call: ServiceCall): Promise<ServiceAnswer | undefined> {
    this.calls.push(call);
    const answers = this.#answers.get(call.operation) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) this.problems.push(`${call.operation} was not expected`);
    return typeof answer === 'function' ? await answer(call) : answer;
  }

  #understood(request: IncomingMessage, text: string): ServiceCall | undefined {
    const url = new URL(request.url ?? '', 'http://stub');
    for (const operation of Object.keys(ROUTES) as ServiceOperation[]) {
      const route: Route = ROUTES[operation];
      const ids = route.method === request.method ? idsIn(url.pathname, route.path) : undefined;
      if (!ids) continue;
      const headers = request.headers as Record<string, string>;
      const call = {
        operation,
        ids,
        query: Object.fromEntries(url.searchParams),
        body: parsed(text),
        headers,
      };
      this.#check(call, route, text);
      return call;
    }
    this.problems.push(`no call of the service: ${request.method} ${request.url}`);
    return undefined;
  }

  #check({ operation, query, body, headers }: ServiceCall, route: Route, text: string): void {
    const complain = (problem: string): void => void this.problems.push(`${operation}: ${problem}`);
    const scope = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\/deadline\/aws4_request, /;
    if (!scope.test(headers['authorization'] ?? '')) complain('not signed for deadline');
    if (!headers['x-amz-date']) complain('no x-amz-date');
    for (const name of Object.keys(query)) {
      if (!route.query?.includes(name)) complain(`unknown parameter ${name}`);
    }
    if (route.method === 'GET' && text !== '') complain('a GET with a body');
    if (route.method === 'POST' && headers['content-type'] !== 'application/json') complain('no JSON');
    for (const name of Object.keys(body)) {
      if (!route.members?.includes(name)) complain(`unknown member ${name}`);
    }
    if (operation === 'CreateJob' && !headers['x-amz-client-token']) complain('no client token');
  }
}

function idsIn(path: string, template: string): Record<string, string> | undefined {
  const [parts, wanted] = [path.split('/'), template.split('/')];
  if (parts.length !== wanted.length) return undefined;
  const ids: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const part = decodeURIComponent(parts[index] ?? '');
    if (name.startsWith('{') && part !== '') ids[name.slice(1, -1)] = part;
    else if (name !== part) return undefined;
  }
  return ids;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): Record<string, unknown> {
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function send(
  response: ServerResponse,
  { status, headers, ...error }: Pick<Refusal, 'status' | 'headers'> & Partial<Refusal>,
  body: object,
): void {
  if (status === 0) return void response.destroy();
  const isError = error.code !== undefined;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': 'request-1',
    ...(isError && { 'x-amzn-errortype': error.code }),
    ...headers,
  });
  response.end(JSON.stringify(isError ? { message: error.message } : body));
}

/** One stub for a test file, empty before each test; problems that it saw fail the test. */
export function useDeadlineStub(): DeadlineStub {
  const stub = new DeadlineStub();
  beforeAll(() => stub.start());
  beforeEach(() => stub.reset());
  afterEach(() => {
    expect(stub.problems).toEqual([]);
  });
  afterAll(() => stub.stop());
  return stub;
}
