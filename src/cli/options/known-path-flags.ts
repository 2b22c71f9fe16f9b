/** `--known-asset-path`: places that a user knows (spec/files-and-submission.md 7.6). */
import { resolve } from 'node:path';
import type { CommandContext, CommandFlags } from '../command.js';
import { flagPaths } from './flags.js';

/** The places, absolute; `~` is left to whoever compares them. */
export function knownPathFlags({ cwd }: CommandContext, flags: CommandFlags): string[] {
  return flagPaths(flags, 'knownAssetPath').map((path) => (path.startsWith('~') ? path : resolve(cwd, path)));
}
