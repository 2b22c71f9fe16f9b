/** From the flags and settings of `bundle submit` to what is submitted (spec/worker-and-cli.md 4.1). Runs nothing. */
import { resolve } from 'node:path';
import {
  type DocumentValue,
  type JobSettings,
  mergeParameterValues,
  parameterObject,
  readParameterArgument,
  type SubmitBundleRequest,
} from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import type { Service } from './deadline.js';
import { UsageError } from './errors.js';
import { readDocumentFile } from './options/document-file.js';
import { flagList, flagSwitch, flagText } from './options/flags.js';
import { knownPathFlags } from './options/known-path-flags.js';
import { storageProfileOf } from './options/storage-profile-file.js';
import { defined } from './services.js';

export type DryRun = 'print-request' | 'plan' | false;

/** What is asked for in place of a job. Throws {@link UsageError} for two things at once. */
export function dryRunOf(flags: CommandFlags): DryRun {
  const names = {
    plan: '--plan',
    printRequest: '--print-request',
    saveDebugSnapshot: '--save-debug-snapshot',
  };
  const given = Object.entries(names).flatMap(([name, flag]) => (flags[name] === undefined ? [] : [flag]));
  if (given.length > 1) throw new UsageError(`${given.join(' and ')} exclude each other`);
  if (flagSwitch(flags, 'plan')) return 'plan';
  return given.length > 0 ? 'print-request' : false;
}

/** Everything but the service, the stores and what is called back. */
export async function bundleRequest(
  context: CommandContext,
  bundleDir: string,
  flags: CommandFlags,
  service: Service,
): Promise<Omit<SubmitBundleRequest, 'deadline' | 'store'>> {
  const { settings, cwd } = context;
  return {
    bundleDir,
    cwd,
    given: await givenParameters(context, flags),
    settings: jobSettings(context),
    knownAssetPaths: knownPathFlags(context, flags),
    requirePathsExist: flagSwitch(flags, 'requirePathsExist'),
    fileSystemMode: settings.value('fileSystem'),
    manifestVersion: settings.value('manifestVersion'),
    dryRun: dryRunOf(flags),
    ...defined({
      name: flagText(flags, 'name'),
      farmId: settings.value('farmId'),
      queueId: settings.value('queueId'),
      knownAssetPathsSetting: settings.value('knownAssetPaths'),
    }),
    ...(await storageProfile(context, service)),
  };
}

/** The values of `-p`; a relative `file://` path means the working directory. */
async function givenParameters(
  context: CommandContext,
  flags: CommandFlags,
): Promise<Map<string, DocumentValue>> {
  const parts = flagList(flags, 'parameter').map(async (text) => {
    const argument = parameterArgument(text);
    if (argument.kind === 'values') return argument.values;
    const file = resolve(context.cwd, argument.path);
    return parameterObject(await readDocumentFile('--parameter', file, context.signal), file);
  });
  return mergeParameterValues(await Promise.all(parts));
}

/** What is wrong with the words of a command line is wrong usage, as it is to the Python command. */
function parameterArgument(text: string): ReturnType<typeof readParameterArgument> {
  try {
    return readParameterArgument(text);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** As the Python command does, these beat the bundle also where they are defaults. */
function jobSettings({ settings }: CommandContext): JobSettings {
  return {
    priority: settings.value('priority'),
    maxFailedTasksCount: settings.value('maxFailedTasksCount'),
    maxRetriesPerTask: settings.value('maxRetriesPerTask'),
    ...defined({
      maxWorkerCount: settings.value('maxWorkerCount'),
      targetTaskRunStatus: settings.value('targetTaskRunStatus'),
    }),
  };
}

/** A profile that is given stands in place of the configured one. */
async function storageProfile(
  context: CommandContext,
  service: Service,
): Promise<Pick<SubmitBundleRequest, 'storageProfile' | 'storageProfileId'>> {
  const { settings } = context;
  const profile = await storageProfileOf(context, service);
  const isGiven = settings.origin('storageProfileId').startsWith('flag ');
  const id = !profile || isGiven ? settings.value('storageProfileId') : undefined;
  return defined({ storageProfile: profile, storageProfileId: id });
}
