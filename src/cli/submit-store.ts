/** Where a submission goes: a directory, the store of the settings, or that of the queue. */
import type { Store } from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import type { Service } from './deadline.js';
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
  return place === undefined
    ? await withOpenStore(service.openStore(), body)
    : await withStore(context, { create: true, place }, body);
}
