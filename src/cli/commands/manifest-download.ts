/** `manifest download`: the manifests of a job as files, one per root. */
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  type GatheredManifest,
  gatherManifests,
  localIoError,
  makeDirectories,
  snapshotFileName,
  writeManifest,
} from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { withService } from '../deadline.js';
import { jobManifests, wantedManifests } from '../job-manifests.js';
import { escapeControls } from '../output/escape.js';
import { withOptions } from '../services.js';
import { withStoreToRead } from '../submit-store.js';

export function define(command: Command): void {
  command
    .argument('<dir>', 'directory that receives the manifests')
    .option('--job-id <id>', 'job whose manifests to fetch')
    .option(
      '--step-id <id>',
      'of outputs those of this step; to the inputs also those of the steps before it',
    )
    .option('--asset-type <type>', 'input, output or all (default: all)')
    .option(
      '--manifest-key <keys...>',
      'input manifests, as keys below Manifests/, in place of asking the service',
    );
}

interface Downloaded {
  /** `null` where the stored manifest does not say it. */
  readonly manifest_root: string | null;
  readonly local_manifest_path: string;
}

export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const directory = resolve(context.cwd, args[0] ?? '');
  const wanted = wantedManifests(flags);
  const downloaded = await withService(context, (service) =>
    withStoreToRead(context, service, (store) =>
      withOptions(context, {}, async (options) => {
        const manifests = await jobManifests(context, service, store, wanted);
        return await writeAll(directory, await gatherManifests({ ...options, ...manifests, store }));
      }),
    ),
  );
  const lines = downloaded.map(({ local_manifest_path: path }) => `${escapeControls(path)}\n`);
  return { text: lines.join(''), result: { downloaded }, document: { downloaded } };
}

async function writeAll(directory: string, manifests: readonly GatheredManifest[]): Promise<Downloaded[]> {
  await makeDirectories(directory).catch((error: unknown) => {
    throw localIoError(error, { operation: 'downloadManifests', path: directory, side: 'target' });
  });
  const downloaded: Downloaded[] = [];
  for (const { assetRoot, key, manifest } of manifests) {
    const path = join(directory, assetRoot === undefined ? basename(key) : snapshotFileName(assetRoot));
    await writeManifest(path, manifest);
    downloaded.push({ manifest_root: assetRoot ?? null, local_manifest_path: path });
  }
  return downloaded;
}
