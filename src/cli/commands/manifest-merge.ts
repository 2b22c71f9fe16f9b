/** `manifest merge`: several manifests as one, where later files win over earlier ones. */
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  composeManifests,
  type Manifest,
  type ManifestV2023,
  type ManifestV2025,
  mergeManifests,
  readManifest,
  snapshotFileName,
  ValidationError,
  writeManifest,
} from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { flagPath, flagText, requiredText } from '../options/flags.js';
import { escapeControls } from '../output/escape.js';

export function define(command: Command): void {
  command
    .argument('<files...>', 'manifests in order; entries of later ones win')
    .option('--root <dir>', 'root that the manifests describe')
    .option('-o, --output <file>', 'manifest to write (default: a name after the root, in --destination)')
    .option('-d, --destination <dir>', 'directory of the default name (default: the root)')
    .option('-n, --name <name>', 'first part of the default name');
}

export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const root = resolve(context.cwd, requiredText(flags, 'root', '--root'));
  const { cwd, signal } = context;
  const files = args.map((file) => resolve(cwd, file));
  const read = await Promise.all(files.map((file) => readManifest(file, { signal })));
  const manifests = read.map(({ manifest }) => manifest);
  const merged = combine(manifests, files);
  const manifest = outputFile(context, root, flags);
  const { hash } = await writeManifest(manifest, merged);
  return { text: `${escapeControls(manifest)}\n`, result: { root, manifest, hash } };
}

/** 2025 manifests are a snapshot and the diffs that follow it; of v2023 there are only snapshots (spec/manifests.md 10.5, 10.6). */
function combine(manifests: readonly Manifest[], files: readonly string[]): Manifest {
  const names = files.map((file) => `manifest ${JSON.stringify(file)}`);
  const v2023 = manifests.filter((each): each is ManifestV2023 => each.version === 'v2023-03-03');
  const v2025 = manifests.filter((each): each is ManifestV2025 => each.version !== 'v2023-03-03');
  if (v2023.length === 0) return composeManifests(v2025, { names });
  const merged = v2025.length === 0 ? mergeManifests(v2023) : null;
  if (merged) return merged;
  const old = names[manifests.findIndex(({ version }) => version === 'v2023-03-03')];
  const young = names[manifests.findIndex(({ version }) => version !== 'v2023-03-03')];
  throw new ValidationError(
    'NonValidInputError',
    `v2023-03-03 manifests and those of the 2025 formats cannot be merged with each other: ${old} is one, ${young} the other`,
  );
}

function outputFile(context: CommandContext, root: string, flags: CommandFlags): string {
  const output = flagPath(flags, 'output');
  if (output !== undefined) return resolve(context.cwd, output);
  const directory = resolve(context.cwd, flagPath(flags, 'destination') ?? root);
  return join(directory, snapshotFileName(root, flagText(flags, 'name')));
}
