/** The calls of a submission, answered from a case as `submission.py` answers them; every other call fails. */
import type { DeadlineApi } from '../../src/deadline/deadline-api.js';
import type { CreateJobRequest } from '../../src/model/create-job-request.js';
import type { PythonCase } from './submission-case.js';

/** Where the queue of all cases keeps attachments. */
export const QUEUE_SETTINGS = { jobAttachmentSettings: { s3BucketName: 'bucket', rootPrefix: 'prefix' } };

export class StubService {
  created: CreateJobRequest | undefined;
  readonly api: DeadlineApi;

  constructor({ hasAttachments, environments, profile }: PythonCase) {
    const no = (): never => {
      throw new Error('a submission does not call this');
    };
    this.api = {
      getQueue: async ({ queueId }) => ({
        queueId,
        displayName: 'Queue',
        ...(hasAttachments && QUEUE_SETTINGS),
      }),
      getStorageProfileForQueue: async () => profile ?? no(),
      listQueueEnvironments: async function* () {
        for (const index of environments.keys()) yield { queueEnvironmentId: String(index) };
      },
      getQueueEnvironment: async ({ queueEnvironmentId }) => environments[Number(queueEnvironmentId)] ?? no(),
      createJob: async ({ signal: _, ...request }) => {
        this.created = request as CreateJobRequest;
        return { jobId: 'job-1' };
      },
      getJob: async ({ jobId }) => ({ jobId, name: 'Job', lifecycleStatus: 'CREATE_COMPLETE' }),
      ...{ getStep: no, getTask: no, searchJobs: no, listSessions: no, listSessionActions: no },
      ...{ listStepDependencies: no, assumeQueueRole: no, close: () => {} },
    };
  }
}
