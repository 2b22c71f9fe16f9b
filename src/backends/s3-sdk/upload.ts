/**
 * A local file becomes an object, through lib-storage: it cuts the file into parts and runs
 * them side by side; what each request says, and what happens to it, is decided here and in
 * `put.ts` and `multipart.ts`. Small files are one PutObject.
 */
import { lstat } from 'node:fs/promises';
import type { S3Client as AwsClient } from '@aws-sdk/client-s3';
import type { Xxh128 } from '../../model/hasher.js';
import { planParts } from '../../model/part-plan.js';
import type { CheckedS3Settings } from '../s3/settings.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import type { Call } from './calls.js';
import { FileFeed } from './file-feed.js';
import type { Multipart } from './multipart.js';
import { PartSender } from './part-sender.js';
import type { Putter } from './put.js';

/** Parts of one file that travel side by side; each holds its bytes in memory. */
const PARALLEL_PARTS = 4;

export interface FileSource {
  readonly path: string;
  /** The whole file without it. */
  readonly range?: { readonly offset: number; readonly length: number };
}

export interface UploadMeans {
  readonly putter: Putter;
  readonly multipart: Multipart;
  readonly settings: CheckedS3Settings;
  readonly xxh128: Xxh128;
}

/**
 * Stores the file. Memory: up to `PARALLEL_PARTS` + 1 parts. A failure or an abort ends the upload in
 * parts, if there is one, before this rejects.
 */
export async function uploadFile(
  means: UploadMeans,
  call: Call,
  source: FileSource,
  options: PutOptions | undefined,
): Promise<PutOutcome> {
  const { path, range } = source;
  const partSize = partBytes(range?.length ?? (await sizeHint(path)), means.settings.partSizeBytes);
  const feed = new FileFeed({
    ...{ subject: { ...call.subject, path }, range, signal: call.signal },
    ...{ xxh128: means.xxh128, promised: options?.xxh128 },
  });
  const sender = new PartSender(means, call, options, () => feed.stream.destroy());
  const upload = new call.storage.Upload({
    client: senderAs(call.client, sender),
    params: { Bucket: call.subject.bucket, Key: call.subject.key, Body: feed.stream },
    queueSize: PARALLEL_PARTS,
    partSize,
    leavePartsOnError: false,
  });
  try {
    await upload.done();
  } catch (error) {
    if (!sender.refused) throw sender.failure ?? error;
  } finally {
    await feed.close();
  }
  return sender.outcome;
}

/** Only the size of the parts depends on it; what is read is proved elsewhere. */
async function sizeHint(path: string): Promise<number> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.size ?? 0;
}

/** Up to the threshold everything is one "part", which lib-storage sends as one PutObject. */
function partBytes(size: number, partSizeBytes: number): number {
  return planParts(size, { partSizeBytes })?.partSizeBytes ?? 2 * partSizeBytes;
}

/** lib-storage takes a client: this one's requests go through `sender`, the rest is the real one's. */
function senderAs(client: AwsClient, sender: PartSender): AwsClient {
  return Object.create(client, {
    send: { value: (command: { input: unknown }) => sender.send(command) },
  }) as AwsClient;
}
