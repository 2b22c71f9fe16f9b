/** `manifest show`: what a manifest holds, in numbers. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Manifest, readManifest, sizeText } from '../../index.js';
import type { CommandContext, CommandOutcome } from '../command.js';
import { table } from '../output/table.js';

export function define(command: Command): void {
  command.argument('<file>', 'manifest');
}

export async function run(context: CommandContext, args: readonly string[]): Promise<CommandOutcome> {
  const file = resolve(context.cwd, args[0] ?? '');
  const { manifest, hash } = await readManifest(file, { signal: context.signal });
  const facts = { file, hash, ...describe(manifest) };
  return { text: textOf(facts), result: facts };
}

export interface ManifestFacts {
  readonly version: Manifest['version'];
  readonly type: 'snapshot' | 'diff';
  readonly hashAlg: string;
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly chunkedFiles: number;
  readonly deletions: number;
  /** As the manifest states it, bytes. */
  readonly totalSize: number;
  /** Sum over its files, bytes. */
  readonly sizeOfFiles: number;
  readonly largestFile: number;
}

/** Counts and sizes; deleted entries count as deletions alone. */
export function describe(manifest: Manifest): ManifestFacts {
  const v2023 = manifest.version === 'v2023-03-03';
  const entries = v2023 ? manifest.paths : manifest.files;
  const dirs = v2023 ? [] : manifest.dirs;
  const live = entries.filter((entry) => !('deleted' in entry && entry.deleted));
  const links = live.filter((entry) => 'symlinkTarget' in entry && entry.symlinkTarget !== undefined);
  const sizes = live.map((entry) => entry.size ?? 0);
  return {
    version: manifest.version,
    type: v2023 ? 'snapshot' : manifest.type,
    hashAlg: manifest.hashAlg,
    files: live.length - links.length,
    directories: dirs.filter((dir) => !dir.deleted).length,
    symlinks: links.length,
    chunkedFiles: live.filter((entry) => 'chunkhashes' in entry && entry.chunkhashes !== undefined).length,
    deletions: entries.length - live.length + dirs.filter((dir) => dir.deleted).length,
    totalSize: manifest.totalSize,
    sizeOfFiles: sizes.reduce((sum, size) => sum + size, 0),
    largestFile: sizes.reduce((most, size) => Math.max(most, size), 0),
  };
}

function textOf(facts: ManifestFacts & { readonly file: string; readonly hash: string }): string {
  const size = (bytes: number): string => `${sizeText(bytes)} (${bytes} bytes)`;
  return table([
    ['File', facts.file],
    ['XXH128', facts.hash],
    ['Version', `${facts.version} (${facts.type})`],
    ['Hash algorithm', facts.hashAlg],
    ['Files', String(facts.files)],
    ['Directories', String(facts.directories)],
    ['Symbolic links', String(facts.symlinks)],
    ['Chunked files', String(facts.chunkedFiles)],
    ['Deletions', String(facts.deletions)],
    ['Total size', size(facts.totalSize)],
    ['Size of files', size(facts.sizeOfFiles)],
    ['Largest file', size(facts.largestFile)],
  ]);
}
