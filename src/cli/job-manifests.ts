/** Which manifests of a job `manifest download` fetches: those that flags name, or those that the service knows. */
import { type OutputsRequest, readAttachments, type Store, SUBMIT_DEFAULTS } from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import type { Service } from './deadline.js';
import { UsageError } from './errors.js';
import { flagList, flagText } from './options/flags.js';
import { choice } from './options/parse-value.js';

/** What the flags ask for. */
export interface WantedManifests {
  readonly type: 'input' | 'output' | 'all';
  readonly keys: readonly string[];
  readonly jobId: string | undefined;
  readonly stepId: string | undefined;
}

/** What is fetched, as `gatherManifests` takes it. */
export interface JobManifests {
  readonly inputManifestPaths: readonly string[];
  readonly inputRoots?: ReadonlyMap<string, string>;
  readonly outputs: readonly Omit<OutputsRequest, 'store'>[];
}

/** Throws {@link UsageError} for flags that do not go together. */
export function wantedManifests(flags: CommandFlags): WantedManifests {
  const type = parsedType(flagText(flags, 'assetType') ?? 'all');
  const keys = flagList(flags, 'manifestKey');
  const [jobId, stepId] = [flagText(flags, 'jobId'), flagText(flags, 'stepId')];
  if (type === 'output' && keys.length > 0) {
    throw new UsageError('--manifest-key names input manifests: it does not go with --asset-type output');
  }
  if (jobId === undefined && keys.length === 0) throw new UsageError('--job-id is required');
  if (stepId !== undefined && keys.length > 0) {
    throw new UsageError(
      '--step-id does not go with --manifest-key: the service alone knows what a step depends on',
    );
  }
  return { type, keys, jobId, stepId };
}

const assetType = choice('input', 'output', 'all');

function parsedType(text: string): WantedManifests['type'] {
  try {
    return assetType(text);
  } catch (cause) {
    throw new UsageError(`--asset-type ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Asks the service where flags do not name the inputs, as the Python command does: the job, and what a step depends on. */
export async function jobManifests(
  context: CommandContext,
  service: Service,
  store: Store,
  wanted: WantedManifests,
): Promise<JobManifests> {
  const { type, keys, jobId, stepId } = wanted;
  const own =
    jobId === undefined || type === 'input' ? [] : [{ ...outputIds(context, store), jobId, stepId }];
  if (jobId === undefined || keys.length > 0 || type === 'output')
    return { inputManifestPaths: keys, outputs: own };
  if (!service.hasIds()) {
    throw new UsageError(
      'the service alone knows the input manifests of a job: give --farm-id and --queue-id, name them with --manifest-key, or give --asset-type output',
    );
  }
  const inputs = await inputsOf(context, service, jobId);
  const before = stepId === undefined ? [] : await dependencies(context, service, jobId, stepId);
  return { ...inputs, outputs: [...before, ...own] };
}

/** Input manifests of the job, with their roots, which Python does not store with them. */
async function inputsOf({ signal }: CommandContext, service: Service, jobId: string) {
  const { attachments } = await (await service.api()).getJob({ ...service.ids(), jobId, signal });
  const { manifests } = attachments ? readAttachments(attachments) : { manifests: [] };
  const inputRoots = new Map<string, string>();
  for (const { inputManifestPath, rootPath } of manifests)
    if (inputManifestPath !== undefined) inputRoots.set(inputManifestPath, rootPath);
  return { inputManifestPaths: [...inputRoots.keys()], inputRoots };
}

/** The outputs of the steps that a step depends on: to it they are inputs. */
async function dependencies(
  { signal }: CommandContext,
  service: Service,
  jobId: string,
  stepId: string,
): Promise<JobManifests['outputs']> {
  const ids = { ...service.ids(), jobId };
  const outputs: Omit<OutputsRequest, 'store'>[] = [];
  const deadline = await service.api();
  for await (const step of deadline.listStepDependencies({ ...ids, stepId, signal }))
    outputs.push({ ...ids, stepId: step.stepId });
  return outputs;
}

/** The ids of a directory store have defaults; those of a bucket are the farm's. */
function outputIds({ settings }: CommandContext, store: Store): { farmId: string; queueId: string } {
  const local = store.directory === undefined ? undefined : SUBMIT_DEFAULTS;
  const farmId = settings.value('farmId') ?? local?.farmId;
  const queueId = settings.value('queueId') ?? local?.queueId;
  if (farmId === undefined || queueId === undefined) {
    throw new UsageError('--farm-id and --queue-id are required: they are part of the keys of outputs');
  }
  return { farmId, queueId };
}
