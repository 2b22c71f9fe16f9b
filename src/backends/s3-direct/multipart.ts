/** Uploads in parts, with a CRC-32 per part and one over all of them (spec/storage.md 2.6). */
import { StorageError } from '../../model/errors.js';
import { checkPartList } from '../contract.js';
import type { ObjectSubject } from '../errors.js';
import { crc32Text, joinedCrc32 } from '../s3/crc32.js';
import { s3Error } from '../s3/failure.js';
import type { FeatureName } from '../s3/features.js';
import type { CallOptions, Part, PutOptions, PutOutcome } from '../storage-client.js';
import { ToldBytes } from '../told-bytes.js';
import type { S3Call, S3Caller } from './caller.js';
import { type Checksums, CRC32_HEADER } from './checksums.js';
import { describe } from './describe.js';
import { documentOf, escaped, textIn } from './document.js';
import { HeaderList } from './header-list.js';
import type { Puts } from './put.js';
import { queryText } from './uri-encode.js';

export class Multiparts {
  constructor(
    private readonly caller: S3Caller,
    private readonly checksums: Checksums,
    private readonly puts: Puts,
  ) {}

  async create(subject: ObjectSubject, options: PutOptions = {}): Promise<string> {
    const answer = await this.#repeating(async (used) => {
      const headers = new HeaderList();
      describe(headers, options, subject);
      if (this.checksums.usesCrc32) {
        headers.add('x-amz-checksum-algorithm', 'CRC32');
        if (this.#joins(used)) headers.add('x-amz-checksum-type', 'FULL_OBJECT');
        used.push('crc32');
      }
      return this.caller.call({
        ...{ subject, method: 'POST', onObject: true, headers },
        ...{ query: queryText({ uploads: '' }), signal: options.signal },
      });
    });
    const document = documentOf(answer.text, 'InitiateMultipartUploadResult');
    const uploadId = document && textIn(document, 'UploadId');
    if (uploadId === undefined)
      throw s3Error({ httpStatus: answer.status, message: 'it names no upload' }, subject);
    return uploadId;
  }

  async part(
    subject: ObjectSubject,
    upload: { readonly uploadId: string; readonly partNumber: number; readonly data: Uint8Array },
    options: CallOptions = {},
  ): Promise<Part> {
    const { uploadId, partNumber, data } = upload;
    const query = queryText({ uploadId, partNumber: String(partNumber) });
    const checksum = this.checksums.usesCrc32 ? crc32Text(data) : undefined;
    const told = new ToldBytes(options.onBytes);
    const answer = await this.#repeating((used) => {
      const headers = new HeaderList();
      if (checksum !== undefined && this.checksums.usesCrc32) {
        headers.add(CRC32_HEADER, checksum);
        used.push('crc32');
      }
      return this.caller.call({
        ...{ subject, method: 'PUT', onObject: true, query, headers, body: data, told },
        signal: options.signal,
      });
    });
    const etag = answer.headers.get('etag');
    if (etag === undefined) throw s3Error({ httpStatus: answer.status, message: 'it has no ETag' }, subject);
    told.reached(data.length);
    return { partNumber, etag, size: data.length, ...(checksum !== undefined && { checksum }) };
  }

  async complete(
    subject: ObjectSubject,
    uploadId: string,
    parts: readonly Part[],
    options: PutOptions = {},
  ): Promise<PutOutcome> {
    checkPartList(parts, subject);
    const sized = parts.flatMap((part) => (part.size === undefined ? [] : [{ ...part, size: part.size }]));
    return this.puts.repeating(options, async (used) => {
      const headers = new HeaderList();
      headers.add('content-type', 'application/xml');
      this.puts.condition(headers, options, used);
      if (sized.length === parts.length && this.#joins(used)) this.#addWhole(headers, sized);
      const call: S3Call = {
        ...{ subject, method: 'POST', onObject: true, headers, signal: options.signal },
        ...{ query: queryText({ uploadId }), body: Buffer.from(this.#document(parts)) },
      };
      const answer = await this.caller.call(call);
      const result = documentOf(answer.text, 'CompleteMultipartUploadResult');
      if (!result) throw this.caller.refusal(answer, call); // a 200 may hold an error
      const etag = textIn(result, 'ETag');
      return { created: true, ...(etag !== undefined && { etag }) };
    });
  }

  async abort(subject: ObjectSubject, uploadId: string): Promise<void> {
    try {
      const query = queryText({ uploadId });
      await this.caller.call({ subject, method: 'DELETE', onObject: true, query });
    } catch (error) {
      if (error instanceof StorageError && error.kind === 'NoSuchUpload') return;
      throw error;
    }
  }

  /** Whether the object gets one checksum over all parts. */
  #joins(used: FeatureName[]): boolean {
    if (!this.checksums.usesCrc32 || !this.checksums.features.uses('fullObjectChecksum')) return false;
    used.push('fullObjectChecksum');
    return true;
  }

  #addWhole(headers: HeaderList, parts: readonly (Part & { readonly size: number })[]): void {
    const checked = parts.flatMap(({ checksum, size }) =>
      checksum === undefined ? [] : [{ checksum, size }],
    );
    if (checked.length === parts.length) {
      headers.add(CRC32_HEADER, joinedCrc32(checked));
      headers.add('x-amz-checksum-type', 'FULL_OBJECT');
    }
    headers.add('x-amz-mp-object-size', String(parts.reduce((sum, { size }) => sum + size, 0)));
  }

  #document(parts: readonly Part[]): string {
    const checks = this.checksums.usesCrc32;
    const entries = parts.map(({ partNumber, etag, checksum }) => {
      const crc =
        checks && checksum !== undefined ? `<ChecksumCRC32>${escaped(checksum)}</ChecksumCRC32>` : '';
      return `<Part><ETag>${escaped(etag)}</ETag><PartNumber>${partNumber}</PartNumber>${crc}</Part>`;
    });
    const name = 'CompleteMultipartUpload';
    return `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${entries.join('')}</${name}>`;
  }

  async #repeating<T>(send: (used: FeatureName[]) => Promise<T>): Promise<T> {
    for (;;) {
      const used: FeatureName[] = [];
      try {
        return await send(used);
      } catch (error) {
        if (!(error instanceof StorageError) || !this.checksums.features.dropRefused(error, used))
          throw error;
      }
    }
  }
}
