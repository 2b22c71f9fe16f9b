/**
 * What `submit` is told to attach: the paths on its command line, and those of a file of references
 * (spec/worker-and-cli.md 4.2). Knows no store.
 */
import { dirname, resolve } from 'node:path';
import {
  type AssetReferences,
  hasReferences,
  hostFormat,
  mergeAssetReferences,
  NO_REFERENCES,
  readAssetReferences,
  StorageError,
  validateInputPaths,
} from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import { UsageError } from './errors.js';
import { readDocumentFile } from './options/document-file.js';
import { flagPath, flagPaths } from './options/flags.js';

export interface SubmitInputs {
  readonly references: AssetReferences;
  /** The directory that was named, where nothing else was. */
  readonly onlyDirectory?: string;
  /** What the user named, of files their directories. */
  readonly named: readonly string[];
}

/**
 * Reads arguments and flags. Rejects with `PathNotFound` for an input on the command line that is
 * not there, and with {@link UsageError} where nothing was named at all.
 */
export async function submitInputs(
  context: CommandContext,
  args: readonly string[],
  flags: CommandFlags,
): Promise<SubmitInputs> {
  const absolute = (paths: readonly string[]): string[] => paths.map((path) => resolve(context.cwd, path));
  const inputs = absolute([...args, ...flagPaths(flags, 'input')]);
  const outputDirectories = absolute(flagPaths(flags, 'outputDir'));
  const referencedPaths = absolute(flagPaths(flags, 'reference'));
  const { validFiles, directories, missing } = await validateInputPaths(inputs);
  for (const path of missing) throw notThere(path);
  const listed = await listedReferences(context, flags);
  const references = mergeAssetReferences(
    { inputFilenames: validFiles, inputDirectories: directories, outputDirectories, referencedPaths },
    listed ?? NO_REFERENCES,
  );
  if (!listed && !hasReferences(references)) throw new UsageError('submit needs at least one PATH');
  const named = [...directories, ...validFiles.map(dirname), ...outputDirectories, ...referencedPaths];
  const [onlyDirectory] = isOneDirectory(references) ? directories : [];
  return { references, named, ...(onlyDirectory !== undefined && { onlyDirectory }) };
}

async function listedReferences(
  context: CommandContext,
  flags: CommandFlags,
): Promise<AssetReferences | undefined> {
  const given = flagPath(flags, 'assetReferences');
  if (given === undefined) return undefined;
  const file = resolve(context.cwd, given);
  const document = await readDocumentFile('--asset-references', file, context.signal);
  const onWarning = (message: string): void => context.log('warning', message);
  return readAssetReferences(document, { format: hostFormat, onWarning, file });
}

function isOneDirectory(references: AssetReferences): boolean {
  const paths = Object.values(references).flat();
  return paths.length === 1 && references.inputDirectories.length === 1;
}

function notThere(path: string): StorageError {
  return new StorageError('PathNotFound', `${JSON.stringify(path)} does not exist`, { path });
}
