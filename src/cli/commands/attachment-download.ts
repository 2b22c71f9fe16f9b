/** `attachment download`: the files of manifests out of the store. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type DownloadSummaryStatistics, downloadSeveral, readManifest } from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { withService } from '../deadline.js';
import { UsageError } from '../errors.js';
import { flagPath, flagPaths, repeatable } from '../options/flags.js';
import { readPathMappingFile } from '../options/path-mapping-file.js';
import { statsDocument } from '../output/stats.js';
import { summaryLines } from '../output/summary.js';
import { destinationsBelow, destinationsByRule, type RootedManifest } from '../roots.js';
import { withOptions } from '../services.js';
import { withStoreToRead } from '../submit-store.js';

export function define(command: Command): void {
  repeatable(command, '-m, --manifests <file>', 'manifest whose files to fetch');
  command
    .option('--path-mapping-rules <file>', 'rules that say where the files of a manifest go')
    .option('--destination <dir>', 'where the files go; several manifests: below a directory each')
    .option('--conflict-resolution <how>', 'skip, overwrite or create_copy, for files that are there');
}

export async function run(
  context: CommandContext,
  _args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const targets = await targetsOf(context, flags);
  const stats = await downloadAll(context, targets);
  return {
    text: `${summaryLines('Download Summary:', stats).join('\n')}\n`,
    result: { roots: targets.map(({ file, root }) => ({ manifest: file, destination: root })) },
    stats: statsDocument(stats),
    document: statsDocument(stats),
  };
}

async function targetsOf(context: CommandContext, flags: CommandFlags): Promise<RootedManifest[]> {
  const files = flagPaths(flags, 'manifests').map((file) => resolve(context.cwd, file));
  const rulesFile = flagPath(flags, 'pathMappingRules');
  const destination = flagPath(flags, 'destination');
  if (files.length === 0) throw new UsageError('-m/--manifests is required');
  if (destination === undefined) {
    const rules =
      rulesFile === undefined
        ? []
        : await readPathMappingFile(resolve(context.cwd, rulesFile), context.signal);
    return destinationsByRule(files, rules, context.cwd);
  }
  if (rulesFile !== undefined) {
    throw new UsageError('--destination and --path-mapping-rules exclude each other');
  }
  return destinationsBelow(files, resolve(context.cwd, destination));
}

async function downloadAll(
  context: CommandContext,
  targets: readonly RootedManifest[],
): Promise<DownloadSummaryStatistics> {
  const conflictResolution = context.settings.value('conflictResolution');
  // All are read before the first file is written: a bad one must not leave half a result.
  const { signal } = context;
  const parts = await Promise.all(
    targets.map(async ({ file, root }) => ({
      manifest: (await readManifest(file, { signal })).manifest,
      manifestName: file,
      root,
    })),
  );
  return await withService(context, (service) =>
    withStoreToRead(context, service, (store) =>
      withOptions(context, { hashCache: true }, (options) =>
        downloadSeveral({ ...options, store, conflictResolution, parts }),
      ),
    ),
  );
}
