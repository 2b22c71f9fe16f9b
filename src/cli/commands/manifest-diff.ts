/** `manifest diff`: what changed in a directory since its manifest was made (spec/files-and-submission.md 3). */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import {
  diffDirectory,
  type Manifest,
  type PrintedDiff,
  printedDiff,
  readManifest,
  type SymlinkPolicy,
} from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { EXIT } from '../errors.js';
import { withVisibleFiles } from '../hidden-files.js';
import { flagSwitch, requiredText } from '../options/flags.js';
import { addGlobFlags } from '../options/glob-flags.js';
import { changeTree } from '../output/change-tree.js';
import { defined, withOptions } from '../services.js';

export function define(command: Command): void {
  command
    .option('--root <dir>', 'directory to compare')
    .option('--manifest <file>', 'manifest to compare it with')
    .option('--force-rehash', 'compare by content instead of size and time')
    .option('--hidden', 'include names with a leading dot')
    .option('--exit-code', 'exit with 3 when there are differences');
  addGlobFlags(command);
}

export async function run(
  context: CommandContext,
  _args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const root = resolve(context.cwd, requiredText(flags, 'root', '--root'));
  const file = resolve(context.cwd, requiredText(flags, 'manifest', '--manifest'));
  const { manifest } = await readManifest(file, { signal: context.signal });
  const forceRehash = flagSwitch(flags, 'forceRehash');
  const verb = forceRehash ? undefined : 'Comparing'; // by content, it mostly hashes
  const { stats, ...result } = await withVisibleFiles(context, flags, (filter) =>
    withOptions(context, {}, (options) =>
      diffDirectory({
        ...options,
        ...defined({ filter, symlinks: linkPolicy(manifest) }),
        root,
        manifest,
        filterScope: 'disk',
        forceRehash,
        onProgress: (progress) => context.report(progress, verb),
      }),
    ),
  );
  const diff = printedDiff(result);
  return {
    text: changeTree(root, diff, context.colour),
    result: diff,
    stats,
    document: diff,
    documentIndent: 4,
    exitCode: flagSwitch(flags, 'exitCode') && differs(diff) ? EXIT.different : EXIT.done,
  };
}

/** The commands enter linked directories; a 2025 manifest holds links as such, which its own policy compares. */
function linkPolicy(manifest: Manifest): SymlinkPolicy | undefined {
  return manifest.version === 'v2023-03-03' ? 'collapse_all' : undefined;
}

function differs(diff: PrintedDiff): boolean {
  return diff.new.length + diff.modified.length + diff.deleted.length > 0;
}
