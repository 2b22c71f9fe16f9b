/** `--storage-profile FILE|ID` (spec/worker-and-cli.md 4.2). */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readStorageProfile, type StorageProfile } from '../../index.js';
import type { CommandContext } from '../command.js';
import type { Service } from '../deadline.js';
import { UsageError } from '../errors.js';
import { readDocumentFile } from './document-file.js';

const ID = /^sp-[0-9A-Za-z]+$/;

/**
 * The storage profile in force, if any: a file that holds one, or the id of one that the service is
 * asked for. Throws `UsageError` for a text that is neither, `NonValidInputError` naming file and member.
 */
export async function storageProfileOf(
  context: CommandContext,
  service: Service,
): Promise<StorageProfile | undefined> {
  const given = context.settings.value('storageProfile');
  if (given === undefined) return undefined;
  const file = resolve(context.cwd, given);
  const { signal } = context;
  if (await isThere(file)) {
    return readStorageProfile(await readDocumentFile('--storage-profile', file, signal), file);
  }
  if (!ID.test(given)) {
    throw new UsageError(`--storage-profile ${given} is neither a file nor the id of a storage profile`);
  }
  const ids = service.ids();
  const deadline = await service.api();
  return readStorageProfile(
    await deadline.getStorageProfileForQueue({ ...ids, storageProfileId: given, signal }),
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
