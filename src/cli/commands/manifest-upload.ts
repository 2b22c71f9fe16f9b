/** `manifest upload`: a manifest file into the store, as it is and under its own name. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { manifestKey, putManifest, readManifest } from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { withService } from '../deadline.js';
import { flagKeyPrefix, flagPath } from '../options/flags.js';
import { escapeControls } from '../output/escape.js';
import { withOptions } from '../services.js';
import { withSubmitStore } from '../submit-store.js';

export function define(command: Command): void {
  command
    .argument('<file>', 'manifest to store')
    .option('--s3-cas-uri <uri>', 'same as --store, for s3://bucket/prefix')
    .option('--s3-cas-path <uri>', 'older name of --s3-cas-uri')
    .option('--s3-manifest-prefix <prefix>', 'folder below Manifests/ (default: none)')
    .option('--asset-root <path>', 'root that the manifest describes, stored with it as it is given');
}

export async function run(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const prefix = flagKeyPrefix(flags, 's3ManifestPrefix');
  const file = resolve(context.cwd, args[0] ?? '');
  const { manifest, bytes } = await readManifest(file, { signal: context.signal });
  const partialKey = prefix !== undefined ? `${prefix}/${basename(file)}` : basename(file);
  const assetRoot = flagPath(flags, 'assetRoot');
  return await withService(context, (service) =>
    withSubmitStore(context, flags, service, (store) =>
      withOptions(context, {}, async (options) => {
        const key = manifestKey(store.location, partialKey);
        const hash = await putManifest({ ...options, store, manifest, assetRoot }, key, bytes);
        return { text: `${escapeControls(key)}\n`, result: { manifest: file, key, hash } };
      }),
    ),
  );
}
