/** `submit`: files into the store, and the attachments of a CreateJob request out of it. */
import type { Command } from 'commander';
import { type SummaryStatistics, withHashPool } from '../../index.js';
import { hasHashCache, withCaches } from '../caches.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { flagSwitch } from '../options/flags.js';
import { addGlobFlags, globFilter } from '../options/glob-flags.js';
import { submissionStats } from '../output/stats.js';
import { submitInputs } from '../submit-inputs.js';
import { submitPlace } from '../submit-place.js';

export const partialStats = (stats: SummaryStatistics): unknown => submissionStats(stats);

export function define(command: Command): void {
  command
    .argument('[paths...]', 'files and directories')
    .option('--input <paths...>', 'same as the arguments')
    .option('--output-dir <dirs...>', 'directories that the job writes to')
    .option('--reference <paths...>', 'paths that the job mentions; nothing of them is stored')
    .option('--asset-references <file>', 'more of all these, as in asset_references of a job bundle')
    .option('--storage-profile <file>', 'storage profile of this host: a file that holds it, or its id')
    .option('--require-paths-exist', 'fail for a missing path of --asset-references')
    .option('--file-system <how>', 'COPIED or VIRTUAL, as it is to stand in the request')
    .option('--manifest-version <version>', 'v2023-03-03, v2025-12-04-beta or v2025-12')
    .option('--known-asset-path <dirs...>', 'places that need no confirmation')
    .option('--force-s3-check', 'ask the store for every object instead of trusting the cache')
    .option('--no-force-s3-check', 'trust the cache')
    .option('--snapshot-to <dir>', 'a directory to store in, in place of --store')
    .option('--plan', 'print what would be sent, asked and paid for; send nothing');
  addGlobFlags(command);
}

/**
 * The threads that are sure to be needed start while the rest of the command is loaded and the store is opened: a
 * short run is half start-up.
 */
export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const fileSystem = context.settings.value('fileSystem');
  const filter = globFilter(context.cwd, flags);
  const inputs = await submitInputs(context, args, flags);
  const { isS3 } = submitPlace(context, flags);
  const checkCache = flagSwitch(flags, 'plan') ? 'read' : true;
  return await withHashPool((hashPool) =>
    withCaches(context, { hashCache: true, checkCache }, async (caches) => {
      if (!hasHashCache(context) || inputs.references.inputDirectories.length > 0) hashPool.prepare?.();
      caches.hashCache?.prepare?.();
      if (isS3) caches.checkCache?.prepare?.(); // it knows nothing of directories
      const { submit } = await import('../submission.js');
      return await submit({ context, flags, inputs, filter, fileSystem, hashPool, caches });
    }),
  );
}
