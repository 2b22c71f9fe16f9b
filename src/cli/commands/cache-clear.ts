/** `cache clear`: deletes the caches; the next run hashes every file and asks the store for every object. */
import type { Command } from 'commander';
import { clearCaches } from '../../index.js';
import { cacheDir } from '../caches.js';
import type { CommandContext, CommandOutcome } from '../command.js';
import { escapeControls } from '../output/escape.js';

export function define(_command: Command): void {}

export async function run(context: CommandContext): Promise<CommandOutcome> {
  const directory = cacheDir(context);
  const deleted = await clearCaches(directory);
  return {
    text: deleted.map((path) => `deleted ${escapeControls(path)}\n`).join(''),
    notes: deleted.length === 0 ? [`There are no caches in ${escapeControls(directory)}`] : [],
    result: { directory, deleted },
  };
}
