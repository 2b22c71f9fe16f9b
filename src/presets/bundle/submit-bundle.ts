/**
 * A job bundle to the service (spec/files-and-submission.md 7.5): read it, ask the queue, plan, attach what it refers
 * to, create the job and wait for it. The steps are elsewhere; this is their order.
 */
import type { DeadlineApi, Job } from '../../deadline/deadline-api.js';
import { hasReferences } from '../../model/asset-references.js';
import { checkFileSystemMode } from '../../model/attachments.js';
import { type CreateJobRequest, createJobRequest } from '../../model/create-job-request.js';
import { type BundlePlan, planBundle } from '../../model/plan-bundle.js';
import { OptionError } from '../../pipeline/errors.js';
import { hostFormat } from '../host-format.js';
import { withRealPaths } from '../real-path.js';
import { idsOf } from '../store-input-manifest.js';
import type { SubmitBundleAttachmentsResult } from '../submit-bundle-attachments.js';
import { type AttachedBundle, attachBundle } from './attach-bundle.js';
import { type BundleTarget, bundleTarget } from './bundle-target.js';
import { type Bundle, readBundle } from './read-bundle.js';
import type { SubmitBundleRequest, SubmitBundleResult } from './submit-bundle-request.js';
import { waitForJob } from './wait-for-job.js';

/**
 * Submits a bundle. What can be known to be wrong is refused before anything is uploaded. Rejects with `BundleError`
 * naming file and field, `MisconfiguredInputsError`, `OptionError`, as the port and the upload do, and with
 * `CancelledError`: before the job is created nothing of it is left but objects that no job refers to, afterwards it
 * is a `JobWaitCancelledError` and the job goes on.
 */
export async function submitBundle(request: SubmitBundleRequest): Promise<SubmitBundleResult> {
  const ids = checkedIds(request);
  checkFileSystemMode(request.fileSystemMode ?? 'COPIED');
  const bundle = await readBundle(request.bundleDir, request);
  const target = await bundleTarget({ ...request, ...ids });
  const plan = await planned(bundle, target, { ...request, ...ids });
  const makeRequest = requestMaker(bundle, target, plan, { ...request, ...ids });
  const early = makeRequest(undefined); // throws for what cannot be sent
  const attached = hasReferences(plan.references)
    ? await attachBundle({ ...request, ...ids }, target, plan)
    : {};
  const createJob = attached.attached?.attachments ? makeRequest(attached.attached) : early;
  const result = resultOf(createJob, attached, target, plan);
  const { deadline, dryRun = false } = request;
  if (dryRun || !deadline) return result;
  return { ...result, ...(await createdJob(deadline, createJob, request)) };
}

function checkedIds(request: SubmitBundleRequest): { readonly farmId: string; readonly queueId: string } {
  const { deadline, dryRun, farmId, queueId } = request;
  if (!deadline && !dryRun)
    throw new OptionError('deadline', 'is needed to create a job: give it, or set dryRun');
  if (deadline && !farmId) throw new OptionError('farmId', 'is needed to call the service');
  if (deadline && !queueId) throw new OptionError('queueId', 'is needed to call the service');
  return idsOf(request);
}

type WithIds = SubmitBundleRequest & { readonly farmId: string; readonly queueId: string };

function planned(bundle: Bundle, target: BundleTarget, request: WithIds): Promise<BundlePlan> {
  const { bundleDir, queueId, given = new Map(), cwd = process.cwd(), log, signal } = request;
  const warnings = new Set<string>();
  const decide = (realPath: (path: string) => string): BundlePlan =>
    planBundle(bundle, {
      ...{ bundleDir, queueId, given, cwd, realPath, format: hostFormat },
      queueParameters: target.queueParameters,
      onWarning: (message) => warnings.add(message),
    });
  return withRealPaths(decide, signal).finally(() => {
    for (const message of warnings) log?.('warning', message);
  });
}

function requestMaker(bundle: Bundle, target: BundleTarget, plan: BundlePlan, request: WithIds) {
  const { farmId, queueId, bundleDir, settings, defaults } = request;
  const { storageProfileId } = target;
  return (attached: SubmitBundleAttachmentsResult | undefined): CreateJobRequest =>
    createJobRequest({
      ...{ farmId, queueId, bundleDir, parameters: plan.parameters },
      template: bundle.templateText,
      templateType: bundle.templateType,
      ...(storageProfileId !== undefined && { storageProfileId }),
      ...(attached?.attachments && { attachments: attached.attachments }),
      ...(settings && { settings }),
      ...(defaults && { defaults }),
    });
}

function resultOf(
  createJob: CreateJobRequest,
  attached: AttachedBundle,
  { queue, storageProfile }: BundleTarget,
  { parameters }: BundlePlan,
): SubmitBundleResult {
  return {
    request: createJob,
    parameters,
    ...attached,
    ...(queue && { queue }),
    ...(storageProfile && { storageProfile }),
  };
}

async function createdJob(
  deadline: DeadlineApi,
  createJob: CreateJobRequest,
  { bundleDir, signal, clock, onStatus, onJobCreated }: SubmitBundleRequest,
): Promise<{ jobId: string; job: Job }> {
  const more = { ...(signal && { signal }), ...(clock && { clock }) };
  const { jobId } = await deadline.createJob({ ...createJob, ...(signal && { signal }) });
  await onJobCreated?.(jobId, createJob);
  onStatus?.('Waiting for Job to be created...');
  const { farmId, queueId } = createJob;
  const job = await waitForJob(deadline, { farmId, queueId, jobId }, more);
  for (const line of ['Submitted job bundle:', `   ${bundleDir}`, job.lifecycleStatusMessage ?? '', jobId]) {
    onStatus?.(line);
  }
  return { jobId, job };
}
