/** The requests that a cut body is made of, for whole objects and for ranges. Knows no tries. */
import type { BodyCalls, CutAnswer } from './cut-body.js';
import type { StoreCall } from './forwarding.js';
import type { HeadResult, RangeOptions, StorageClient } from './storage-client.js';
import type { Moved } from './tries.js';

type Got = { readonly data: Uint8Array; readonly head: HeadResult };

/** For `getObject`: the rest is asked for as a range; what the store says of the object came with the first answer. */
export function objectCalls(client: StorageClient, call: StoreCall, moved: Moved): BodyCalls<Got> {
  const { method, bucket, key } = call;
  const options = { ...call.options, ...moved.changes };
  return {
    subject: { operation: method, bucket, key },
    whole: () => client.getObject(bucket, key, options),
    rest: (have, { etag, totalBytes }) =>
      client.getObjectRange(bucket, key, have, totalBytes - 1, { ...options, ifMatch: etag }),
    joined: (data, { head }) => ({ data, head: head ?? { key, size: data.length, userMetadata: {} } }),
    answerOf: ({ etag, head, totalBytes = head?.size }) =>
      head && answer(etag ?? head.etag, totalBytes, head),
    dropped: () => moved.takeBack(),
  };
}

/** For `getObjectRange`, whose own `ifMatch` holds for every piece. */
export function rangeCalls(
  client: StorageClient,
  call: StoreCall,
  { start, end }: { readonly start: number; readonly end: number },
  moved: Moved,
): BodyCalls<Uint8Array> {
  const { method, bucket, key } = call;
  const options: RangeOptions = { ...call.options, ...moved.changes };
  return {
    subject: { operation: method, bucket, key },
    whole: () => client.getObjectRange(bucket, key, start, end, options),
    rest: (have, { etag }) =>
      client.getObjectRange(bucket, key, start + have, end, { ...options, ifMatch: etag }),
    joined: (data) => data,
    answerOf: ({ etag = options.ifMatch, totalBytes }) => answer(etag, totalBytes),
    dropped: () => moved.takeBack(),
  };
}

function answer(
  etag: string | undefined,
  totalBytes: number | undefined,
  head?: HeadResult,
): CutAnswer | undefined {
  if (etag === undefined || totalBytes === undefined) return undefined;
  return { etag, totalBytes, ...(head && { head }) };
}
