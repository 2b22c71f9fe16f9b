/**
 * The default implementation of the port, over the AWS SDK (spec/worker-and-cli.md section 6). Each method is one call
 * and the members of its answer that must be there; policies are in `aws-call.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { SearchJobsCommandInput } from '@aws-sdk/client-deadline';
import { type CallMeans, ServiceCaller } from './aws-call.js';
import { type AwsClient, awsClient, type DeadlineClientOptions } from './aws-client.js';
import { createJobInput } from './create-job-input.js';
import type {
  AssumeQueueRoleInput,
  CreateJobCall,
  Credentials,
  DeadlineApi,
  DeadlineCall,
  Job,
  JobId,
  JobSummary,
  Queue,
  QueueEnvironmentView,
  QueueId,
  SearchJobsInput,
  Session,
  SessionAction,
  Step,
  StepDependency,
  StepId,
  StorageProfileView,
  Task,
  TaskId,
} from './deadline-api.js';
import { DeadlineServiceError } from './errors.js';

export interface DeadlineApiOptions extends DeadlineClientOptions {
  /** From 0 up to 1, for the waits between tries. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * Loads the SDK and gives the port to the service. Rejects with `OptionError` (`InvalidConfig`) for an option that
 * cannot be used; whether the service can be reached shows with the first call.
 */
export async function createDeadlineApi(options: DeadlineApiOptions = {}): Promise<DeadlineApi> {
  const { random = Math.random, ...rest } = options;
  return new AwsDeadline(await awsClient(rest), random);
}

/** Members of an answer that lists something in pages. */
interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

class AwsDeadline implements DeadlineApi {
  readonly #caller: ServiceCaller;

  constructor(
    private readonly aws: AwsClient,
    random: () => number,
  ) {
    this.#caller = new ServiceCaller(aws, random);
  }

