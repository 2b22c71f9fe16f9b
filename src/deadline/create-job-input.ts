/** A CreateJob request as the SDK takes it. Pure; decides nothing of the job. */
import type { CreateJobCommandInput, JobParameter } from '@aws-sdk/client-deadline';
import type { JobParameterValue } from '../model/create-job-request.js';
import { numberOf } from '../model/document-value.js';
import type { CreateJobCall } from './deadline-api.js';

/** The kinds of parameters that this release of the SDK knows by name; the service may know more. */
const KNOWN: ReadonlySet<string> = new Set(['int', 'float', 'string', 'path']);

const NUMBERS = ['priority', 'maxFailedTasksCount', 'maxRetriesPerTask', 'maxWorkerCount'] as const;

/** `clientToken` makes repetitions of the call one job. */
export function createJobInput(call: CreateJobCall, clientToken: string): CreateJobCommandInput {
  const { parameters, attachments, ...rest } = call;
  const numbers = NUMBERS.flatMap((name) => {
    const number = numberOf(rest[name]);
    return number === undefined ? [] : [[name, number] as const];
  });
  return {
    ...rest,
    ...Object.fromEntries(numbers),
    clientToken,
    ...(attachments && { attachments }),
    ...(parameters && { parameters: parametersOf(parameters) }),
  } as CreateJobCommandInput;
}

function parametersOf(parameters: Readonly<Record<string, JobParameterValue>>): Record<string, JobParameter> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, parameterOf(value)]));
}

/** The SDK sends members of a union that it does not know when they are given as such. */
function parameterOf(value: JobParameterValue): JobParameter {
  const [member] = Object.entries(value);
  if (member === undefined || KNOWN.has(member[0])) return value as unknown as JobParameter;
  return { $unknown: [member[0], member[1]] };
}
