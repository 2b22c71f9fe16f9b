/**
 * Why a HEAD was refused: its answer has no document, so that a wrong region, an expired token and a
 * malformed request are all a bare 400, and a wrong key or clock the 403 of a missing permission. A GET of one
 * byte of the same object says which. Stands below the retries, which can then do what the reason asks for.
 * Knows no HTTP.
 */
import { StorageError } from '../model/errors.js';
import type { Logger } from '../pipeline/types.js';
import { untilAborted } from './cancel.js';
import { logFailure } from './failure-log.js';
import { ForwardingClient } from './forwarding.js';
import type { CallOptions, HeadResult, StorageClient } from './storage-client.js';

/**
 * `client` whose HEADs fail with the reason, where it can be had. One or two more requests, and only after a refused
 * one; HEADs that are refused together share them, and a 403 that lasts is asked about once per bucket.
 */
export function withHeadReasons(client: StorageClient, log: Logger = () => {}): StorageClient {
  return new HeadReasonClient(client, log);
}

/** What a GET was refused with; nothing when it was not. */
type Reason = unknown;

class HeadReasonClient extends ForwardingClient {
  /** Under way, and those that hold for all HEADs to come; by status and bucket. */
  readonly #reasons = new Map<string, Promise<Reason>>();

  constructor(
    inner: StorageClient,
    private readonly log: Logger,
  ) {
    super(inner);
  }

  override async headObject(bucket: string, key: string, options?: CallOptions): Promise<HeadResult | null> {
    let refusal: StorageError;
    try {
      return await this.inner.headObject(bucket, key, options);
    } catch (error) {
      if (!(error instanceof StorageError && hidesReason(error))) throw error;
      refusal = error;
    }
    logFailure(this.log, refusal);
    const question = `${refusal.httpStatus} ${bucket}`;
    // Not ended with this call: others may wait for the same answer.
    const reason = await untilAborted(this.#reason(question, bucket, key), options?.signal);
    if (reason !== undefined) throw saysMore(reason, refusal) ? reason : refusal;
    try {
      // Nothing is wrong any more: another call had the credentials renewed, for instance.
      return await this.inner.headObject(bucket, key, options);
    } catch (error) {
      if (lasts(error)) this.#reasons.set(question, Promise.resolve(error));
      throw error;
    }
  }

  #reason(question: string, bucket: string, key: string): Promise<Reason> {
    const known = this.#reasons.get(question);
    if (known) return known;
    const reason = this.#ask(bucket, key).then((answer) => {
      if (!lasts(answer)) this.#reasons.delete(question);
      return answer;
    });
    this.#reasons.set(question, reason);
    return reason;
  }

  async #ask(bucket: string, key: string): Promise<Reason> {
    try {
      await this.inner.getObjectRange(bucket, key, 0, 0);
      return undefined;
    } catch (reason) {
      const { httpStatus } = reason instanceof StorageError ? reason : {};
      return httpStatus === 404 || httpStatus === 416 ? undefined : reason;
    }
  }
}

function hidesReason({ kind, httpStatus, s3Code }: StorageError): boolean {
  if (s3Code !== undefined) return false;
  return (kind === 'BadRequest' && httpStatus === 400) || (kind === 'AccessDenied' && httpStatus === 403);
}

/** A plain denial says no more than the 403 of the HEAD, whose hint names what a HEAD needs. */
function saysMore(reason: Reason, { kind }: StorageError): boolean {
  if (!(reason instanceof StorageError)) return true; // the client was closed meanwhile
  return reason.s3Code !== undefined && (reason.kind !== kind || reason.s3Code !== 'AccessDenied');
}

/** Whether it stands for every further HEAD: nothing that a call does about it ends it. */
function lasts(reason: Reason): boolean {
  return reason instanceof StorageError && reason.httpStatus === 403 && !reason.retryable;
}
