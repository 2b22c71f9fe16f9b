import { expect, it, vi } from 'vitest';
import { CancelledError } from '../../../src/pipeline/errors.js';
import { JobWaitCancelledError, waitForJob } from '../../../src/presets/bundle/wait-for-job.js';
import { handClock } from '../../support/clocks.js';
import { memoryDeadline } from '../../support/memory-deadline.js';

const ids = { farmId: 'farm-1', queueId: 'queue-1', jobId: 'job-1' };
const BUSY = { lifecycleStatus: 'CREATE_IN_PROGRESS' };

it('asks after 0.3 s, then ever less often', async () => {
  const clock = handClock();
  const deadline = memoryDeadline({ jobs: [...Array(8).fill(BUSY), { lifecycleStatus: 'CREATE_COMPLETE' }] });
  const asked: number[] = [];
  const getJob: typeof deadline.getJob = (call) => {
    asked.push(clock.elapsed / 1000);
    return deadline.getJob(call);
  };
  const done = waitForJob({ ...deadline, getJob }, ids, { clock });
  await clock.advance(60_000);
  expect((await done).lifecycleStatus).toBe('CREATE_COMPLETE');
  expect(asked).toEqual([0.3, 0.6, 1.2, 2.4, 4.8, 9.6, 14.6, 19.6, 24.6].map((at) => expect.closeTo(at, 5)));
});

it.each([
  ['what the service called it before', [{ state: 'CREATE_IN_PROGRESS' }, { state: 'READY' }], 2],
  ['another state', [{ lifecycleStatus: 'UPLOAD_IN_PROGRESS' }], 1],
  ['no state', [{}], 1],
])('ends with %s', async (_case, jobs, calls) => {
  const clock = { ...handClock(), sleep: async () => {} };
  const deadline = memoryDeadline({ jobs });
  await waitForJob(deadline, ids, { clock });
  expect(deadline.calls).toHaveLength(calls);
});

it.each([
  ['with the message of the service', 'no such step', 'no such step'],
  ['without one', '', 'the service could not create the job job-1'],
])('rejects for a job that could not be made, %s', async (_case, lifecycleStatusMessage, message) => {
  const clock = { ...handClock(), sleep: async () => {} };
  const jobs = [BUSY, { lifecycleStatus: 'CREATE_FAILED', lifecycleStatusMessage }];
  await expect(waitForJob(memoryDeadline({ jobs }), ids, { clock })).rejects.toMatchObject({
    code: 'DeadlineOperationError',
    message,
  });
});

it('gives up after 300 s', async () => {
  const clock = handClock();
  const done = expect(waitForJob(memoryDeadline({ jobs: [BUSY] }), ids, { clock })).rejects.toMatchObject({
    code: 'DeadlineOperationError',
    message: 'Timed out after 300 seconds while waiting for Job to be created: job-1',
  });
  await clock.advance(310_000);
  await done;
});

it('an abort ends the wait, and says that the job goes on', async () => {
  const [clock, stop] = [handClock(), new AbortController()];
  const deadline = memoryDeadline({ jobs: [BUSY] });
  const failed = waitForJob(deadline, ids, { clock, signal: stop.signal }).catch((error: unknown) => error);
  await vi.waitFor(() => expect(clock.sleeping).toBe(1));
  stop.abort();
  const error = await failed;
  expect(error).toBeInstanceOf(JobWaitCancelledError);
  expect(error).toBeInstanceOf(CancelledError);
  expect(error).toMatchObject({
    code: 'Cancelled',
    jobId: 'job-1',
    message: expect.stringContaining('goes on'),
  });
});
