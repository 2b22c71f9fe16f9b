/** `manifest snapshot`: a manifest of a directory, or of what changed in it (spec/files-and-submission.md 1.6). */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ManifestV2023, readManifest, snapshotDirectory, ValidationError } from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { withVisibleFiles } from '../hidden-files.js';
import { flagPath, flagSwitch, flagText, requiredText } from '../options/flags.js';
import { addGlobFlags } from '../options/glob-flags.js';
import { escapeControls } from '../output/escape.js';
import { defined, withOptions } from '../services.js';
import { specifiedDirectory } from '../specified-directory.js';

export function define(command: Command): void {
  command
    .option('--root <dir>', 'directory to describe')
    .option('-d, --destination <dir>', 'where the manifest is written (default: the root)')
    .option('-n, --name <name>', 'first part of the file name (default: the root with _ as separator)')
    .option('--diff <file>', 'manifest to compare with: only new and modified files are written')
    .option('--force-rehash', 'compare by content instead of size and time')
    .option('--hidden', 'include names with a leading dot');
  addGlobFlags(command);
}

export async function run(
  context: CommandContext,
  _args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const root = await specifiedDirectory(context.cwd, requiredText(flags, 'root', '--root'), 'root');
  const given = flagPath(flags, 'destination');
  const destination =
    given === undefined ? root : await specifiedDirectory(context.cwd, given, 'destination');
  const base = await baseManifest(context, flagPath(flags, 'diff'));
  const request = {
    root,
    destination,
    forceRehash: flagSwitch(flags, 'forceRehash'),
    symlinks: 'collapse_all' as const,
  };
  const more = defined({ name: flagText(flags, 'name'), base });
  const written = await withVisibleFiles(context, flags, (filter) =>
    withOptions(context, { hashCache: true }, (options) =>
      snapshotDirectory({ ...options, ...request, ...more, ...defined({ filter }) }),
    ),
  );
  return written
    ? outcomeOf(root, written.path)
    : { text: '', notes: ['No manifest generated'], result: null };
}

function outcomeOf(root: string, manifest: string): CommandOutcome {
  const document = { root, manifest };
  return { text: `${escapeControls(manifest)}\n`, result: document, document };
}

async function baseManifest(
  context: CommandContext,
  file: string | undefined,
): Promise<ManifestV2023 | undefined> {
  if (file === undefined) return undefined;
  const { manifest } = await readManifest(resolve(context.cwd, file), { signal: context.signal });
  if (manifest.version === 'v2023-03-03') return manifest;
  throw new ValidationError(
    'NonValidInputError',
    `--diff ${file} is a ${manifest.version} manifest; a snapshot is compared with v2023-03-03 only`,
  );
}
