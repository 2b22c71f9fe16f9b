/** `manifest download`: the manifests of a job as files, one per root. Asks the store only, never the service. */
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type GatheredManifest,
  gatherManifests,
  type OutputsRequest,
  type Store,
  SUBMIT_DEFAULTS,
  snapshotFileName,
  writeManifest,
} from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { UsageError } from '../errors.js';
import { flagList, flagText } from '../options/flags.js';
import { choice } from '../options/parse-value.js';
import { escapeControls } from '../output/escape.js';
import { withOptions, withStore } from '../services.js';

export function define(command: Command): void {
  command
    .argument('<dir>', 'directory that receives the manifests')
    .option('--job-id <id>', 'job whose output manifests to fetch')
    .option('--step-id <id>', 'only the outputs of this step; goes with --asset-type output')
    .option('--asset-type <type>', 'input, output or all (default: all)')
    .option('--manifest-key <keys...>', 'input manifests, as keys below Manifests/');
}

interface Wanted {
  readonly keys: readonly string[];
  readonly jobId?: string;
  readonly stepId?: string;
}

interface Downloaded {
  /** `null` where the stored manifest does not say it. */
  readonly manifest_root: string | null;
  readonly local_manifest_path: string;
}

export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const directory = resolve(context.cwd, args[0] ?? '');
  const wanted = wantedOf(flags);
  const downloaded = await withStore(context, { create: false }, (store) =>
    withOptions(context, {}, async (options) => {
      const outputs = outputsOf(context, store, wanted);
      const request = { ...options, store, inputManifestPaths: wanted.keys, outputs };
      return await writeAll(directory, await gatherManifests(request));
    }),
  );
  const lines = downloaded.map(({ local_manifest_path: path }) => `${escapeControls(path)}\n`);
  return { text: lines.join(''), result: { downloaded }, document: { downloaded } };
}

const assetType = choice('input', 'output', 'all');

/** What the flags ask for, as far as a store alone can answer it. */
function wantedOf(flags: CommandFlags): Wanted {
  const type = parsedType(flagText(flags, 'assetType') ?? 'all');
  const keys = flagList(flags, 'manifestKey');
  const [jobId, stepId] = [flagText(flags, 'jobId'), flagText(flags, 'stepId')];
  if (type === 'output' && keys.length > 0) {
    throw new UsageError('--manifest-key names input manifests: it does not go with --asset-type output');
  }
  if (type === 'output' && jobId === undefined) throw new UsageError('--job-id is required');
  if (type !== 'output' && keys.length === 0) {
    throw new UsageError(
      'the service alone knows the input manifests of a job: name them with --manifest-key, or give --asset-type output',
    );
  }
  if (stepId !== undefined && type !== 'output') {
    throw new UsageError(
      'the service alone knows what a step depends on: --step-id goes with --asset-type output',
    );
  }
  if (type === 'input' || jobId === undefined) return { keys };
  return { keys, jobId, ...(stepId !== undefined && { stepId }) };
}

function parsedType(text: string): 'input' | 'output' | 'all' {
  try {
    return assetType(text);
  } catch (cause) {
    throw new UsageError(`--asset-type ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The ids of a directory store have defaults; those of a bucket are the farm's. */
function outputsOf(
  { settings }: CommandContext,
  store: Store,
  { jobId, stepId }: Wanted,
): Omit<OutputsRequest, 'store'> | undefined {
  if (jobId === undefined) return undefined;
  const local = store.directory === undefined ? undefined : SUBMIT_DEFAULTS;
  const farmId = settings.value('farmId') ?? local?.farmId;
  const queueId = settings.value('queueId') ?? local?.queueId;
  if (farmId === undefined || queueId === undefined) {
    throw new UsageError('--farm-id and --queue-id are required: they are part of the keys of outputs');
  }
  return { farmId, queueId, jobId, stepId };
}

async function writeAll(directory: string, manifests: readonly GatheredManifest[]): Promise<Downloaded[]> {
  await mkdir(directory, { recursive: true });
  const downloaded: Downloaded[] = [];
  for (const { assetRoot, key, manifest } of manifests) {
    const path = join(directory, assetRoot === undefined ? basename(key) : snapshotFileName(assetRoot));
    await writeManifest(path, manifest);
    downloaded.push({ manifest_root: assetRoot ?? null, local_manifest_path: path });
  }
  return downloaded;
}
