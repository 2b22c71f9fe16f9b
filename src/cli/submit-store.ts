/** Where a submission goes: a directory, the store of the settings, or that of the queue. */
import { resolve } from 'node:path';
import type { Store } from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import type { Service } from './deadline.js';
import { UsageError } from './errors.js';
import { flagText } from './options/flags.js';
import { withOpenStore, withStore } from './services.js';

/** Runs `body` with the store. The service is asked for one only where flags and settings name none, but a queue. */
export async function withSubmitStore<T>(
  context: CommandContext,
  flags: CommandFlags,
  service: Service,
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const { settings } = context;
  const snapshotTo = flagText(flags, 'snapshotTo');
  if (snapshotTo !== undefined) {
    if (settings.origin('store').startsWith('flag ')) {
      throw new UsageError('--snapshot-to and --store exclude each other');
    }
    return await withStore(context, { create: true, place: resolve(context.cwd, snapshotTo) }, body);
  }
  const hasQueue = settings.value('farmId') !== undefined && settings.value('queueId') !== undefined;
  if (settings.value('store') !== undefined || !hasQueue)
    return await withStore(context, { create: true }, body);
  return await withOpenStore(service.openStore(), body);
}
