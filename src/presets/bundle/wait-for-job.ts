/** Waits until the service has made a job of a request (spec/files-and-submission.md 7.5, step 6). */
import type { DeadlineApi, Job, JobId } from '../../deadline/deadline-api.js';
import { DeadlineServiceError } from '../../deadline/errors.js';
import { systemClock } from '../../pipeline/clock.js';
import { CancelledError } from '../../pipeline/errors.js';
import type { Clock } from '../../pipeline/types.js';

export const JOB_WAIT = { initialMs: 300, maxMs: 5_000, timeoutMs: 300_000 } as const;

/** The wait was cancelled; the job exists and goes on. */
export class JobWaitCancelledError extends CancelledError {
  constructor(
    readonly jobId: string,
    cause: unknown,
  ) {
    super(`the wait for the job ${jobId} was cancelled; the job itself goes on`, { cause });
  }
}

export interface WaitForJobOptions {
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

const IN_PROGRESS = 'CREATE_IN_PROGRESS';

/**
 * The job once it is made. Asks after 0.3 s and then less and less often, for 300 s. Rejects with code
 * `DeadlineOperationError` for a job that could not be made, or is not made in this time, and with
 * {@link JobWaitCancelledError}.
 */
export async function waitForJob(
  deadline: DeadlineApi,
  ids: JobId,
  options: WaitForJobOptions = {},
): Promise<Job> {
  const { clock = systemClock, signal } = options;
  const call = { ...ids, ...(signal && { signal }) };
  const until = clock.monotonic() + JOB_WAIT.timeoutMs;
  try {
    await clock.sleep(JOB_WAIT.initialMs, signal);
    for (let delayMs: number = JOB_WAIT.initialMs; clock.monotonic() < until; delayMs = longer(delayMs)) {
      const job = await deadline.getJob(call);
      if (stateOf(job) !== IN_PROGRESS) return checked(job);
      await clock.sleep(delayMs, signal);
    }
  } catch (error) {
    throw error instanceof CancelledError ? new JobWaitCancelledError(ids.jobId, error) : error;
  }
  const seconds = JOB_WAIT.timeoutMs / 1000;
  const problem = `Timed out after ${seconds} seconds while waiting for Job to be created: ${ids.jobId}`;
  throw new DeadlineServiceError(problem, { operation: 'GetJob' });
}

function longer(delayMs: number): number {
  return Math.min(delayMs * 2, JOB_WAIT.maxMs);
}

/** `lifecycleStatus`, or what the service called it before. */
function stateOf({ lifecycleStatus, state }: Job): string | undefined {
  return lifecycleStatus ?? state;
}

function checked(job: Job): Job {
  if (stateOf(job) !== 'CREATE_FAILED') return job;
  const problem = job.lifecycleStatusMessage || `the service could not create the job ${job.jobId}`;
  throw new DeadlineServiceError(problem, { operation: 'CreateJob' });
}
