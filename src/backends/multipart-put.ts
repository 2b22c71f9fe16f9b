/**
 * One object that is stored in parts, from create to complete or abort (spec/storage.md 2.5 and
 * 2.7). A store that lost the upload, refuses its parts or gave it to a racing writer is met by one
 * more upload from the beginning; whether a completion without an answer was made, HEAD decides.
 */
import { StorageError, type StorageErrorKind } from '../model/errors.js';
import type { Xxh128 } from '../model/hasher.js';
import type { PartPlan } from '../model/part-plan.js';
import type { Budget, Clock, Logger } from '../pipeline/types.js';
import { abortUpload, type UploadListener } from './abort-upload.js';
import { headIfAnswered } from './already-there.js';
import { throwIfAborted } from './cancel.js';
import { checkDigest, checkFileDigest } from './contract.js';
import { withGrace } from './deadline.js';
import type { ObjectSubject } from './errors.js';
import type { PartSource } from './part-source.js';
import { retryClassOf } from './retry-classes.js';
import { SETTLE_MS, sendParts } from './send-parts.js';
import type { Part, PutOptions, PutOutcome, StorageClient } from './storage-client.js';
import { Moved } from './tries.js';

export interface MultipartDeps {
  readonly client: StorageClient;
  readonly onUpload: UploadListener;
  readonly xxh128: Xxh128;
  readonly budget: Budget | undefined;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface PartsPut {
  readonly subject: ObjectSubject;
  readonly source: PartSource;
  readonly plan: PartPlan;
  /** Parts in flight. */
  readonly atOnce: number;
  readonly options: PutOptions;
}

/** Uploads in all: a store that fails a second one in the same way is not asked again. */
const UPLOADS = 2;

/** Ends an upload that is worth another one; never leaves this file. */
class StartAgain extends Error {
  constructor(readonly reason: unknown) {
    super('start the upload again');
  }
}

/** Stores the object. The outcome and the errors are those of a put; `InvalidMultipart` when parts were refused twice. */
export async function putInParts(deps: MultipartDeps, put: PartsPut): Promise<PutOutcome> {
  throwIfAborted(put.options.signal);
  const moved = new Moved(put.options.onBytes);
  for (let upload = 1; ; upload += 1) {
    try {
      return await uploadOnce(deps, put, moved);
    } catch (error) {
      if (!(error instanceof StartAgain)) throw error;
      if (upload === UPLOADS) throw error.reason;
      moved.takeBack();
    }
  }
}

async function uploadOnce(deps: MultipartDeps, put: PartsPut, moved: Moved): Promise<PutOutcome> {
  const { client, clock, onUpload } = deps;
  const { bucket, key } = put.subject;
  const { signal, onBytes: _, ...options } = put.options;
  // The id is needed to clean up, so a cancelled call waits a little for it.
  const uploadId = await withGrace(signal, SETTLE_MS, clock, (grace) =>
    client.createMultipart(bucket, key, { ...options, signal: grace }),
  );
  const upload = { bucket, key, uploadId };
  onUpload('begun', upload);
  let isDone = false;
  try {
    throwIfAborted(signal);
    const parts = await sent(deps, put, uploadId, moved);
    const outcome = await completed(deps, put, uploadId, parts);
    isDone = outcome.isClean;
    return outcome.put;
  } finally {
    if (!isDone) await abortUpload(client, upload, deps);
    onUpload('ended', upload);
  }
}

/** Sends the parts; rejects with `FileChanged`, or `ChecksumMismatch` for bytes, when they are not what was promised. */
async function sent(
  { client, xxh128, budget, clock }: MultipartDeps,
  { subject, source, plan, atOnce, options }: PartsPut,
  uploadId: string,
  moved: Moved,
): Promise<readonly Part[]> {
  const { bucket, key } = subject;
  const { signal } = options;
  const hash = options.xxh128 === undefined ? undefined : xxh128.create();
  const parts = await sendParts({
    ...{ source, plan, atOnce, hash, budget, clock, signal },
    send: (number, data, stop) =>
      client.uploadPart(bucket, key, uploadId, number, data, { ...moved.changes, signal: stop }),
  }).catch((error: unknown) => {
    throw isKind(error, 'NoSuchUpload') ? new StartAgain(error) : error;
  });
  const { path } = source;
  if (hash && path !== undefined) checkFileDigest(hash.digest(), options, { ...subject, path });
  else if (hash) checkDigest(hash.digest(), options, subject);
  return parts;
}

/** Joins the parts. `isClean` says that nothing of the upload can be left. */
async function completed(
  { client, clock }: MultipartDeps,
  { subject, source, options }: PartsPut,
  uploadId: string,
  parts: readonly Part[],
): Promise<{ put: PutOutcome; isClean: boolean }> {
  const { bucket, key } = subject;
  const { signal, onBytes: _, ...rest } = options;
  try {
    const put = await withGrace(signal, SETTLE_MS, clock, (grace) =>
      client.completeMultipart(bucket, key, uploadId, parts, { ...rest, signal: grace }),
    );
    return { put, isClean: put.created };
  } catch (error) {
    if (isKind(error, 'InvalidMultipart')) throw new StartAgain(error);
    if (!mayBeMade(error)) throw error;
    const head = await headIfAnswered(client, { bucket, key, options });
    if (head === undefined) throw error;
    if (head?.size !== source.size) throw new StartAgain(error);
    const created = retryClassOf(error) !== 'conflict';
    return { put: { created, ...(head.etag !== undefined && { etag: head.etag }) }, isClean: false };
  }
}

/** The completion, or another writer's, may have happened: no answer came, or only to an earlier try. */
function mayBeMade(error: unknown): boolean {
  const kind = retryClassOf(error);
  return isKind(error, 'NoSuchUpload') || kind === 'transient' || kind === 'conflict';
}

function isKind(error: unknown, kind: StorageErrorKind): boolean {
  return error instanceof StorageError && error.kind === kind;
}
