/** One debug line for each request that failed, with all by which the store's side can find it. */
import { StorageError } from '../model/errors.js';
import type { Logger } from '../pipeline/types.js';

/** `attempt` counts the tries of one call from 1. Logs nothing for calls that were cancelled. */
export function logFailure(log: Logger, error: unknown, attempt = 1): void {
  if (!(error instanceof StorageError)) return;
  const { message, operation, bucket, key, httpStatus, s3Code, requestId } = error;
  const request = requestId === undefined ? '' : `, request id ${requestId}`;
  log('debug', `${message} (try ${attempt}${request})`, {
    ...{ operation, bucket, key, httpStatus, s3Code, requestId, attempt },
  });
}
