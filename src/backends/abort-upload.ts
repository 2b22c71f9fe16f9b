/**
 * Drops an upload in parts that will not be completed (spec/storage.md 2.7): three tries, ten
 * seconds, deaf to the caller's cancellation. What fails here is a warning and never an error.
 */
import { StorageError } from '../model/errors.js';
import { CancelledError } from '../pipeline/errors.js';
import type { Clock, Logger } from '../pipeline/types.js';
import { within } from './deadline.js';
import type { StorageClient } from './storage-client.js';

/** Tries in all, those that the client made by itself included. */
export const ABORT_TRIES = 3;
export const ABORT_MS = 10_000;

export interface OpenUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** `ended`: the upload was completed or aborted, or a warning has named it. */
export type UploadListener = (event: 'begun' | 'ended', upload: OpenUpload) => void;

/** Resolves when the upload is gone, or has been named in a warning. Says whether it is gone. */
export async function abortUpload(
  client: StorageClient,
  upload: OpenUpload,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<boolean> {
  let cause: unknown;
  const gone = within(aborted(client, upload), ABORT_MS, clock).catch((error: unknown) => {
    cause = error;
    return false;
  });
  if (await gone) return true;
  log('warning', text(upload), { ...upload, ...(cause instanceof Error && { cause: cause.message }) });
  return false;
}

async function aborted(client: StorageClient, { bucket, key, uploadId }: OpenUpload): Promise<true> {
  for (let tries = 0; ; ) {
    try {
      await client.abortMultipart(bucket, key, uploadId);
      return true;
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof StorageError)) throw error;
      tries += error.attempts;
      if (!error.retryable || tries >= ABORT_TRIES) throw error;
    }
  }
}

function text({ bucket, key, uploadId }: OpenUpload): string {
  const what = `the upload ${uploadId} of ${JSON.stringify(key)} in bucket ${JSON.stringify(bucket)}`;
  return `could not abort ${what}: its parts stay until a sweep of orphaned uploads or a lifecycle rule removes them`;
}
