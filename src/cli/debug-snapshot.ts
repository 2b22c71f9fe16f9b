/** `--save-debug-snapshot`: the place of a snapshot, a directory or a ZIP archive (spec/files-and-submission.md 7.5). */
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { localIoReason } from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import { UsageError } from './errors.js';
import { flagPath } from './options/flags.js';
import { zipDirectory } from './output/zip-file.js';

/** Absolute path of the snapshot, if one is asked for. Throws {@link UsageError} beside `--store`: it is a store itself. */
export function snapshotPlace({ settings, cwd }: CommandContext, flags: CommandFlags): string | undefined {
  const given = flagPath(flags, 'saveDebugSnapshot');
  if (given === undefined) return undefined;
  if (settings.origin('store').startsWith('flag ')) {
    throw new UsageError('--save-debug-snapshot and --store exclude each other');
  }
  return resolve(cwd, given);
}

/** Runs `body` with the directory of the snapshot; that of an archive is packed afterwards, and removed. */
export async function withSnapshotDirectory<T>(
  place: string,
  signal: AbortSignal,
  body: (directory: string) => Promise<T>,
): Promise<T> {
  if (!place.toLowerCase().endsWith('.zip')) return await body(place);
  const directory = await temporaryBeside(place);
  try {
    const result = await body(directory);
    await zipDirectory(directory, place, signal);
    return result;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** On the disk that has to hold the archive too. */
async function temporaryBeside(place: string): Promise<string> {
  try {
    return await mkdtemp(join(dirname(place), `.${basename(place)}-`));
  } catch (cause) {
    throw new UsageError(`--save-debug-snapshot ${place} cannot be written: ${localIoReason(cause)}`, {
      cause,
    });
  }
}
