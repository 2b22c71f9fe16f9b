/**
 * Whether a put that may not or could not be made is made already: an object of the right size
 * is under its key (spec/storage.md 2.4 conflict class, 2.5). Keys name their content, so size decides.
 */
import { stat } from 'node:fs/promises';
import { CancelledError } from '../pipeline/errors.js';
import type { StoreCall } from './forwarding.js';
import type { HeadResult, StorageClient } from './storage-client.js';

type Asked = Pick<StoreCall, 'bucket' | 'key' | 'options'>;

/** The object of a put; `undefined` when it is not there with the size of the body, or the store did not answer. */
export async function alreadyThere(client: StorageClient, call: StoreCall): Promise<HeadResult | undefined> {
  const [size, head] = await Promise.all([bodySize(call), headIfAnswered(client, call)]);
  return head && head.size === size ? head : undefined;
}

/** The object of a put, `null` when there is none, `undefined` when the store did not answer. */
export async function headIfAnswered(
  client: StorageClient,
  { bucket, key, options }: Asked,
): Promise<HeadResult | null | undefined> {
  try {
    const { signal } = options ?? {};
    return await client.headObject(bucket, key, signal && { signal });
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return undefined;
  }
}

async function bodySize({ bodyBytes, path }: StoreCall): Promise<number | undefined> {
  if (bodyBytes !== undefined || path === undefined) return bodyBytes;
  return (await stat(path).catch(() => undefined))?.size;
}
