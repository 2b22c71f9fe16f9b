/**
 * What the service knows of the queue that a bundle goes to (spec/files-and-submission.md 7.4 and 7.5): its settings, the
 * parameters of its environments, the storage profile. Without the service nothing is asked.
 */
import type { DeadlineApi, Queue, QueueId } from '../../deadline/deadline-api.js';
import { BundleError } from '../../model/bundle-error.js';
import type { DocumentValue } from '../../model/document-value.js';
import type { JobParameter } from '../../model/job-parameter.js';
import { type QueueEnvironment, queueParameters } from '../../model/merge-parameters.js';
import { readStorageProfile, type StorageProfile } from '../../model/storage-profile.js';
import { OptionError } from '../../pipeline/errors.js';
import { yamlParser } from './yaml-parser.js';

export interface BundleTarget {
  /** Absent without the service. */
  readonly queue: Queue | undefined;
  readonly storageProfileId: string | undefined;
  readonly storageProfile: StorageProfile | undefined;
  readonly queueParameters: readonly JobParameter[];
}

export interface BundleTargetRequest extends QueueId {
  readonly deadline?: DeadlineApi;
  /** In place of the one that the service has under `storageProfileId`. */
  readonly storageProfile?: StorageProfile;
  readonly storageProfileId?: string;
  /** In place of those that the service has. */
  readonly queueParameters?: readonly JobParameter[];
  readonly onStatus?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Rejects with `BundleError` for environments that cannot be read, and as the port does. */
export async function bundleTarget(request: BundleTargetRequest): Promise<BundleTarget> {
  const queue = await queueOf(request);
  const storageProfile = await storageProfileOf(request);
  const storageProfileId = request.storageProfileId ?? storageProfile?.storageProfileId;
  const parameters = request.queueParameters ?? (await parametersOf(request));
  return { queue, storageProfileId, storageProfile, queueParameters: parameters };
}

async function queueOf(request: BundleTargetRequest): Promise<Queue | undefined> {
  const { deadline, onStatus, ...rest } = request;
  if (!deadline) return undefined;
  const queue = await deadline.getQueue(idsOf(rest));
  onStatus?.(`Submitting to Queue: ${queue.displayName}`);
  return queue;
}

async function storageProfileOf(request: BundleTargetRequest): Promise<StorageProfile | undefined> {
  const { deadline, storageProfile, storageProfileId } = request;
  if (storageProfile || !storageProfileId) return storageProfile;
  if (!deadline) {
    throw new OptionError(
      'storageProfileId',
      'needs the service to be looked up: give the storage profile itself',
    );
  }
  return readStorageProfile(
    await deadline.getStorageProfileForQueue({ ...idsOf(request), storageProfileId }),
  );
}

async function parametersOf(request: BundleTargetRequest): Promise<JobParameter[]> {
  const { deadline } = request;
  if (!deadline) return [];
  const environments: QueueEnvironment[] = [];
  for await (const { queueEnvironmentId } of deadline.listQueueEnvironments(idsOf(request))) {
    const view = await deadline.getQueueEnvironment({ ...idsOf(request), queueEnvironmentId });
    environments.push({
      priority: view.priority,
      template: await templateOf(view.template, queueEnvironmentId),
    });
  }
  return queueParameters(environments);
}

async function templateOf(text: string, id: string): Promise<DocumentValue> {
  const parseYaml = await yamlParser();
  try {
    return parseYaml(text); // which reads JSON as well
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BundleError(`Error loading the template of the queue environment ${id}:\n${reason}`, {
      ...{ file: 'queue environment', field: id, cause },
    });
  }
}

function idsOf({ farmId, queueId, signal }: QueueId & { readonly signal?: AbortSignal }) {
  return { farmId, queueId, ...(signal && { signal }) };
}
