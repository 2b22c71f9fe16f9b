/** `submit`: files into the store, and the attachments of a CreateJob request out of it. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type GlobFilter,
  planSubmit,
  type Store,
  type SubmitPlace,
  type SubmitPlan,
  type SubmitResult,
  sizeText,
  submitTree,
  submitTrees,
} from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { UsageError } from '../errors.js';
import { flagList } from '../options/flags.js';
import { addGlobFlags, globFilter } from '../options/glob-flags.js';
import { statsDocument } from '../output/stats.js';
import { summaryLines } from '../output/summary.js';
import { defined, withOptions, withStore } from '../services.js';

export function define(command: Command): void {
  command
    .argument('[paths...]', 'files and directories')
    .option('--input <paths...>', 'same as the arguments')
    .option('--file-system <how>', 'COPIED or VIRTUAL, as it is to stand in the request')
    .option('--manifest-version <version>', 'v2023-03-03, v2025-12-04-beta or v2025-12')
    .option('--force-s3-check', 'ask the store for every object instead of trusting the cache')
    .option('--no-force-s3-check', 'trust the cache')
    .option('--plan', 'print what would be sent, asked and paid for; send nothing');
  addGlobFlags(command);
}

export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const paths = [...args, ...flagList(flags, 'input')].map((path) => resolve(context.cwd, path));
  if (paths.length === 0) throw new UsageError('submit needs at least one PATH');
  const fileSystem = context.settings.value('fileSystem');
  const filter = globFilter(context.cwd, flags);
  if (flags['plan'] === true) {
    const plan = await withStore(context, { create: true }, (store) =>
      planned(context, paths, store, filter),
    );
    return planOutcome(plan);
  }
  const result = await withStore(context, { create: true }, (store) => submit(context, paths, store, filter));
  return outcomeOf(result, fileSystem);
}

async function planned(
  context: CommandContext,
  paths: readonly string[],
  store: Store,
  filter: GlobFilter | undefined,
): Promise<SubmitPlan> {
  const request = {
    store,
    ...defined({ filter }),
    manifestVersion: context.settings.value('manifestVersion'),
  };
  const place = await placeOf(paths);
  return await withOptions(context, { hashCache: true, checkCache: true }, (options) =>
    planSubmit({ ...options, ...request, ...place }),
  );
}

async function submit(
  context: CommandContext,
  paths: readonly string[],
  store: Store,
  filter: GlobFilter | undefined,
): Promise<SubmitResult> {
  const { settings } = context;
  const request = {
    store,
    ...defined({ filter, farmId: settings.value('farmId'), queueId: settings.value('queueId') }),
    manifestVersion: settings.value('manifestVersion'),
  };
  const place = await placeOf(paths);
  return await withOptions(context, { hashCache: true, checkCache: true }, (options) =>
    'root' in place
      ? submitTree({ ...options, ...request, ...place })
      : submitTrees({ ...options, ...request, ...place }),
  );
}

/** One directory is the root itself. */
async function placeOf(paths: readonly string[]): Promise<SubmitPlace> {
  const [first = ''] = paths;
  return paths.length === 1 && (await isDirectory(first)) ? { root: first } : { paths };
}

/** A path that is not there is left to the run, whose error names it. */
async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

function outcomeOf(result: SubmitResult, fileSystem: 'COPIED' | 'VIRTUAL'): CommandOutcome {
  const attachments = { ...result.attachments, fileSystem };
  return {
    text: `${JSON.stringify(attachments, null, 2)}\n`,
    notes: [
      ...summaryLines('Hashing Summary:', result.hashingStats),
      ...summaryLines('Upload Summary:', result.uploadStats),
    ],
    result: attachments,
    stats: { hashing: statsDocument(result.hashingStats), upload: statsDocument(result.uploadStats) },
  };
}

/** Names of the requests as S3 calls them. */
const REQUEST_NAMES: Readonly<Record<keyof SubmitPlan['requests'], string>> = {
  head: 'HEAD',
  list: 'LIST',
  put: 'PUT',
  createMultipart: 'CreateMultipartUpload',
  uploadPart: 'UploadPart',
  completeMultipart: 'CompleteMultipartUpload',
};

function planOutcome(plan: SubmitPlan): CommandOutcome {
  const { files, bytes, filesToSend, bytesToSend, requests, estimatedCostUsd } = plan;
  const kinds = (Object.keys(REQUEST_NAMES) as (keyof typeof REQUEST_NAMES)[]).filter(
    (kind) => requests[kind] > 0,
  );
  const lines = [
    `Files: ${files} (${sizeText(bytes)})`,
    `To send: ${filesToSend} (${sizeText(bytesToSend)})`,
    `Requests: ${kinds.map((kind) => `${REQUEST_NAMES[kind]} ${requests[kind]}`).join(', ') || 'none'}`,
    `Estimated cost: ${estimatedCostUsd.toFixed(6)} USD`,
  ];
  return { text: `${lines.join('\n')}\n`, result: plan };
}
