/**
 * Guidance: what the user can do, on every error that leaves the client (spec/storage.md 6.1). Stands
 * outside all other policies, where tries are used up and the situation is known. The first 403 is
 * asked about once more, by the owner probe. Changes no call and retries nothing.
 */
import { copyOf, StorageError } from '../model/errors.js';
import { untilAborted } from './cancel.js';
import { ForwardingClient, type Listed, type OpenListing, type StoreCall } from './forwarding.js';
import { type HeadBucket, OwnerProbe } from './owner-probe.js';
import { type HintContext, type HintId, hintFor, hintIdOf } from './s3/hints.js';
import type { CallOptions, StorageClient } from './storage-client.js';

export interface GuidanceOptions extends Pick<HintContext, 'profile' | 'region' | 'checkCachePath'> {
  /** Asks for the bucket itself; without it there is no owner probe. */
  readonly headBucket?: HeadBucket;
  /** `false` switches the probe off. Default: {@link GUIDANCE_DEFAULTS}. */
  readonly ownerProbe?: boolean;
  /** The number to lower when the store asks for a lower rate. */
  readonly maxConnections?: number | (() => number);
}
export const GUIDANCE_DEFAULTS = { ownerProbe: true } as const satisfies GuidanceOptions;

/** `client` whose errors say what to do. Equal errors stay equal: one object in, one object out. */
export function withGuidance(client: StorageClient, options: GuidanceOptions = {}): StorageClient {
  return new GuidanceClient(client, options);
}

/** Hints that need to know more than the failed answer says; the others were given with it. */
const BY_SITUATION: readonly HintId[] = [
  ...(['denied-put', 'denied-get', 'denied-head', 'denied-list', 'kms-put', 'kms-get'] as const),
  ...(['bucket-missing', 'object-missing', 'manifest-missing', 'throttled', 'service-error'] as const),
  ...(['expired', 'missing-credentials', 'bad-credentials'] as const),
];

class GuidanceClient extends ForwardingClient {
  readonly #probe: OwnerProbe | undefined;
  /** One error may end many calls, and must still be seen to be one. */
  readonly #guided = new WeakMap<StorageError, StorageError>();

  constructor(
    inner: StorageClient,
    private readonly options: GuidanceOptions,
  ) {
    super(inner);
    const { headBucket, ownerProbe } = { ...GUIDANCE_DEFAULTS, ...options };
    this.#probe = ownerProbe && headBucket ? new OwnerProbe(headBucket) : undefined;
  }

  protected override around<T>(call: StoreCall, run: (changes?: CallOptions) => Promise<T>): Promise<T> {
    return run().catch(async (error: unknown) => {
      throw await this.#guide(call, error);
    });
  }

  protected override async *pages<T extends Listed>(
    call: StoreCall,
    open: OpenListing<T>,
  ): AsyncGenerator<readonly T[]> {
    try {
      yield* open();
    } catch (error) {
      throw await this.#guide(call, error);
    }
  }

  async #guide(call: StoreCall, error: unknown): Promise<unknown> {
    if (!(error instanceof StorageError)) return error;
    const known = this.#guided.get(error);
    if (known) return known;
    const foreign = await this.#isForeign(call, error);
    const guided =
      this.#guided.get(error) ?? (foreign ? this.#ownerError(call, error) : this.#hinted(call, error));
    this.#guided.set(error, guided);
    return guided;
  }

  async #isForeign({ bucket, options }: StoreCall, { kind }: StorageError): Promise<boolean> {
    if (kind !== 'AccessDenied' || !this.#probe || this.expectedBucketOwner() === undefined) return false;
    return untilAborted(this.#probe.isForeign(bucket), options?.signal);
  }

  #ownerError({ method, bucket }: StoreCall, error: StorageError): StorageError {
    const owner = this.expectedBucketOwner() ?? '';
    const text = `${method}: the bucket ${JSON.stringify(bucket)} does not belong to the account ${owner}`;
    const hint = hintFor('owner', { bucket, owner });
    return copyOf(error, 'BucketOwnerMismatch', { hint, cause: error }, text);
  }

  #hinted(call: StoreCall, error: StorageError): StorageError {
    const { method, bucket, key } = call;
    const id = hintIdOf({ kind: error.kind, operation: method, key });
    if (id === undefined || !BY_SITUATION.includes(id)) return error;
    return copyOf(error, error.kind, { hint: hintFor(id, this.#context(bucket, key, error)) });
  }

  #context(bucket: string, key: string, { requestId }: StorageError): HintContext {
    const { profile, region, checkCachePath, maxConnections } = this.options;
    const connections = typeof maxConnections === 'function' ? maxConnections() : maxConnections;
    const owner = this.expectedBucketOwner();
    const known = { owner, profile, region, checkCachePath, requestId, maxConnections: connections };
    const given = Object.entries(known).filter(([, value]) => value !== undefined);
    return { bucket, key, prefix: key.slice(0, key.lastIndexOf('/') + 1), ...Object.fromEntries(given) };
  }
}
