/** `attachment upload`: the files of manifests, and the manifests themselves, into the store. */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  hostFormat,
  type Manifest,
  type PathMappingRule,
  type PresetOptions,
  readManifest,
  type Store,
  type SummaryStatistics,
  sumStatistics,
  uploadManifestContents,
  uploadManifestFile,
  ValidationError,
} from '../../index.js';
import type { CommandContext, CommandFlags, CommandOutcome } from '../command.js';
import { withService } from '../deadline.js';
import { UsageError } from '../errors.js';
import { flagKeyPrefix, flagPath, flagPaths, repeatable } from '../options/flags.js';
import { readPathMappingFile } from '../options/path-mapping-file.js';
import { statsDocument } from '../output/stats.js';
import { summaryLines } from '../output/summary.js';
import { type RootedManifest, sourcesByRule } from '../roots.js';
import { withOptions } from '../services.js';
import { specifiedDirectory } from '../specified-directory.js';
import { withSubmitStore } from '../submit-store.js';

export function define(command: Command): void {
  repeatable(command, '-m, --manifests <file>', 'manifest whose files to store');
  repeatable(command, '-r, --root-dirs <dir>', 'root of a manifest');
  command
    .option('--path-mapping-rules <file>', 'rules that say where the files of a manifest are')
    .option('--upload-manifest-path <prefix>', 'also store the manifests, below Manifests/<prefix>/')
    .option('--force-s3-check', 'ask the store for every object instead of trusting the cache')
    .option('--no-force-s3-check', 'trust the cache');
}

interface Uploaded {
  readonly manifest: string;
  readonly root: string;
  readonly key?: string;
  readonly hash?: string;
}

export async function run(
  context: CommandContext,
  _args: readonly string[],
  flags: CommandFlags,
): Promise<CommandOutcome> {
  const prefix = flagKeyPrefix(flags, 'uploadManifestPath');
  const { cwd, signal } = context;
  const files = flagPaths(flags, 'manifests').map((file) => resolve(cwd, file));
  if (files.length === 0) throw new UsageError('-m/--manifests is required');
  const rules = await rulesOf(context, flags);
  const read = await Promise.all(files.map((file) => readManifest(file, { signal })));
  const manifests = read.map(({ manifest }) => manifest);
  const sources = sourcesByRule(files, rules, cwd);
  const { uploaded, stats } = await uploadAll(context, flags, { sources, manifests, prefix });
  return {
    text: `${summaryLines('Upload Summary:', stats).join('\n')}\n`,
    result: { manifests: uploaded },
    stats: statsDocument(stats),
  };
}

async function rulesOf(context: CommandContext, flags: CommandFlags): Promise<readonly PathMappingRule[]> {
  const file = flagPath(flags, 'pathMappingRules');
  const roots = flagPaths(flags, 'rootDirs');
  if ((file === undefined) === (roots.length === 0)) {
    throw new ValidationError(
      'NonValidInputError',
      'One of path mapping rule and root dir must exist, and not both.',
    );
  }
  if (file !== undefined) return await readPathMappingFile(resolve(context.cwd, file), context.signal);
  const paths = await Promise.all(roots.map((root) => specifiedDirectory(context.cwd, root, 'root')));
  return paths.map((path) => ({ sourcePathFormat: hostFormat, sourcePath: path, destinationPath: path }));
}

interface Uploads {
  readonly sources: readonly RootedManifest[];
  /** Of each source, in order. */
  readonly manifests: readonly Manifest[];
  readonly prefix: string | undefined;
}

async function uploadAll(
  context: CommandContext,
  flags: CommandFlags,
  { sources, manifests, prefix }: Uploads,
): Promise<{ uploaded: Uploaded[]; stats: SummaryStatistics }> {
  const startedMs = performance.now();
  const upload = async (store: Store, options: PresetOptions) => {
    const uploaded: Uploaded[] = [];
    const each: SummaryStatistics[] = [];
    for (const [index, source] of sources.entries()) {
      const manifest = manifests[index];
      if (!manifest) continue;
      const { file: manifestName, root } = source;
      each.push(await uploadManifestContents({ ...options, manifest, manifestName, root, store }));
      uploaded.push(await withManifest(source, manifest, prefix, store, options));
    }
    return { uploaded, stats: sumStatistics(each, (performance.now() - startedMs) / 1000) };
  };
  return await withService(context, (service) =>
    withSubmitStore(context, flags, service, (store) =>
      withOptions(context, { hashCache: true, checkCache: true }, (options) => upload(store, options)),
    ),
  );
}

/** Stores the manifest where `--upload-manifest-path` says, after its contents, so that a stored manifest promises them. */
async function withManifest(
  source: RootedManifest,
  manifest: Manifest,
  prefix: string | undefined,
  store: Store,
  options: PresetOptions,
): Promise<Uploaded> {
  const uploaded = { manifest: source.file, root: source.root };
  if (prefix === undefined) return uploaded;
  const partialKey = `${prefix}/${basename(source.file)}`;
  const assetRoot = source.sourcePath;
  return {
    ...uploaded,
    ...(await uploadManifestFile({ ...options, store, partialKey, manifest, assetRoot })),
  };
}
