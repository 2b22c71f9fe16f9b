/**
 * The Deadline Cloud service as the settings reach it, connected when it is first needed, and the
 * store of a queue. Knows no command.
 */
import {
  attachmentSettingsOf,
  createDeadlineApi,
  type DeadlineApi,
  type DeadlineApiOptions,
  queueRoleCredentials,
  type Store,
} from '../index.js';
import type { CommandContext } from './command.js';
import { UsageError } from './errors.js';
import type { Settings } from './options/settings.js';
import { defined, networkOptions, openQueueStore } from './services.js';
import { namesQueue } from './submit-place.js';

/** A farm and a queue in it. */
export interface QueueIds {
  readonly farmId: string;
  readonly queueId: string;
}

/** How the service is reached. What the settings leave open the AWS SDK's own chains decide. */
function serviceOptions(context: CommandContext): DeadlineApiOptions {
  const { settings } = context;
  return defined({
    ...networkOptions(context),
    region: serviceRegion(settings),
    endpoint: settings.value('deadlineEndpointUrl') ?? settings.value('endpointUrl'),
  });
}

/** The region of a farm beats the variables of AWS, which mean every service. */
function serviceRegion(settings: Settings): string | undefined {
  const [region, farmRegion] = [settings.value('region'), settings.value('farmRegion')];
  const isGeneral = settings.origin('region').startsWith('variable AWS_');
  return isGeneral ? (farmRegion ?? region) : (region ?? farmRegion);
}

export class Service {
  #api: Promise<DeadlineApi> | undefined;

  constructor(readonly context: CommandContext) {}

  /** The connection, one for the whole run. */
  api(): Promise<DeadlineApi> {
    this.#api ??= createDeadlineApi(serviceOptions(this.context));
    return this.#api;
  }

  /** Whether there is a queue to ask about. */
  hasIds(): boolean {
    return namesQueue(this.context.settings);
  }

  /** The ids in force. Throws {@link UsageError} where one is missing. */
  ids(): QueueIds {
    const farmId = this.context.settings.value('farmId');
    const queueId = this.context.settings.value('queueId');
    if (farmId === undefined) throw new UsageError('--farm-id is required');
    if (queueId === undefined) throw new UsageError('--queue-id is required');
    return { farmId, queueId };
  }

  /** The store of the queue's attachments, under the queue's role: the one that may write, unless `READ`. */
  async openStore(mode: 'USER' | 'READ' = 'USER'): Promise<Store> {
    const ids = this.ids();
    const { signal } = this.context;
    const deadline = await this.api();
    const { s3BucketName, rootPrefix } = attachmentSettingsOf(await deadline.getQueue({ ...ids, signal }));
    const credentials = queueRoleCredentials(deadline, { ...ids, mode });
    return await openQueueStore(this.context, { bucket: s3BucketName, rootPrefix }, credentials);
  }

  async close(): Promise<void> {
    const api = await this.#api?.catch(() => undefined);
    api?.close();
  }
}

/** Runs `body` with the service, which is not asked for anything until `body` does. */
export async function withService<T>(
  context: CommandContext,
  body: (service: Service) => Promise<T>,
): Promise<T> {
  const service = new Service(context);
  try {
    return await body(service);
  } finally {
    await service.close();
  }
}
