/** What `submit` does, with threads and caches that are handed to it: from the inputs to the outcome. */
import { homedir } from 'node:os';
import {
  type AssetUploadGroup,
  type Attachments,
  classifySubmitPaths,
  type GlobFilter,
  gatherKnownPaths,
  type HashPool,
  hostFormat,
  type PresetOptions,
  planBundleAttachments,
  planSubmit,
  type StorageProfile,
  type Store,
  type SubmitBundleAttachmentsRequest,
  type SubmitPlan,
  type SummaryStatistics,
  submitBundleAttachments,
  submitTree,
} from '../index.js';
import type { Caches } from './caches.js';
import type { CommandContext, CommandFlags, CommandOutcome } from './command.js';
import { consent } from './consent.js';
import { withService } from './deadline.js';
import { UsageError } from './errors.js';
import { flagSwitch } from './options/flags.js';
import { knownPathFlags } from './options/known-path-flags.js';
import { storageProfileOf } from './options/storage-profile-file.js';
import { planDocument, planText } from './output/plan.js';
import { submissionStats } from './output/stats.js';
import { summaryLines } from './output/summary.js';
import { defined, ownPlaces, presetOptions } from './services.js';
import type { SubmitInputs } from './submit-inputs.js';
import { withSubmitStore } from './submit-store.js';

export interface SubmissionRequest {
  readonly context: CommandContext;
  readonly flags: CommandFlags;
  readonly inputs: SubmitInputs;
  readonly filter: GlobFilter | undefined;
  readonly fileSystem: 'COPIED' | 'VIRTUAL';
  readonly hashPool: HashPool;
  readonly caches: Caches;
}

/** Submits, or with `--plan` says what that would take. Rejects as the presets do, and with `UsageError`. */
export async function submit(request: SubmissionRequest): Promise<CommandOutcome> {
  const { context, flags, inputs, hashPool, caches } = request;
  return await withService(context, async (service) => {
    const storageProfile = await storageProfileOf(context, service);
    return await withSubmitStore(context, flags, service, async (store) => {
      refuseStoreAsInput(store, inputs);
      const one = isStreamed(flags, storageProfile) ? inputs.onlyDirectory : undefined;
      const options = { ...presetOptions(context, caches), hashPool };
      const job = { ...request, storageProfile, store, options };
      if (flagSwitch(flags, 'plan')) return planOutcome(await planned(job, one));
      return outcomeOf(await submitted(job, one));
    });
  });
}

/** What a store holds would grow by itself at each run. */
function refuseStoreAsInput({ directory }: Store, { references }: SubmitInputs): void {
  if (directory === undefined || !references.inputDirectories.includes(directory)) return;
  throw new UsageError(`${directory} is the store and cannot be submitted to itself: choose another store`);
}

/** Whether one directory can be hashed while it is walked: nothing has to be known of all its files before. */
function isStreamed(flags: CommandFlags, storageProfile: StorageProfile | undefined): boolean {
  return storageProfile === undefined && !flagSwitch(flags, 'requirePathsExist');
}

interface Submission extends SubmissionRequest {
  readonly storageProfile: StorageProfile | undefined;
  readonly store: Store;
  readonly options: PresetOptions;
}

interface Submitted {
  readonly attachments?: Attachments;
  readonly hashingStats: SummaryStatistics;
  readonly uploadStats: SummaryStatistics;
}

/** One directory is hashed while it is walked; whatever has to be grouped is walked first. */
async function submitted(job: Submission, directory: string | undefined): Promise<Submitted> {
  if (directory === undefined) {
    const onGrouped = (groups: AssetUploadGroup): Promise<void> => confirmed(job, groups);
    return await submitBundleAttachments({ ...bundleRequest(job), onGrouped });
  }
  const result = await submitTree(treeRequest(job, directory));
  return { ...result, attachments: { ...result.attachments, fileSystem: job.fileSystem } };
}

async function planned(job: Submission, directory: string | undefined): Promise<SubmitPlan> {
  return directory === undefined
    ? await planBundleAttachments(bundleRequest(job))
    : await planSubmit(treeRequest(job, directory));
}

function treeRequest(job: Submission, root: string) {
  return { ...commonRequest(job), root, rootFrom: 'files' as const };
}

function bundleRequest(job: Submission): SubmitBundleAttachmentsRequest {
  const { context, flags, inputs, storageProfile, fileSystem } = job;
  return {
    ...commonRequest(job),
    ...defined({ storageProfile }),
    cwd: context.cwd,
    assetReferences: inputs.references,
    requirePathsExist: flagSwitch(flags, 'requirePathsExist'),
    directoriesInInputFilenames: 'error',
    fileSystemMode: fileSystem,
  };
}

function commonRequest({ context, options, store, filter }: Submission) {
  const { settings } = context;
  return {
    ...options,
    store,
    leaveOut: ownPlaces(context, store),
    ...defined({ filter, farmId: settings.value('farmId'), queueId: settings.value('queueId') }),
    manifestVersion: settings.value('manifestVersion'),
  };
}

/** What was named on this command line needs no second word. */
async function confirmed({ context, flags, inputs, storageProfile }: Submission, groups: AssetUploadGroup) {
  const setting = context.settings.value('knownAssetPaths');
  const named = [...inputs.named, ...knownPathFlags(context, flags)];
  const knownPaths = gatherKnownPaths({ named, ...defined({ storageProfile, setting }) }, hostFormat);
  const paths = classifySubmitPaths(groups.assetGroups, {
    format: hostFormat,
    knownPaths,
    ...defined({ storageProfile, home: homedir() }),
  });
  await consent(context, groups, paths, { trustKnown: true });
}

function outcomeOf({ attachments, hashingStats, uploadStats }: Submitted): CommandOutcome {
  return {
    text: attachments ? `${JSON.stringify(attachments, null, 2)}\n` : '',
    notes: [
      ...(attachments ? [] : ['Nothing to attach.']),
      ...summaryLines('Hashing Summary:', hashingStats),
      ...summaryLines('Upload Summary:', uploadStats),
    ],
    result: attachments ?? null,
    stats: submissionStats(uploadStats, hashingStats),
  };
}

function planOutcome(plan: SubmitPlan): CommandOutcome {
  return { text: planText(plan), result: planDocument(plan) };
}
