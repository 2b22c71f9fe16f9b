/** The port to the service in memory: answers what a test says, and throws for every call that it says nothing about. */
import type {
  CreateJobCall,
  DeadlineApi,
  Job,
  Queue,
  QueueEnvironmentView,
} from '../../src/deadline/deadline-api.js';
import { DeadlineServiceError } from '../../src/deadline/errors.js';

export interface MemoryDeadlineState {
  readonly queue?: Omit<Queue, 'queueId'>;
  /** In the order in which the service lists them. */
  readonly environments?: readonly QueueEnvironmentView[];
  readonly storageProfile?: object;
  /** What GetJob answers, in turn; the last one stays. */
  readonly jobs?: readonly Partial<Job>[];
}

export interface MemoryDeadline extends DeadlineApi {
  /** Names of the calls, in order. */
  readonly calls: string[];
  /** What CreateJob was given. */
  readonly created: CreateJobCall[];
}

const EXPIRATION = new Date('2100-01-01T00:00:00Z');

export function memoryDeadline(state: MemoryDeadlineState = {}): MemoryDeadline {
  const calls: string[] = [];
  const created: CreateJobCall[] = [];
  const jobs = [...(state.jobs ?? [{ lifecycleStatus: 'CREATE_COMPLETE' }])];
  const environments = state.environments ?? [];
  const given = <T>(name: string, value: T | undefined): T => {
    calls.push(name);
    if (value === undefined) throw unexpected(name);
    return value;
  };
  const never = (name: string) => async (): Promise<never> => given<never>(name, undefined);
  const none = (name: string) => (): AsyncIterable<never> => {
    throw unexpected(name);
  };
  return {
    calls,
    created,
    async createJob({ signal: _, ...call }) {
      created.push(call);
      return given('createJob', { jobId: 'job-1' });
    },
    async getJob({ jobId }) {
      const [job] = jobs.length > 1 ? jobs.splice(0, 1) : jobs;
      return given('getJob', { jobId, name: 'a job', ...job });
    },
    getQueue: async ({ queueId }) => given('getQueue', state.queue && ({ queueId, ...state.queue } as Queue)),
    async *listQueueEnvironments() {
      calls.push('listQueueEnvironments');
      for (const index of environments.keys()) yield { queueEnvironmentId: `queueenv-${index}` };
    },
    getQueueEnvironment: async ({ queueEnvironmentId }) =>
      given('getQueueEnvironment', environments[Number(queueEnvironmentId.slice('queueenv-'.length))]),
    getStorageProfileForQueue: async () => given('getStorageProfileForQueue', state.storageProfile),
    async assumeQueueRole({ mode }) {
      const keys = { accessKeyId: mode, secretAccessKey: 's', sessionToken: 't', expiration: EXPIRATION };
      return given('assumeQueueRole', keys);
    },
    getStep: never('getStep'),
    getTask: never('getTask'),
    searchJobs: none('searchJobs'),
    listSessions: none('listSessions'),
    listSessionActions: none('listSessionActions'),
    listStepDependencies: none('listStepDependencies'),
    close: () => {},
  };
}

function unexpected(name: string): DeadlineServiceError {
  return new DeadlineServiceError(`${name} was not expected`, { operation: name });
}