  async createJob({ signal, ...call }: CreateJobCall & DeadlineCall): Promise<{ jobId: string }> {
    const input = createJobInput(call, call.clientToken ?? randomUUID());
    return this.#ask('CreateJob', signal, ['jobId'], ({ sdk, client, http }) =>
      client.send(new sdk.CreateJobCommand(input), http),
    );
  }

  async getJob({ signal, ...ids }: JobId & DeadlineCall): Promise<Job> {
    return this.#ask('GetJob', signal, ['jobId'], ({ sdk, client, http }) =>
      client.send(new sdk.GetJobCommand(ids), http),
    );
  }

  async getStep({ signal, ...ids }: StepId & DeadlineCall): Promise<Step> {
    return this.#ask('GetStep', signal, ['stepId', 'name'], ({ sdk, client, http }) =>
      client.send(new sdk.GetStepCommand(ids), http),
    );
  }

  async getTask({ signal, ...ids }: TaskId & DeadlineCall): Promise<Task> {
    return this.#ask('GetTask', signal, ['taskId'], ({ sdk, client, http }) =>
      client.send(new sdk.GetTaskCommand(ids), http),
    );
  }

  async getQueue({ signal, ...ids }: QueueId & DeadlineCall): Promise<Queue> {
    return this.#ask('GetQueue', signal, ['queueId', 'displayName'], ({ sdk, client, http }) =>
      client.send(new sdk.GetQueueCommand(ids), http),
    );
  }

  async getQueueEnvironment({
    signal,
    ...ids
  }: Parameters<DeadlineApi['getQueueEnvironment']>[0]): Promise<QueueEnvironmentView> {
    return this.#ask('GetQueueEnvironment', signal, ['template', 'priority'], ({ sdk, client, http }) =>
      client.send(new sdk.GetQueueEnvironmentCommand(ids), http),
    );
  }

  async getStorageProfileForQueue({
    signal,
    ...ids
  }: Parameters<DeadlineApi['getStorageProfileForQueue']>[0]): Promise<StorageProfileView> {
    const operation = 'GetStorageProfileForQueue';
    return this.#ask(operation, signal, ['storageProfileId', 'osFamily'], ({ sdk, client, http }) =>
      client.send(new sdk.GetStorageProfileForQueueCommand(ids), http),
    );
  }

  async assumeQueueRole({ signal, mode, ...ids }: AssumeQueueRoleInput): Promise<Credentials> {
    const ask = async ({ sdk, client, http }: CallMeans) => {
      if (mode === 'USER') return client.send(new sdk.AssumeQueueRoleForUserCommand(ids), http);
      if (mode === 'READ') return client.send(new sdk.AssumeQueueRoleForReadCommand(ids), http);
      const worker = { fleetId: undefined, workerId: undefined, ...ids };
      return client.send(new sdk.AssumeQueueRoleForWorkerCommand(worker), http);
    };
    const operation = `AssumeQueueRoleFor${ROLES[mode]}`;
    const { credentials } = await this.#ask<{ credentials: Credentials }>(
      operation,
      signal,
      ['credentials'],
      ask,
    );
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = answerOf<Credentials>(
      ...([operation, credentials] as const),
      ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration'],
    );
    return { accessKeyId, secretAccessKey, sessionToken, expiration };
  }

  listQueueEnvironments({
    signal,
    ...ids
  }: QueueId & DeadlineCall): AsyncIterable<{ queueEnvironmentId: string }> {
    return this.#pages('ListQueueEnvironments', signal, async ({ sdk, client, http }, nextToken) => {
      const answer = await client.send(new sdk.ListQueueEnvironmentsCommand({ ...ids, nextToken }), http);
      return { items: answer.environments, next: answer.nextToken };
    });
  }

  listSessions({ signal, ...ids }: JobId & DeadlineCall): AsyncIterable<Session> {
    return this.#pages('ListSessions', signal, async ({ sdk, client, http }, nextToken) => {
      const answer = await client.send(new sdk.ListSessionsCommand({ ...ids, nextToken }), http);
      return { items: answer.sessions, next: answer.nextToken };
    });
  }

  listSessionActions({
    signal,
    ...ids
  }: Parameters<DeadlineApi['listSessionActions']>[0]): AsyncIterable<SessionAction> {
    return this.#pages('ListSessionActions', signal, async ({ sdk, client, http }, nextToken) => {
      const answer = await client.send(new sdk.ListSessionActionsCommand({ ...ids, nextToken }), http);
      return { items: answer.sessionActions, next: answer.nextToken };
    });
  }

  listStepDependencies({ signal, ...ids }: StepId & DeadlineCall): AsyncIterable<StepDependency> {
    return this.#pages('ListStepDependencies', signal, async ({ sdk, client, http }, nextToken) => {
      const answer = await client.send(new sdk.ListStepDependenciesCommand({ ...ids, nextToken }), http);
      return { items: answer.dependencies, next: answer.nextToken };
    });
  }

  /** Its pages go by offset, not by token. */
  searchJobs({ signal, ...input }: SearchJobsInput & DeadlineCall): AsyncIterable<JobSummary> {
    return this.#pages('SearchJobs', signal, async ({ sdk, client, http }, offset = '0') => {
      const search = { ...input, itemOffset: Number(offset) } as SearchJobsCommandInput;
      const answer = await client.send(new sdk.SearchJobsCommand(search), http);
      return { items: answer.jobs, next: answer.nextItemOffset?.toString() };
    });
  }

  close(): void {
    this.aws.client.destroy();
  }

  async #ask<T>(
    operation: string,
    signal: AbortSignal | undefined,
    required: readonly (keyof T & string)[],
    work: (means: CallMeans) => Promise<object>,
  ): Promise<T> {
    const { $metadata: _, ...answer } = (await this.#caller.call(operation, signal, work)) as {
      $metadata?: unknown;
    };
    return answerOf<T>(operation, answer, required);
  }

  async *#pages<T, Item>(
    operation: string,
    signal: AbortSignal | undefined,
    ask: (means: CallMeans, next: string | undefined) => Promise<Page<Item>>,
  ): AsyncGenerator<T> {
    let next: string | undefined;
    const asked = new Set<string>();
    do {
      const page = await this.#caller.call(operation, signal, (means) => ask(means, next));
      for (const item of page.items ?? []) yield item as unknown as T;
      next = page.next || undefined;
      if (next !== undefined && asked.has(next)) throw unreadable(operation, 'the same page follows again');
      if (next !== undefined) asked.add(next);
    } while (next !== undefined);
  }
}

const ROLES = { USER: 'User', READ: 'Read', WORKER: 'Worker' } as const;

/** An answer whose `required` members are there. */
function answerOf<T>(operation: string, answer: unknown, required: readonly (keyof T & string)[]): T {
  const members = (answer ?? {}) as Record<string, unknown>;
  const missing = required.find((name) => members[name] === undefined || members[name] === null);
  if (missing === undefined) return members as T;
  throw unreadable(operation, `it has no ${missing}`);
}

function unreadable(operation: string, problem: string): DeadlineServiceError {
  return new DeadlineServiceError(`the answer of Deadline Cloud to ${operation} cannot be used: ${problem}`, {
    operation,
  });
}
