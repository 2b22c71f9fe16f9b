/** What a queue says about attachments, and its role as the keys of a store. Asks only the port. */

import { StorageError } from '../model/errors.js';
import type {
  AssumeQueueRoleInput,
  Credentials,
  DeadlineApi,
  JobAttachmentSettings,
  Queue,
} from './deadline-api.js';
import { AttachmentSettingsError, DeadlineServiceError } from './errors.js';

/** Where the attachments of `queue` are. Throws {@link AttachmentSettingsError} where it takes none. */
export function attachmentSettingsOf(queue: Queue): JobAttachmentSettings {
  const { displayName, queueId, jobAttachmentSettings } = queue;
  const { s3BucketName = '', rootPrefix = '' } = jobAttachmentSettings ?? {};
  const place = `the queue ${JSON.stringify(displayName)} (${queueId})`;
  if (s3BucketName === '') {
    const problem = `${place} has no job attachment settings: set a bucket for it, or name another queue`;
    throw new AttachmentSettingsError('MissingJobAttachmentSettingsError', problem, queueId);
  }
  if (rootPrefix === '') {
    const problem = `the job attachment settings of ${place} have no root prefix`;
    throw new AttachmentSettingsError('MissingS3RootPrefixError', problem, queueId);
  }
  return { s3BucketName, rootPrefix };
}

/** Whose role, without the signal: the keys belong to nobody's call. */
export type QueueRole = Unsignalled<AssumeQueueRoleInput>;
type Unsignalled<Input> = Input extends unknown ? Omit<Input, 'signal'> : never;

/**
 * The role of a queue as a provider of keys, for the option `credentials` of an S3 store: every call asks the service,
 * and the store calls before the keys it has expire, once for all who wait. Rejects with `MissingCredentials` and what
 * the service said.
 */
export function queueRoleCredentials(
  deadline: Pick<DeadlineApi, 'assumeQueueRole'>,
  role: QueueRole,
): () => Promise<Credentials> {
  return async () => {
    try {
      return await deadline.assumeQueueRole(role);
    } catch (cause) {
      if (!(cause instanceof DeadlineServiceError)) throw cause;
      const { operation, httpStatus, hint } = cause;
      const problem = `the role of the queue ${role.queueId} cannot be assumed: ${cause.message}`;
      throw new StorageError('MissingCredentials', problem, {
        ...{ operation, cause },
        ...(httpStatus !== undefined && { httpStatus }),
        ...(hint !== undefined && { hint }),
      });
    }
  };
}
