/** Whether a bucket is there: a HEAD says of a missing one what it says of a missing object, and a listing tells them apart. */
import { StorageError } from '../model/errors.js';
import { casFolder } from '../model/s3-location.js';
import type { Store } from './store.js';

/** Rejects with `BucketNotFound` for a bucket that is not there. Who may not list is not told. */
export async function requireBucket({ client, location }: Store, signal?: AbortSignal): Promise<void> {
  const pages = client.listObjects(location.bucket, `${casFolder(location)}/`, { ...(signal && { signal }) });
  try {
    for await (const _ of pages) return;
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'AccessDenied') throw error;
  }
}
