/** CopyObject: bytes move inside the store, details come along or are replaced. */
import { StorageError } from '../../model/errors.js';
import { detailsOf } from '../contract.js';
import type { StoreFeatures } from '../s3/features.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import type { Call } from './calls.js';
import { detailInput } from './details.js';
import { notAnAnswer, typedError } from './failures.js';
import { isStatus } from './put.js';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
}

/** `xxh128` is not checked: nobody here has the bytes. */
export async function copy(
  call: Call,
  from: CopySource,
  options: PutOptions | undefined,
  features: StoreFeatures,
): Promise<PutOutcome> {
  const conditional = options?.ifAbsent === true && features.uses('conditionalWrites');
  // Some stores take no notice of the condition on a copy, so what is there already is asked for beforehand too.
  if (options?.ifAbsent && (await isThere(call))) return { created: false };
  try {
    return await send(call, from, options, conditional);
  } catch (cause) {
    const error = typedError(cause, call.subject, call.signal);
    if (conditional && isStatus(error, 412)) return { created: false };
    if (!(error instanceof StorageError)) throw error;
    if (error.kind === 'NotFound') throw typedError(cause, { ...call.subject, ...from }, call.signal);
    if (!conditional || !features.dropRefused(error, ['conditionalWrites'])) throw error;
    return send(call, from, options, false);
  }
}

async function isThere({ s3, client, subject, owner, http, signal }: Call): Promise<boolean> {
  const command = new s3.HeadObjectCommand({ Bucket: subject.bucket, Key: subject.key, ...owner });
  try {
    await client.send(command, http);
    return true;
  } catch (cause) {
    const error = typedError(cause, subject, signal);
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

async function send(
  { s3, client, subject, owner, http }: Call,
  from: CopySource,
  options: PutOptions | undefined,
  conditional: boolean,
): Promise<PutOutcome> {
  const sourceOwner = owner.ExpectedBucketOwner;
  const answer = await client.send(
    new s3.CopyObjectCommand({
      ...{ Bucket: subject.bucket, Key: subject.key, CopySource: sourceOf(from), ...owner },
      ...(sourceOwner !== undefined && { ExpectedSourceBucketOwner: sourceOwner }),
      ...(detailsOf(options) && {
        ...detailInput(options, subject),
        ...{ MetadataDirective: 'REPLACE' as const, TaggingDirective: 'REPLACE' as const },
      }),
      ...(conditional && { IfNoneMatch: '*' }),
    }),
    http,
  );
  const etag = answer.CopyObjectResult?.ETag;
  if (etag === undefined) throw notAnAnswer('the answer has no ETag', subject);
  return { created: true, etag };
}

function sourceOf({ bucket, key }: CopySource): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
