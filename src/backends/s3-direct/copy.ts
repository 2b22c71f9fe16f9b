/** Copies within the store. */
import { StorageError } from '../../model/errors.js';
import { detailsOf } from '../contract.js';
import { type ObjectSubject, objectError } from '../errors.js';
import type { PutOptions, PutOutcome } from '../storage-client.js';
import type { S3Call, S3Caller } from './caller.js';
import { describe } from './describe.js';
import { documentOf, textIn } from './document.js';
import type { Gets } from './get.js';
import { HeaderList } from './header-list.js';
import type { Puts } from './put.js';
import { encodeKey } from './uri-encode.js';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
}

export class Copies {
  constructor(
    private readonly caller: S3Caller,
    private readonly puts: Puts,
    private readonly gets: Gets,
  ) {}

  async copy(subject: ObjectSubject, from: CopySource, options: PutOptions = {}): Promise<PutOutcome> {
    // Some stores take no notice of the condition on a copy, so what is there already is asked for beforehand too.
    if (options.ifAbsent && (await this.gets.head(subject, options)) !== null) return { created: false };
    try {
      return await this.#copy(subject, from, options);
    } catch (error) {
      throw isMissingSource(error) ? aboutSource(error, from) : error;
    }
  }

  async #copy(subject: ObjectSubject, from: CopySource, options: PutOptions): Promise<PutOutcome> {
    return this.puts.repeating(options, async (used) => {
      const headers = new HeaderList();
      const details = detailsOf(options);
      if (details) {
        describe(headers, details, subject);
        headers.add('x-amz-metadata-directive', 'REPLACE');
        headers.add('x-amz-tagging-directive', 'REPLACE');
      }
      headers.add('x-amz-copy-source', `${from.bucket}/${encodeKey(from.key)}`);
      this.puts.condition(headers, options, used);
      const call: S3Call = { subject, method: 'PUT', onObject: true, headers, signal: options.signal };
      const answer = await this.caller.call(call);
      const result = documentOf(answer.text, 'CopyObjectResult');
      if (!result) throw this.caller.refusal(answer, call); // a 200 may hold an error
      const etag = textIn(result, 'ETag');
      return { created: true, ...(etag !== undefined && { etag }) };
    });
  }
}

function isMissingSource(error: unknown): error is StorageError {
  return error instanceof StorageError && error.kind === 'NotFound';
}

/** What is missing is the source; only the answer cannot name it. */
function aboutSource(cause: StorageError, { bucket, key }: CopySource): StorageError {
  const { httpStatus = 404, requestId, hint } = cause;
  const more = {
    httpStatus,
    cause,
    ...(requestId !== undefined && { requestId }),
    ...(hint !== undefined && { hint }),
  };
  return objectError('NotFound', 'there is no such object', { operation: 'copyObject', bucket, key }, more);
}
