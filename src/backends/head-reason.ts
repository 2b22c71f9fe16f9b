/**
 * Why a HEAD was refused: its answer has no document, so that a wrong region, an expired token and a
 * malformed request are all a bare 400. A GET of one byte of the same object says which. Stands below
 * the retries, which can then do what the reason asks for. Knows no HTTP.
 */
import { StorageError } from '../model/errors.js';
import { ForwardingClient } from './forwarding.js';
import type { CallOptions, HeadResult, StorageClient } from './storage-client.js';

/** `client` whose HEADs fail with the reason, where it can be had. One or two more requests, and only after a refused one. */
export function withHeadReasons(client: StorageClient): StorageClient {
  return new HeadReasonClient(client);
}

class HeadReasonClient extends ForwardingClient {
  override async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    try {
      return await this.inner.headObject(bucket, key, options);
    } catch (error) {
      if (!(error instanceof StorageError && isBare(error))) throw error;
      const reason = await this.#reason(bucket, key, error, options);
      if (reason !== undefined) throw reason;
    }
    // Nothing is wrong any more: another call had the credentials renewed, for instance.
    return this.inner.headObject(bucket, key, options);
  }

  /** What a GET is refused with, or `error` where that says no more; nothing when it is not refused. */
  async #reason(bucket: string, key: string, error: StorageError, options?: CallOptions): Promise<unknown> {
    const signal = options?.signal;
    try {
      await this.inner.getObjectRange(bucket, key, 0, 0, signal && { signal });
      return undefined;
    } catch (reason) {
      if (!(reason instanceof StorageError)) return reason; // cancelled meanwhile
      if (reason.httpStatus === 404 || reason.httpStatus === 416) return undefined;
      return reason.s3Code === undefined ? error : reason;
    }
  }
}

function isBare({ kind, httpStatus, s3Code }: StorageError): boolean {
  return kind === 'BadRequest' && httpStatus === 400 && s3Code === undefined;
}
