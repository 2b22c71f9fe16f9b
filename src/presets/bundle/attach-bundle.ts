/**
 * What a job bundle refers to, attached to its job (spec/files-and-submission.md 7.5, steps 3 and 4): whether there is
 * anything to do, in which store, and the question before it.
 */
import { homedir } from 'node:os';
import { attachmentSettingsOf, queueRoleCredentials } from '../../deadline/queue-role.js';
import type { AssetUploadGroup } from '../../model/asset-groups.js';
import { gatherKnownPaths } from '../../model/gather-known-paths.js';
import { normalizeHostPath } from '../../model/host-path-normal.js';
import { reduceKnownPaths } from '../../model/known-paths.js';
import type { BundlePlan } from '../../model/plan-bundle.js';
import { classifySubmitPaths, type SubmitPaths } from '../../model/submit-confirmation.js';
import { OptionError } from '../../pipeline/errors.js';
import { hostFormat } from '../host-format.js';
import { type BundleAttachmentsPlan, planBundleAttachments } from '../plan-bundle-attachments.js';
import type { Store } from '../store.js';
import {
  type SubmitBundleAttachmentsRequest,
  type SubmitBundleAttachmentsResult,
  submitBundleAttachments,
} from '../submit-bundle-attachments.js';
import type { BundleTarget } from './bundle-target.js';
import type { SubmitBundleRequest } from './submit-bundle-request.js';

export interface AttachedBundle {
  readonly attached?: SubmitBundleAttachmentsResult;
  readonly plan?: BundleAttachmentsPlan;
}

type Request = SubmitBundleRequest & { readonly farmId: string; readonly queueId: string };

/** Attaches what `plan` refers to; nothing, as the Python library does, to a queue that takes no attachments. */
export async function attachBundle(
  request: Request,
  target: BundleTarget,
  plan: BundlePlan,
): Promise<AttachedBundle> {
  const { queue } = target;
  if (queue && !queue.jobAttachmentSettings) {
    request.log?.('warning', 'the queue takes no job attachments: the paths of the bundle are not uploaded');
    return {};
  }
  return withStore(request, target, async (store) => {
    const attach = attachRequest(request, target, plan, store);
    if (request.dryRun === 'plan') return { plan: await planBundleAttachments(attach) };
    return { attached: await submitBundleAttachments(attach) };
  });
}

async function withStore<T>(
  request: Request,
  { queue }: BundleTarget,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const { deadline, farmId, queueId, openQueueStore = openOnS3 } = request;
  if (request.store) return work(request.store);
  if (!deadline || !queue)
    throw new OptionError('store', 'is needed: the bundle refers to files, and no queue says where they go');
  const settings = attachmentSettingsOf(queue);
  const store = await openQueueStore(
    settings,
    queueRoleCredentials(deadline, { farmId, queueId, mode: 'USER' }),
  );
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const openOnS3: NonNullable<SubmitBundleRequest['openQueueStore']> = async (settings, credentials) => {
  const { openS3Store } = await import('../open-s3-store.js'); // another store needs none of it
  return openS3Store({ bucket: settings.s3BucketName, rootPrefix: settings.rootPrefix }, { credentials });
};

function attachRequest(
  request: Request,
  target: BundleTarget,
  plan: BundlePlan,
  store: Store,
): SubmitBundleAttachmentsRequest {
  const { storageProfile } = target;
  const { onGrouped, storageProfile: _, ...rest } = request;
  const ask = async (groups: AssetUploadGroup): Promise<void> => {
    await onGrouped?.({ groups, paths: pathsOf(groups, request, target, plan) });
  };
  return {
    ...rest,
    store,
    assetReferences: plan.references,
    directoriesInInputFilenames: 'error',
    ...(storageProfile && { storageProfile }),
    onGrouped: ask,
  };
}

function pathsOf(
  groups: AssetUploadGroup,
  request: Request,
  { storageProfile }: BundleTarget,
  { parameters }: BundlePlan,
): SubmitPaths {
  const { home = homedir(), cwd = process.cwd(), given, knownAssetPaths, knownAssetPathsSetting } = request;
  const format = hostFormat;
  const sources = {
    parameters,
    bundleDir: normalizeHostPath(request.bundleDir, format, cwd),
    ...(knownAssetPaths && { named: knownAssetPaths }),
    ...(knownAssetPathsSetting !== undefined && { setting: knownAssetPathsSetting }),
    ...(given && { given: new Set(given.keys()) }),
    storageProfile,
  };
  const knownPaths = reduceKnownPaths(gatherKnownPaths(sources, format), { format, home });
  return classifySubmitPaths(groups.assetGroups, {
    ...{ format, home, knownPaths },
    ...(storageProfile && { storageProfile }),
  });
}
