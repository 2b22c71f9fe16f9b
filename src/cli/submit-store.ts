/** The store of a command that may leave it to the queue: where flags and settings name none, the queue's own, under its role. */
import type { Store } from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import type { Service } from './deadline.js';
import { flagSwitch } from './options/flags.js';
import { withOpenStore, withStore } from './services.js';
import { submitPlace } from './submit-place.js';

/** Runs `body` with the store. The service is asked for one only where flags and settings name none, but a queue. */
export async function withSubmitStore<T>(
  context: CommandContext,
  flags: CommandFlags,
  service: Service,
  body: (store: Store) => Promise<T>,
): Promise<T> {
  const { place } = submitPlace(context, flags);
  const create = flagSwitch(flags, 'plan') ? 'dry-run' : true;
  return place === undefined
    ? await withOpenStore(service.openStore(), body)
    : await withStore(context, { create, place }, body);
}

/** Runs `body` with the store to read from: that of flags and settings, else that of the queue. */
export async function withStoreToRead<T>(
  context: CommandContext,
  service: Service,
  body: (store: Store) => Promise<T>,
): Promise<T> {
  return context.settings.value('store') === undefined && service.hasIds()
    ? await withOpenStore(service.openStore('READ'), body)
    : await withStore(context, { create: false }, body);
}
