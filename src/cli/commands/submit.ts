/** `submit`: files into the store, and the attachments of a CreateJob request out of it. */
import type { Command } from 'commander';
import { withHashPool } from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { addGlobFlags } from '../options/glob-flags.js';

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

/** The threads start while the rest of the command is loaded and the store is opened: a short run is half start-up. */
export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  return await withHashPool(async (pool) => {
    pool.prepare?.();
    const { submit } = await import('../submission.js');
    return await submit(context, args, flags, pool);
  });
}
