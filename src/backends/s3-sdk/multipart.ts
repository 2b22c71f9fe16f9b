/**
 * Uploads in parts, one request at a time (spec/storage.md 2.6, 2.7): CRC32 per part, joined to
 * that of the whole object, where the store takes it.
 */
import { StorageError } from '../../model/errors.js';
import { checkPartList, checkPartNumber } from '../contract.js';
import { crc32Text, joinedCrc32 } from '../s3/crc32.js';
import type { FeatureName, StoreFeatures } from '../s3/features.js';
import type { CheckedS3Settings } from '../s3/settings.js';
import type { CallOptions, Part, PutOptions, PutOutcome } from '../storage-client.js';
import type { Call } from './calls.js';
import { detailInput } from './details.js';
import { notAnAnswer, typedError } from './failures.js';
import { isStatus, usesCrc32 } from './put.js';

export interface Upload {
  readonly uploadId: string;
}

export class Multipart {
  constructor(
    private readonly means: { readonly features: StoreFeatures; readonly settings: CheckedS3Settings },
  ) {}

  async create(call: Call, options: PutOptions | undefined): Promise<string> {
    const { s3, client, subject, owner, http } = call;
    const answer = await this.#untilSupported(call, this.#checksums(), (used) => {
      const input = {
        ...{ Bucket: subject.bucket, Key: subject.key, ...owner, ...detailInput(options, subject) },
        ...(used.includes('crc32') && { ChecksumAlgorithm: 'CRC32' as const }),
        ...(used.includes('fullObjectChecksum') && { ChecksumType: 'FULL_OBJECT' as const }),
      };
      return client.send(new s3.CreateMultipartUploadCommand(input), http);
    });
    if (!answer.UploadId) throw notAnAnswer('the answer names no upload', subject);
    return answer.UploadId;
  }

  async part(
    call: Call,
    { uploadId }: Upload,
    partNumber: number,
    data: Uint8Array,
    options: CallOptions | undefined,
  ): Promise<Part> {
    const { s3, client, subject, owner, http } = call;
    checkPartNumber(partNumber, subject);
    const crc32 = this.#checksums().includes('crc32') ? crc32Text(data) : undefined;
    const input = {
      ...{ Bucket: subject.bucket, Key: subject.key, UploadId: uploadId, PartNumber: partNumber },
      ...{ Body: data, ...owner, ...(crc32 !== undefined && { ChecksumCRC32: crc32 }) },
    };
    const { ETag } = await client.send(new s3.UploadPartCommand(input), http);
    if (ETag === undefined) throw notAnAnswer('the answer has no ETag', subject);
    options?.onBytes?.(data.length);
    const checksum = crc32 === undefined ? {} : { checksum: crc32 };
    return { partNumber, etag: ETag, size: data.length, ...checksum };
  }

  async complete(
    call: Call,
    { uploadId }: Upload,
    parts: readonly Part[],
    options: PutOptions | undefined,
  ): Promise<PutOutcome> {
    checkPartList(parts, call.subject);
    const conditional = options?.ifAbsent === true && this.means.features.uses('conditionalWrites');
    const used: FeatureName[] = [
      ...(conditional ? (['conditionalWrites'] as const) : []),
      ...this.#checksums(),
    ];
    try {
      return await this.#untilSupported(call, used, (still) => join(call, uploadId, parts, still));
    } catch (error) {
      if (conditional && isStatus(error, 412)) return { created: false };
      throw error;
    }
  }

  async abort({ s3, client, subject, owner, http }: Call, { uploadId }: Upload): Promise<void> {
    const input = { Bucket: subject.bucket, Key: subject.key, UploadId: uploadId, ...owner };
    await client.send(new s3.AbortMultipartUploadCommand(input), http);
  }

  #checksums(): FeatureName[] {
    const { features, settings } = this.means;
    if (!usesCrc32(features, settings)) return [];
    return features.uses('fullObjectChecksum') ? ['fullObjectChecksum', 'crc32'] : ['crc32'];
  }

  async #untilSupported<T>(
    call: Call,
    wanted: readonly FeatureName[],
    send: (used: readonly FeatureName[]) => Promise<T>,
  ): Promise<T> {
    const { features } = this.means;
    const used = wanted.filter((name) => features.uses(name));
    try {
      return await send(used);
    } catch (cause) {
      const error = typedError(cause, call.subject, call.signal);
      if (!(error instanceof StorageError) || !features.dropRefused(error, used)) throw error;
      return this.#untilSupported(call, wanted, send);
    }
  }
}

async function join(
  { s3, client, subject, owner, http }: Call,
  uploadId: string,
  parts: readonly Part[],
  used: readonly FeatureName[],
): Promise<PutOutcome> {
  const answer = await client.send(
    new s3.CompleteMultipartUploadCommand({
      ...{ Bucket: subject.bucket, Key: subject.key, UploadId: uploadId, ...owner },
      MultipartUpload: {
        Parts: parts.map(({ partNumber, etag, checksum }) => ({
          ...{ PartNumber: partNumber, ETag: etag },
          ...(checksum !== undefined && { ChecksumCRC32: checksum }),
        })),
      },
      ...(used.includes('conditionalWrites') && { IfNoneMatch: '*' }),
      ...(used.includes('fullObjectChecksum') && wholeObject(parts)),
    }),
    http,
  );
  if (answer.ETag === undefined) throw notAnAnswer('the answer has no ETag', subject);
  return { created: true, etag: answer.ETag };
}

/** What the store can check the joined object against; nothing unless every part says what it is. */
function wholeObject(parts: readonly Part[]) {
  const checked = parts.flatMap(({ checksum, size }) =>
    checksum === undefined || size === undefined ? [] : [{ checksum, size }],
  );
  if (checked.length < parts.length) return {};
  const size = checked.reduce((sum, part) => sum + part.size, 0);
  return { ChecksumType: 'FULL_OBJECT' as const, ChecksumCRC32: joinedCrc32(checked), MpuObjectSize: size };
}
