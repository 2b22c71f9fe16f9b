/** `bundle submit`: a job bundle to the service, with the files that it refers to (spec/files-and-submission.md 7.5). */
import type { Command } from 'commander';
import {
  type CreateJobRequest,
  type Store,
  type SubmitBundleRequest,
  type SubmitBundleResult,
  type SummaryStatistics,
  saveDebugSnapshot,
  submitBundle,
} from '../../index.js';
import { BundleStatus, bundleOutcome, snapshotOutcome } from '../bundle-outcome.js';
import { bundleRequest } from '../bundle-request.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { consent } from '../consent.js';
import { type Service, withService } from '../deadline.js';
import { snapshotPlace, withSnapshotDirectory } from '../debug-snapshot.js';
import { writeDefaultJob } from '../options/client-config-write.js';
import { repeatable } from '../options/flags.js';
import type { SettingName } from '../options/setting-specs.js';
import { submissionStats } from '../output/stats.js';
import { openQueueStore, ownPlaces, type StorePlace, withOptions, withStore } from '../services.js';

export const partialStats = (stats: SummaryStatistics): unknown => submissionStats(stats);

export function define(command: Command): void {
  command.argument('<dir>', 'directory of the job bundle');
  repeatable(
    command,
    '-p, --parameter <value>',
    'value of a job parameter: Name=Value, a JSON object, or file:// and a file that holds one',
  );
  command
    .option('--storage-profile-id <id>', 'storage profile of this host')
    .option('--storage-profile <file>', 'the same, as a file that holds it')
    .option('--name <name>', 'name of the job, in place of the one in the template')
    .option('--priority <n>', 'priority of the job (default: 50)')
    .option('--max-failed-tasks-count <n>', 'tasks that may fail before the job does (default: 20)')
    .option('--max-retries-per-task <n>', 'tries of a task after the first (default: 5)')
    .option('--max-worker-count <n>', 'workers at once, -1 for any number')
    .option('--target-task-run-status <status>', 'ready or suspended: how the job begins')
    .option('--job-attachments-file-system <how>', 'COPIED or VIRTUAL: how workers get the files')
    .option('--require-paths-exist', 'fail for an input that does not exist')
    .option('--submitter-name <name>', 'accepted for the sake of scripts; of no effect')
    .option('--force-s3-check', 'ask the store for every object instead of trusting the cache')
    .option('--no-force-s3-check', 'trust the cache')
    .option(
      '--save-debug-snapshot <place>',
      'write what would be sent to a directory or .zip file; make no job',
    )
    .option('--plan', 'print what would be sent, asked and paid for; send nothing')
    .option('--print-request', 'print the CreateJob request in place of making the call');
  repeatable(command, '--known-asset-path <dir>', 'place that needs no confirmation');
}

export async function run(
  context: CommandContext,
  [bundleDir = '']: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const snapshot = snapshotPlace(context, flags);
  const status = new BundleStatus(context.notice);
  return await withService(context, async (service) => {
    const request = await bundleRequest(context, bundleDir, flags, service);
    const submit = async (place: SubmitPlaces): Promise<SubmitBundleResult> =>
      submitted(context, request, place, status);
    if (snapshot !== undefined) return await savedSnapshot(context, snapshot, service, submit);
    const create = request.dryRun === 'plan' ? 'dry-run' : true;
    const result = await withGivenStore(context, create, async (store) =>
      submit(await placesOf(context, service, store, request.dryRun !== false)),
    );
    return bundleOutcome(result, request.dryRun ?? false, status);
  });
}

type SubmitPlaces = Pick<SubmitBundleRequest, 'deadline' | 'store' | 'openQueueStore'>;

async function submitted(
  context: CommandContext,
  request: Omit<SubmitBundleRequest, 'deadline' | 'store'>,
  places: SubmitPlaces,
  status: BundleStatus,
): Promise<SubmitBundleResult> {
  const checkCache = request.dryRun === 'plan' ? 'read' : true;
  return await withOptions(context, { hashCache: true, checkCache }, (options) =>
    submitBundle({
      ...options,
      ...request,
      ...places,
      leaveOut: ownPlaces(context, places.store),
      onGrouped: ({ groups, paths }) =>
        request.dryRun === 'plan' ? undefined : consent(context, groups, paths),
      onStatus: (line) => status.add(line),
      onJobCreated: (jobId, created) => rememberJob(context, created, jobId),
    }),
  );
}

/** Everything but the job, in a directory or archive. The service is asked where there is a queue to ask about. */
async function savedSnapshot(
  context: CommandContext,
  place: string,
  service: Service,
  submit: (places: SubmitPlaces) => Promise<SubmitBundleResult>,
): Promise<CommandOutcome> {
  return await withSnapshotDirectory(place, context.signal, async (directory) => {
    const result = await withStore(context, { create: true, place: directory }, async (store) =>
      submit({ store, ...(service.hasIds() && { deadline: await service.api() }) }),
    );
    await saveDebugSnapshot({ ...result, directory });
    return snapshotOutcome(place, result);
  });
}

/** Runs `body` with the store that flags or settings name, if they do. */
async function withGivenStore(
  context: CommandContext,
  create: StorePlace['create'],
  body: (store?: Store) => Promise<SubmitBundleResult>,
): Promise<SubmitBundleResult> {
  if (context.settings.value('store') === undefined) return await body();
  return await withStore(context, { create }, body);
}

/** The service, and where attachments go. A dry run into a store that is given needs neither queue nor service. */
async function placesOf(
  context: CommandContext,
  service: Service,
  store: Store | undefined,
  dryRun: boolean,
): Promise<SubmitPlaces> {
  if (store && dryRun) return { store };
  service.ids();
  return {
    deadline: await service.api(),
    ...(store && { store }),
    openQueueStore: ({ s3BucketName, rootPrefix }, credentials) =>
      openQueueStore(context, { bucket: s3BucketName, rootPrefix }, credentials),
  };
}

/** Settings that choose another place than the configured one, if they are flags. */
const PLACE_SETTINGS = [
  'profile',
  'farmId',
  'region',
  'queueId',
  'storageProfileId',
  'storageProfile',
] as const satisfies readonly SettingName[];

/**
 * Makes the job the default one where it goes to the configured place: as soon as there is an id, for it is there whatever
 * becomes of the wait. That it cannot be changes nothing about the job.
 */
async function rememberJob(
  { settings, env, log }: CommandContext,
  { farmId, queueId }: Pick<CreateJobRequest, 'farmId' | 'queueId'>,
  jobId: string,
): Promise<void> {
  if (PLACE_SETTINGS.some((name) => settings.origin(name).startsWith('flag '))) return;
  try {
    await writeDefaultJob(env, { profile: settings.value('profile'), farmId, queueId, jobId });
  } catch (error) {
    log(
      'warning',
      `the job is not the default job: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
